import { expect, test } from 'vitest';
import { parseTimeInput } from './time-input.ts';

const originMs = 1_700_000_000_000.5;

test.each<[string, unknown, { ms: number; nanos: number } | undefined]>([
  ['a Date', new Date(1234), { ms: 1234, nanos: 0 }],
  ['seconds and nanoseconds', [1_700_000_000, 123_456_789], { ms: 1_700_000_000_123, nanos: 456_789 }],
  ['seconds and more than a second', [1, 1_000_000_001], { ms: 2000, nanos: 1 }],
  ['milliseconds', 1_700_000_000_001, { ms: 1_700_000_000_001, nanos: 0 }],
  ['milliseconds with a fraction', 1_700_000_000_001.25, { ms: 1_700_000_000_001, nanos: 250_000 }],
  ['what performance.now returns', 12.75, { ms: 1_700_000_000_013, nanos: 250_000 }],
  ['its zero', 0, { ms: 1_700_000_000_000, nanos: 500_000 }],
  ['not a number', Number.NaN, undefined],
  ['a time before 1970', -1, undefined],
  ['a date that is none', new Date(Number.NaN), undefined],
  ['endless time', Number.POSITIVE_INFINITY, undefined],
  ['a list of another length', [1], undefined],
  ['a list of texts', ['1', '2'], undefined],
  ['negative nanoseconds', [1, -1], undefined],
  ['a bigint', 1n, undefined],
  ['a text', '2026-01-01', undefined],
  ['nothing', undefined, undefined],
])('reads %s', (_, input, expected) => {
  expect(parseTimeInput(input, originMs)).toStrictEqual(expected);
});
