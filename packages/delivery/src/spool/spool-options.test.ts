import { expect, test } from 'vitest';
import { LogflumeError } from '../errors.ts';
import { resolveSpoolOptions, type SpoolOptions } from './spool-options.ts';

const MIB = 1024 * 1024;

test('fills the blanks', () => {
  expect(resolveSpoolOptions({ dir: '/var/spool/app/' })).toEqual({
    dir: '/var/spool/app',
    mode: 'wal',
    maxBytes: 256 * MIB,
    segmentBytes: 4 * MIB,
    maxFrameBytes: MIB,
    fsync: 'off',
    maxAgeMs: 259_200_000,
  });
  expect(resolveSpoolOptions({ dir: '/' }).dir).toBe('/');
});

test('makes segments and frames small when the whole is', () => {
  expect(resolveSpoolOptions({ dir: 'x', maxBytes: MIB })).toMatchObject({
    segmentBytes: MIB / 8,
    maxFrameBytes: MIB / 8,
  });
});

test.each<[string, Partial<Record<keyof SpoolOptions, unknown>>]>([
  ['spool.dir', { dir: '' }],
  ['spool.dir', { dir: 'a\0b' }],
  ['spool.dir', { dir: 7 }],
  ['spool.mode', { mode: 'record' }],
  ['spool.maxBytes', { maxBytes: 16 * 1024 - 1 }],
  ['spool.maxBytes', { maxBytes: Number.NaN }],
  ['spool.segmentBytes', { segmentBytes: 255 }],
  ['spool.segmentBytes', { maxBytes: MIB, segmentBytes: MIB / 2 + 1 }],
  ['spool.maxFrameBytes', { segmentBytes: MIB, maxFrameBytes: MIB + 1 }],
  ['spool.maxFrameBytes', { maxFrameBytes: 1.5 }],
  ['spool.fsync', { fsync: true }],
  ['spool.maxAgeMs', { maxAgeMs: 0 }],
])('refuses an impossible %s: %j', (option, changes) => {
  const options: object = { dir: '/spool', ...changes };
  let thrown: unknown;
  try {
    resolveSpoolOptions(options as SpoolOptions); // what a caller without types can pass
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(LogflumeError);
  expect(thrown).toMatchObject({ code: 'ERR_LOGFLUME_INVALID_OPTION', details: { option } });
});

test.each([
  { maxBytes: 16 * 1024 },
  { maxBytes: MIB, segmentBytes: MIB / 2 },
  { segmentBytes: MIB, maxFrameBytes: MIB },
  { maxAgeMs: 1 },
])('takes the edge %j', (changes) => {
  expect(resolveSpoolOptions({ dir: '/spool', ...changes })).toMatchObject(changes);
});
