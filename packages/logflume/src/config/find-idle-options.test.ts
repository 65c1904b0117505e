import { expect, it } from 'vitest';
import { findIdleOptions } from './find-idle-options.ts';

it('names what has no effect as it was given, and what it needs in the same way', () => {
  const sources = new Map([
    ['rateLimit.recordsPerSecond', 'default'],
    ['rateLimit.by', 'environment LOGFLUME_RATE_LIMIT_BY'],
    ['rateLimit.upTo', 'code'],
    ['rateLimit.burstRecords', 'default'],
    ['spool.fsync', 'file /etc/logflume.yaml:7'],
  ] as const);
  expect(findIdleOptions(sources)).toEqual([
    {
      kind: 'unsupportedSetting',
      name: 'spool.fsync',
      source: 'file /etc/logflume.yaml:7',
      message: 'spool.fsync of file /etc/logflume.yaml:7 has no effect without spool.dir',
    },
    {
      kind: 'unsupportedSetting',
      name: 'LOGFLUME_RATE_LIMIT_BY',
      source: 'environment LOGFLUME_RATE_LIMIT_BY',
      message: 'LOGFLUME_RATE_LIMIT_BY has no effect without LOGFLUME_RATE_LIMIT_RECORDS_PER_SECOND',
    },
    {
      kind: 'unsupportedSetting',
      name: 'rateLimit.upTo',
      source: 'code',
      message: 'rateLimit.upTo has no effect without rateLimit.recordsPerSecond',
    },
  ]);
});

it('has nothing to say of details of what was given', () => {
  const sources = new Map([
    ['repeats.windowMs', 'code'],
    ['repeats.maxMessages', 'environment LOGFLUME_REPEATS_MAX_MESSAGES'],
  ] as const);
  expect(findIdleOptions(sources)).toEqual([]);
});
