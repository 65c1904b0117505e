import { expect, it } from 'vitest';
import { toSafeErrorText } from './safe-error-text.ts';

it.each([
  ['Failed to parse URL from http://a:b:c/?token=secret', 'Failed to parse URL from http://a:b:c/'],
  [
    'TypeError: Failed to parse URL from x y?secret\nsecret\n    at fetch (node:1)\nCaused by: Failed to parse URL from z?s',
    'TypeError: Failed to parse URL from x y\n    at fetch (node:1)\nCaused by: Failed to parse URL from z',
  ],
  ['Invalid URL "http:/x?secret": missing "//" after protocol', 'Invalid URL "http://x/": missing "//" after protocol'],
  ['Invalid URL "a?\\"secret": no', 'Invalid URL "a": no'],
  ['Headers.append: "Bearer\n secret" is an invalid header value.', 'Headers.append: "…" is an invalid header value.'],
  ['the URL from the docs is wrong', 'the URL from the docs is wrong'],
  ['Invalid URL', 'Invalid URL'],
])('tells of %j what is no secret', (text, told) => {
  expect(toSafeErrorText(text)).toBe(told);
});
