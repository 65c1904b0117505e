import { describe, expect, it } from 'vitest';
import { type TextRecord, textCodec, textFormat } from '../test/text-records.ts';
import { LogflumeError } from './errors.ts';
import type { DeliveryOptions } from './options.ts';
import { resolveDeliveryOptions, toWaitMs } from './resolve-options.ts';

const base: DeliveryOptions<TextRecord> = {
  codec: textCodec,
  format: textFormat,
  endpoints: [{ url: 'http://localhost:4318/v1/logs' }],
};

const MAX_TIMER_MS = 2 ** 31 - 1;

function errorOf(options: object): unknown {
  try {
    resolveDeliveryOptions({ ...base, ...options });
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('resolveDeliveryOptions', () => {
  it('fills every blank', () => {
    const { queue, dispatch, ...rest } = resolveDeliveryOptions({ ...base, queue: { maxBytes: 64 * 1024 * 1024 } });
    expect(queue).toEqual({
      maxBytes: 67_108_864,
      reserveRatio: 0.25,
      maxBatchRecords: 4000,
      maxBatchBytes: 983_040,
      maxRecordBytes: 262_144,
      lingerMs: 200,
      urgentLingerMs: 20,
      aloneSeverity: Number.POSITIVE_INFINITY,
      isOrdered: false,
    });
    expect(dispatch).toEqual({
      baseDelayMs: 500,
      maxDelayMs: 30_000,
      maxAge: { memoryMs: 900_000, spoolMs: 900_000 },
      lingerMs: 200,
      maxServerErrorRetries: 3,
      bisects: false,
      isOrdered: false,
      drainDelayMs: 5000,
    });
    expect(rest).toEqual({
      endpoints: [
        {
          origin: 'http://localhost:4318/v1/logs',
          url: 'http://localhost:4318/v1/logs',
          lookup: 'none',
          name: '',
          weight: 1,
          priority: 0,
          headers: {},
        },
      ],
      timeoutMs: 10_000,
      exitTimeoutMs: 5000,
      rules: { isStrict: false },
      balance: 'least-loaded',
      fallback: 'stderr',
    });
  });

  it.each([
    ['no endpoint', { endpoints: [] }, 'endpoints'],
    ['endpoints that are missing', { endpoints: undefined }, 'endpoints'],
    ['text that is no URL', { endpoints: [{ url: 'localhost' }] }, 'endpoints[0].url'],
    ['another scheme', { endpoints: [base.endpoints[0], { url: 'ftp://a' }] }, 'endpoints[1].url'],
    ['a weight of 0', { endpoints: [{ url: 'http://a', weight: 0 }] }, 'endpoints[0].weight'],
    ['a weight of NaN', { endpoints: [{ url: 'http://a', weight: Number.NaN }] }, 'endpoints[0].weight'],
    ['a priority below 0', { endpoints: [{ url: 'http://a', priority: -1 }] }, 'endpoints[0].priority'],
    ['a queue of 65535 bytes', { queue: { maxBytes: 65_535 } }, 'queue.maxBytes'],
    ['batches of no record', { batch: { maxRecords: 0 } }, 'batch.maxRecords'],
    ['batches of no byte', { batch: { maxBytes: 0 } }, 'batch.maxBytes'],
    ['a linger below 0', { batch: { lingerMs: -1 } }, 'batch.lingerMs'],
    ['a linger no timer takes', { batch: { lingerMs: MAX_TIMER_MS + 1 } }, 'batch.lingerMs'],
    ['a timeout no timer takes', { timeoutMs: MAX_TIMER_MS + 1 }, 'timeoutMs'],
    ['an exit timeout of 0', { exit: { timeoutMs: 0 } }, 'exit.timeoutMs'],
    ['an exit timeout no timer takes', { exit: { timeoutMs: MAX_TIMER_MS + 1 } }, 'exit.timeoutMs'],
    ['a base delay of 0', { retry: { baseDelayMs: 0 } }, 'retry.baseDelayMs'],
    ['text for a number', { retry: { maxDelayMs: '5' } }, 'retry.maxDelayMs'],
    ['Infinity', { retry: { maxAgeMs: Number.POSITIVE_INFINITY } }, 'retry.maxAgeMs'],
    ['retries below 0', { retry: { maxServerErrorRetries: -1 } }, 'retry.maxServerErrorRetries'],
    ['an answer to 400 nobody knows', { on400: 'drop' }, 'on400'],
    ['a balance nobody knows', { balance: 'random' }, 'balance'],
    ['a fallback nobody knows', { fallback: 'syslog' }, 'fallback'],
  ])('refuses %s and names the option', (_what, options, option) => {
    const error = errorOf(options);
    expect(error).toBeInstanceOf(LogflumeError);
    expect(error).toMatchObject({ code: 'ERR_LOGFLUME_INVALID_OPTION', details: { option } });
    expect(error).toHaveProperty('message', expect.stringContaining(`${option} must be `));
  });

  it.each([
    ['the smallest queue', { queue: { maxBytes: 65_536 } }],
    ['a linger of 0', { batch: { lingerMs: 0 } }],
    ['the longest linger', { batch: { lingerMs: MAX_TIMER_MS } }],
    ['no timeout', { timeoutMs: 0 }],
    ['the longest timeout', { timeoutMs: MAX_TIMER_MS }],
    ['no second try', { retry: { maxServerErrorRetries: 0 } }],
    ['batches that never grow old', { retry: { maxAgeMs: Number.MAX_SAFE_INTEGER } }],
  ])('takes %s', (_what, options) => {
    expect(errorOf(options)).toBeUndefined();
  });

  it.each([
    [64 * 1024, 16 * 1024, 8 * 1024],
    [1024 * 1024, 256 * 1024, 128 * 1024],
    [3 * 2 ** 30, 960 * 1024, 256 * 1024],
    [16 * 2 ** 30, 960 * 1024, 256 * 1024],
  ])('a queue of %i bytes has batches of at most %i and records of at most %i', (maxBytes, batch, record) => {
    const { queue } = resolveDeliveryOptions({ ...base, queue: { maxBytes } });
    expect([queue.maxBatchBytes, queue.maxRecordBytes]).toEqual([batch, record]);
  });

  it.each([
    [{}, false],
    [{ on400: 'reject' }, false],
    [{ on400: 'bisect' }, true],
    [{ on400: 'bisect', strictOtlp: true }, false],
  ] as const)('with %j a 400 halves the batch: %s', (options, bisects) => {
    expect(resolveDeliveryOptions({ ...base, ...options }).dispatch.bisects).toBe(bisects);
  });

  it('never asks for requests above 4 MiB', () => {
    const { queue } = resolveDeliveryOptions({
      ...base,
      queue: { maxBytes: 2 ** 30 },
      batch: { maxBytes: 2 ** 29 },
    });
    expect(queue.maxBatchBytes).toBe(4 * 1024 * 1024);
  });

  it('lets an error wait no longer than anything else', () => {
    expect(resolveDeliveryOptions({ ...base, batch: { lingerMs: 5 } }).queue.urgentLingerMs).toBe(5);
  });

  it('shows nothing of a URL it refuses', () => {
    const error = errorOf({ endpoints: [{ url: 'ftp://user:secret@a/?token=secret' }] });
    expect(String(error)).not.toContain('secret');
    expect(JSON.stringify(error)).not.toContain('secret');
  });
});

describe('toWaitMs', () => {
  it.each([
    [undefined, 5000],
    [Number.NaN, 5000],
    [0, 0],
    [-1, 0],
    [Number.NEGATIVE_INFINITY, 0],
    [100, 100],
    [MAX_TIMER_MS + 1, MAX_TIMER_MS],
    [Number.POSITIVE_INFINITY, MAX_TIMER_MS],
  ])('takes %s for %i ms', (given, expected) => {
    expect(toWaitMs(given, 5000)).toBe(expected);
  });
});
