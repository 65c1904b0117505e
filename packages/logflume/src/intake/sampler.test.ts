import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeenIntake } from '../../test/seen-intake.ts';
import { withContext } from '../context.ts';
import { emitRecord } from '../emit-record.ts';
import { isKept, randomnessOf, shareFor, toThreshold } from './sampler.ts';
import { parseShares, type ResolvedSampling } from './sampling-options.ts';

const sampling = (options: Partial<ResolvedSampling>): { readonly sampling: ResolvedSampling } => ({
  sampling: { ratio: 1, levels: {}, loggers: {}, ...options },
});
const anyTraceId = fc.stringMatching(/^[0-9a-f]{32}$/);
const anyShare = fc.double({ min: 0, max: 1, noNaN: true });

describe('a threshold', () => {
  // The first three: https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
  it.each([
    [0.25, 'c'],
    [0.5, '8'],
    [1, '0'],
    [0.1, 'e6666666'],
    [1e-12, 'ffffffff'],
    [0.75, '4'],
  ])('says the share %s as %s', (share, digits) => {
    expect(toThreshold(share).digits).toBe(digits);
  });

  it('keeps from its own number on, as numbers of 56 bits compare', () => {
    fc.assert(
      fc.property(anyShare, fc.stringMatching(/^[0-9a-f]{14}$/), (share, randomness) => {
        const threshold = toThreshold(share);
        const number = threshold.keepsNone ? 2n ** 56n : BigInt(`0x${threshold.digits.padEnd(14, '0')}`);
        expect(isKept(threshold, randomness)).toBe(BigInt(`0x${randomness}`) >= number);
        if (share > 0) expect(Number(2n ** 56n - number) / 2 ** 56).toBeCloseTo(share, 9);
      }),
    );
  });

  it('of a smaller share keeps nothing that a larger one leaves out', () => {
    fc.assert(
      fc.property(anyShare, anyShare, anyTraceId, (a, b, traceId) => {
        const randomness = randomnessOf(traceId) ?? '0';
        const [less, more] = [toThreshold(Math.min(a, b)), toThreshold(Math.max(a, b))];
        expect(isKept(less, randomness) && !isKept(more, randomness)).toBe(false);
      }),
    );
  });

  it.each([
    ['', undefined],
    ['0'.repeat(32), undefined],
    ['x'.repeat(32), undefined],
    ['4BF92F3577B34DA6A3CE929D0E0E4736', 'ce929d0e0e4736'],
  ])('takes the last 56 bits of the trace id "%s"', (traceId, randomness) => {
    expect(randomnessOf(traceId)).toBe(randomness);
  });
});

describe('the share of a record', () => {
  const options = { ratio: 0.5, levels: { debug: 0.1, error: 0.2 }, loggers: { db: 0.3, 'db.pool': 0.4 } };
  it.each([
    ['info', '', 0.5],
    ['debug', 'http', 0.1],
    ['debug', 'db', 0.3],
    ['info', 'db.pool.x', 0.4],
    ['info', 'dbx', 0.5],
    [undefined, 'db', 0.3],
    ['warn', 'db', 1],
    ['error', 'db', 0.2],
    ['fatal', 'constructor', 1],
    ['info', 'constructor', 0.5],
  ] as const)('at %s of "%s" is %s', (level, logger, share) => {
    expect(shareFor(options, level, logger)).toBe(share);
  });
});

it.each([
  ['debug=0.1, info=1', { debug: 0.1, info: 1 }],
  [{ db: 0, http: undefined }, { db: 0 }],
  ['db=a=0.5', { 'db=a': 0.5 }],
  ['', undefined],
  ['0.5', undefined],
  ['db=', undefined],
  ['=1', undefined],
  ['db=2', undefined],
  ['db=1e-1', undefined],
  ['db=1,db=1', undefined],
  [{ db: '0.1' }, undefined],
  [[0.1], undefined],
  [null, undefined],
])('reads shares from %j', (given, shares) => {
  expect(parseShares(given)).toEqual(shares);
});

describe('sampling', () => {
  const spanId = 'b7ad6b7169203331';

  it('keeps about its share, all with what it is, and counts the others', () => {
    const { log, records, intake } = createSeenIntake(sampling({ ratio: 0.25 }));
    for (let i = 0; i < 2000; i++) log.child({ a: 1 }).info('m', { i });
    expect(records.length).toBeGreaterThan(430);
    expect(records.length).toBeLessThan(570);
    expect(intake.suppressed().byReason.sampled).toBe(2000 - records.length);
    for (const { attributes } of records) {
      expect(attributes).toMatchObject({ a: 1, 'sampling.threshold': 'c' });
      expect(String(attributes['sampling.randomness'])).toMatch(/^[c-f][0-9a-f]{13}$/);
    }
  });

  it('keeps a trace whole or not at all, over loggers, adapters and levels, and needs no number but its id', () => {
    fc.assert(
      fc.property(anyTraceId, (traceId) => {
        const { log, records } = createSeenIntake(sampling({ ratio: 0.5 }));
        const trace = { traceId, spanId, traceFlags: 1 };
        withContext(
          { user: 1 },
          () => {
            log.info('m');
            log.child({}, { name: 'db' }).debug('m', { own: 2 });
            emitRecord(log, { severityNumber: 9, severityText: 'info', body: 'm' });
          },
          { trace },
        );
        expect([0, 3]).toContain(records.length);
        expect(records.length === 3).toBe(traceId[18] !== undefined && traceId[18] >= '8');
        for (const { attributes } of records) {
          expect(attributes).toMatchObject({ user: 1, 'sampling.threshold': '8' });
          expect(attributes).not.toHaveProperty(['sampling.randomness']);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('leaves out nothing from WARN up unless it is named', () => {
    const { log, records } = createSeenIntake(sampling({ ratio: 0, loggers: { db: 0 }, levels: { error: 0 } }));
    const db = log.child({}, { name: 'db' });
    for (const each of [log, db]) {
      each.info('no');
      each.warn('yes');
      each.error('no');
      each.fatal('yes');
    }
    expect(records.map(({ body, attributes }) => [body, attributes])).toEqual(Array(4).fill(['yes', {}]));
  });

  it('goes by what processors made of the record', () => {
    const { log, records, intake } = createSeenIntake({
      ...sampling({ ratio: 0 }),
      processors: [
        (record) => {
          if (record.body === 'grave') record.severityNumber = 17;
          return record.body === 'left' ? null : undefined;
        },
      ],
    });
    for (const text of ['grave', 'left', 'light']) log.info(text);
    expect(records.map(({ body }) => body)).toEqual(['grave']);
    expect(intake.suppressed().byReason).toMatchObject({ processor: 1, sampled: 1 });
  });

  it('takes other shares while it runs', () => {
    const { log, records, intake } = createSeenIntake(sampling({}));
    log.info('a');
    intake.setSampling(sampling({ ratio: 0 }).sampling);
    log.info('b');
    intake.setSampling(sampling({}).sampling);
    log.info('c');
    expect(records.map(({ body }) => body)).toEqual(['a', 'c']);
  });
});
