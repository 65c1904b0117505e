import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withContext } from '../src/context.ts';
import { emitRecord } from '../src/emit-record.ts';
import { createScrub } from '../src/redact/create-scrub.ts';
import { createSeenLogger } from './memory-delivery.ts';

/** What must never be seen. No part of any other value here. */
const SENTINEL = 'XQ-sentinel-ZJ';
const CARD = '4111111111111111';
const secretKeys = ['password', 'Token', 'x-api-key', 'user.secret'];

/** Puts a value inside something, as programs do. */
const wrappers: readonly ((key: string, value: unknown) => unknown)[] = [
  (key, value) => ({ [key]: value }),
  (key, value) => ({ other: 1, [key]: value, last: [true] }),
  (key, value) => new Map([[key, value]]),
  (key, value) => new Map<unknown, unknown>([[{ toString: () => key }, value]]),
  (key, value) => Object.assign(Object.create({ inherited: 1 }), { [key]: value }),
  (key, value) => ({ toJSON: () => ({ [key]: value }) }),
  (key, value) => Object.defineProperty({}, key, { enumerable: true, get: () => value }),
  (key, value) => new Proxy({ [key]: value }, {}),
  (key, value) => Object.assign(new Error('failed'), { [key]: value }),
  (key, value) => new Error('failed', { cause: { [key]: value } }),
  (key, value) => new AggregateError([{ [key]: value }], 'failed'),
];
const holders: readonly ((value: unknown) => unknown)[] = [
  (value) => value,
  (value) => [value],
  (value) => [[1], value, 'x'],
  (value) => new Set([value]),
  (value) => ({ a: value }),
  (value) => ({ 'a.b': { c: value } }),
  (value) => new Map([['m', value]]),
  (value) => new Error('outer', { cause: value }),
  (value) => ({ toJSON: () => value }),
];
const anyHolder = fc.array(fc.constantFrom(...holders), { maxLength: 5 });
const hold = (value: unknown, chosen: readonly ((value: unknown) => unknown)[]) =>
  chosen.reduce((inner, holder) => holder(inner), value);

/** Ways into a record. */
type Log = ReturnType<typeof createSeenLogger>['log'];
const ways: readonly ((log: Log, value: unknown) => void)[] = [
  (log, value) => log.info('m', { value }),
  (log, value) => log.info('m', { ...Object(value) }),
  (log, value) => log.error(new Error('thrown', { cause: value })),
  (log, value) => log.error('m', Object(value)),
  (log, value) => log.event('e', { value }, { body: value }),
  (log, value) => log.child({ value }).info('m'),
  (log, value) => withContext({ value }, () => log.warn('m', { x: 1 })),
  (log, value) => log.info('m', () => ({ value })),
  (log, value) =>
    emitRecord(log, { severityNumber: 9, severityText: 'info', body: value, attributes: { value }, exception: value }),
  // Too large for a record, so that it is cut.
  (log, value) => log.info('m', { value, text: 'x'.repeat(300_000) }),
  (log, value) => log.error('x'.repeat(300_000), new Error('large', { cause: value }), { value }),
];
const anyWay = fc.constantFrom(...ways);

function leaks(encoded: readonly Buffer[], secret: string): boolean {
  expect(encoded.length).toBeGreaterThan(0);
  return encoded.some((bytes) => bytes.includes(secret));
}

describe('whatever a secret stands in', () => {
  it('its value is not in the bytes when its key is redacted', () => {
    fc.assert(
      fc.property(
        anyWay,
        anyHolder,
        fc.constantFrom(...wrappers),
        fc.constantFrom(...secretKeys),
        anyHolder,
        (log, outer, wrapper, key, inner) => {
          const seen = createSeenLogger('trace', { scrub: createScrub(secretKeys.map((name) => name.toUpperCase())) });
          log(seen.log, hold(wrapper(key, hold(SENTINEL, inner)), outer));
          return !leaks(seen.encoded, SENTINEL);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('it is not in the bytes when its looks are known', () => {
    const around = fc.constantFrom('', ' ', 'card:', '(', '\u0000', 'é', '=');
    const secret = fc.oneof(
      fc.tuple(around, around).map(([before, after]) => `${before}${CARD}${after}`),
      fc.constantFrom<unknown>(Number(CARD), BigInt(CARD), Buffer.from(CARD), new String(CARD), Symbol(CARD)),
    );
    fc.assert(
      fc.property(anyWay, anyHolder, secret, (log, outer, value) => {
        const seen = createSeenLogger('trace', { scrub: createScrub({ values: true }) });
        log(seen.log, hold(value, outer));
        return !leaks(seen.encoded, CARD);
      }),
      { numRuns: 400 },
    );
  });

  it('it is in the bytes when nothing is redacted, or these tests would say nothing', () => {
    const seen = createSeenLogger();
    ways[0]?.(seen.log, hold({ password: SENTINEL }, holders));
    expect(leaks(seen.encoded, SENTINEL)).toBe(true);
  });
});
