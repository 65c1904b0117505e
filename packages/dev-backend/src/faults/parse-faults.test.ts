import { describe, expect, it } from 'vitest';
import { parseFaults } from './parse-faults.ts';

describe('parseFaults', () => {
  it('takes every kind with all its fields', () => {
    const schedule = { times: 1, every: 2, ratio: 0.5 };
    const rules = [
      { kind: 'status', status: 503, retryAfter: 1.5, body: 'x', contentType: 'text/plain', ...schedule },
      { kind: 'status', status: 429, retryAfter: 'nonsense' },
      { kind: 'partial', rejected: -1, message: 'no', ...schedule },
      { kind: 'delay', delayMs: 0, ...schedule },
      { kind: 'reset', after: 'request', ...schedule },
      { kind: 'reset', after: undefined },
      { kind: 'hang', ...schedule },
      { kind: 'truncate', ...schedule },
      { kind: 'garbage', ...schedule },
      { kind: 'html', ...schedule },
      { kind: 'redirect', location: '/x', status: 307, ...schedule },
    ];
    expect(parseFaults(rules)).toEqual(rules);
  });

  it('copies: what the caller changes later changes nothing', () => {
    const rule = { kind: 'delay', delayMs: 1 };
    const parsed = parseFaults([rule]);
    rule.delayMs = 2;
    expect(parsed).toEqual([{ kind: 'delay', delayMs: 1 }]);
    expect(Object.isFrozen(parsed) && Object.isFrozen(parsed[0])).toBe(true);
  });

  it.each<[unknown, string]>([
    [{}, 'faults must be an array of rules, got an object'],
    [null, 'faults must be an array of rules, got null'],
    [[1], 'faults[0] must be an object with a kind, got 1'],
    [[[]], 'faults[0] must be an object with a kind, got an array'],
    [
      [{ kind: 'hang' }, { kind: 'toString' }],
      'faults[1].kind must be one of status, partial, delay, reset, hang, truncate, garbage, html, redirect, got "toString"',
    ],
    [[{ kind: 'status' }], 'faults[0].status must be an integer from 200 to 599, got undefined'],
    [[{ kind: 'status', status: 199 }], 'faults[0].status must be an integer from 200 to 599, got 199'],
    [[{ kind: 'status', status: 600 }], 'faults[0].status must be an integer from 200 to 599, got 600'],
    [[{ kind: 'status', status: '503' }], 'faults[0].status must be an integer from 200 to 599, got "503"'],
    [
      [{ kind: 'status', status: 503, retryAfter: 'a\r\nset-cookie: b' }],
      'faults[0].retryAfter must be a number of seconds or a header value, got "a\\r\\nset-cookie: b"',
    ],
    [
      [{ kind: 'status', status: 503, retryAfter: Number.NaN }],
      'faults[0].retryAfter must be a number of seconds or a header value, got NaN',
    ],
    [[{ kind: 'status', status: 503, body: 1 }], 'faults[0].body must be a string, got 1'],
    [
      [{ kind: 'status', status: 503, contentType: 'a\nb' }],
      'faults[0].contentType must be a string without line breaks, got "a\\nb"',
    ],
    [[{ kind: 'partial' }], 'faults[0].rejected must be an integer, got undefined'],
    [[{ kind: 'partial', rejected: 0.5 }], 'faults[0].rejected must be an integer, got 0.5'],
    [
      [{ kind: 'delay', delayMs: 2 ** 31 }],
      'faults[0].delayMs must be an integer from 0 to 2147483647, got 2147483648',
    ],
    [[{ kind: 'reset', after: 'lunch' }], 'faults[0].after must be the word "request", got "lunch"'],
    [[{ kind: 'redirect', status: 200 }], 'faults[0].status must be an integer from 300 to 399, got 200'],
    [[{ kind: 'hang', times: 0 }], 'faults[0].times must be an integer of 1 or more, got 0'],
    [[{ kind: 'hang', every: 1.5 }], 'faults[0].every must be an integer of 1 or more, got 1.5'],
    [[{ kind: 'hang', ratio: 1.1 }], 'faults[0].ratio must be a number from 0 to 1, got 1.1'],
    [[{ kind: 'hang', ratio: Number.NaN }], 'faults[0].ratio must be a number from 0 to 1, got NaN'],
    [[{ kind: 'hang', delayMs: 1 }], 'faults[0].delayMs is not a field of hang, expected times, every, ratio'],
  ])('refuses %j', (rules, message) => {
    expect(() => parseFaults(rules)).toThrow(new TypeError(message));
  });
});
