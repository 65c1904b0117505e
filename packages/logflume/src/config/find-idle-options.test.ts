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

it('names headers that a request sets itself, once for each place', () => {
  const sources = new Map([
    ['headers', 'code'],
    ['headers.authorization', 'code'],
    ['headers.content-length', 'code'],
    ['headers.content-type', 'environment OTEL_EXPORTER_OTLP_HEADERS'],
    ['headers.host', 'code'],
  ] as const);
  expect(findIdleOptions(sources).map(({ name, message }) => [name, message])).toEqual([
    ['headers.content-length', 'headers.content-length has no effect: it is logflume that sets it'],
    [
      'OTEL_EXPORTER_OTLP_HEADERS',
      'content-type in OTEL_EXPORTER_OTLP_HEADERS has no effect: it is logflume that sets it',
    ],
  ]);
});
