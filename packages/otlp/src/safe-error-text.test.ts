import { expect, it } from 'vitest';
import { toSafeErrorText, toSafeStack } from './safe-error-text.ts';

it.each([
  ['Failed to parse URL from http://a:b:c/?token=secret', 'Failed to parse URL from http://a:b:c/'],
  [
    'TypeError: Failed to parse URL from x y?secret\nsecret\n    at fetch (node:1)\nCaused by: Failed to parse URL from z?s',
    'TypeError: Failed to parse URL from x y\n    at fetch (node:1)\nCaused by: Failed to parse URL from z',
  ],
  [
    'Request cannot be constructed from a URL that includes credentials: https://me:secret@10.0.0.5/api?token=secret',
    'Request cannot be constructed from a URL that includes credentials: https://10.0.0.5/api',
  ],
  ['Invalid URL "http:/x?secret": missing "//" after protocol', 'Invalid URL "http://x/": missing "//" after protocol'],
  ['Invalid URL "a?\\"secret": no', 'Invalid URL "a": no'],
  ['Invalid URL "a?secret', 'Invalid URL "a'],
  ['Referrer "http://me:secret@a:b/?secret" is not a valid URL.', 'Referrer "http://…" is not a valid URL.'],
  ['Headers.append: "Bearer\n secret" is an invalid header value.', 'Headers.append: "…" is an invalid header value.'],
  [
    'a: "secret "secret" is an invalid header value.\ncaused by: b: "secret" is an invalid header value.\n"c"',
    'a: "…" is an invalid header value.\ncaused by: b: "…" is an invalid header value.\n"c"',
  ],
  ['invalid header value: "a"', 'invalid header value: "a"'],
  [
    'Request failed with status code 503 (Service Unavailable): POST https://me:secret@a/b?token=secret',
    'Request failed with status code 503 (Service Unavailable): POST https://a/b',
  ],
  [
    'HTTPError: Request failed with status code 503 Service Unavailable: GET http://a/b?secret\n    at x',
    'HTTPError: Request failed with status code 503 Service Unavailable: GET http://a/b\n    at x',
  ],
  ['Request timed out: GET http://a/b?secret', 'Request timed out: GET http://a/b'],
  ['[POST] "http://a/b?secret": 422 Unprocessable', '[POST] "http://a/b": 422 Unprocessable'],
  ['request to http://a/b?secret failed, reason: x', 'request to http://a/b failed, reason: x'],
  ['invalid json response body at http://a/?secret reason: y', 'invalid json response body at http://a/ reason: y'],
  [
    'Unexpected token \'s\', "secret" is not valid JSON in "http://a/?secret"',
    'Unexpected token \'s\', "…" is not valid JSON in "http://a/"',
  ],
  [
    'SyntaxError: Unexpected token \'s\', ..."ss":secret\n" is not valid JSON"... is not valid JSON\n    at JSON.parse',
    'SyntaxError: Unexpected token \'s\', ..."…"... is not valid JSON\n    at JSON.parse',
  ],
  ['no user: {"response":{"errors":[]},"request":{"variables":{"card":"secret"}}}\n    at x', 'no user: {…}\n    at x'],
  ['"undefined" is not valid JSON', '"undefined" is not valid JSON'],
  ['see https://docs/a?b=c', 'see https://docs/a?b=c'],
  ['the URL from the docs is wrong', 'the URL from the docs is wrong'],
  ['Invalid URL', 'Invalid URL'],
])('tells of %j what is no secret', (text, told) => {
  expect(toSafeErrorText(text)).toBe(told);
});

it('takes out what JSON.parse quotes, wherever in a text it stopped', () => {
  for (const text of [
    'hunter2',
    '{"a":hunter2}',
    `{"a":hunter2,${'"b":1,'.repeat(20)}"c":2}`,
    `${' '.repeat(99)}hunter2`,
  ]) {
    const error = thrownBy(() => JSON.parse(text));
    expect(error.message).toContain('hunter2');
    const safe = toSafeErrorText(error.message);
    expect(safe).toMatch(/^Unexpected token 'h', (?:\.{3})?"…"(?:\.{3})? is not valid JSON$/);
    expect(toSafeStack(error.stack ?? '', error.message, safe)).not.toContain('hunter2');
  }
});

it('looks for it in a stack that tells of causes', () => {
  const stack =
    'Error: no\n    at x\ncaused by: SyntaxError: Unexpected token \'s\', "secret" is not valid JSON\n    at y';
  expect(toSafeStack(stack, 'no', 'no')).not.toContain('secret');
});

function thrownBy(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
}

it.each([
  '"a ',
  'Failed to parse URL from ',
  'Invalid URL "',
  'Request failed with status code 500 ',
  ' in "http://a',
  'request to http://a ',
  `Unexpected token 'a', "`,
  ': {"response":',
])('takes time linear in the text, however often a server makes it say %j', (piece) => {
  // A search from each piece to the end would be 10^11 steps, for which the test has no time.
  const text = `invalid header value, http, valid JSON; ${piece.repeat(100_000)}`;
  expect(toSafeErrorText(text).length).toBeGreaterThan(0);
});

it.each([
  'Invalid URL "',
  'Failed to parse URL from ',
  'request to http://a/',
  ' in "http://a/',
  ': {"response":',
  '"',
])('takes a text of any length behind %j', (words) => {
  for (const text of ['a', '\\"']) {
    const long = `${words}${text.repeat(3e7 / text.length)} valid JSON" is an invalid header value`;
    expect(toSafeErrorText(long).length).toBeGreaterThan(0);
  }
});
