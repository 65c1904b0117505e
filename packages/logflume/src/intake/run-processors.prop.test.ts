import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createSeenIntake } from '../../test/seen-intake.ts';
import { withContext } from '../context.ts';
import type { ProcessedRecord, Processor } from './processor.ts';

const SECRET = 'XQ-sentinel-ZJ';

const fail = (): never => {
  throw new Error(SECRET);
};
/** Its traps do not tell: what a getter of an attribute throws is written in its place. */
const trap = (): never => {
  throw new Error('trap');
};
const hostile = new Proxy({}, { get: trap, ownKeys: trap, getPrototypeOf: trap, set: trap, deleteProperty: trap });
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();

/** What a processor of plain JavaScript may do. None copies the secret to another place. */
const acts: readonly ((record: ProcessedRecord & Record<string, unknown>) => unknown)[] = [
  () => undefined,
  (record) => record,
  () => null,
  () => ({ added: 1 }),
  () => 5,
  () => [],
  () => hostile,
  () => revoked,
  () => Promise.reject(new Error(SECRET)),
  async () => undefined,
  () => Object.defineProperty({}, 'a', { enumerable: true, get: fail }),
  fail,
  () => {
    throw hostile;
  },
  (record) => Object.freeze(record) && undefined,
  (record) => Object.freeze(record.attributes) && undefined,
  (record) => {
    record.attributes = hostile as Record<string, unknown>;
  },
  (record) => {
    record.attributes = undefined as unknown as Record<string, unknown>;
  },
  (record) => {
    Object.assign(record, { severityNumber: Number.NaN, severityText: 5, eventName: {}, body: { a: [1] } });
  },
  (record) => {
    record.exception = revoked;
  },
  (record) => {
    delete (record as Partial<ProcessedRecord>).attributes;
  },
];

/** The last one clears what is secret. */
const clear: Processor = (record) => {
  if ('user' in record.attributes) delete record.attributes['user'];
  if (record.exception !== undefined) record.exception = undefined;
};

const ways: readonly ((log: ReturnType<typeof createSeenIntake>['log']) => void)[] = [
  (log) => log.info('m', { user: SECRET }),
  (log) => log.info('m', new Map([['user', SECRET]])),
  (log) => log.info('m', { user: { name: [SECRET] }, other: 1 }),
  (log) => log.child({ user: SECRET }).warn('m'),
  (log) => withContext({ user: SECRET }, () => log.error('m', { a: 1 })),
  (log) => log.error('m', new Error(SECRET)),
  (log) => log.error('m', new Error('outer', { cause: { SECRET } })),
];

it('loses no record, and lets nothing out that the last processor would have cleared, whatever one before it does', async () => {
  const unhandled: unknown[] = [];
  const hear = (error: unknown): void => void unhandled.push(error);
  process.on('unhandledRejection', hear);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...acts), { maxLength: 3 }),
      fc.array(fc.constantFrom(...ways), { minLength: 1, maxLength: 4 }),
      async (before, calls) => {
        const { log, records, encoded, intake, diagnostics, clock } = createSeenIntake({
          processors: [...(before as Processor[]), clear],
        });
        for (const write of calls) write(log);
        await clock.settle();
        expect(records.length + intake.suppressed().byReason.processor).toBe(calls.length);
        expect(encoded.some((bytes) => bytes.includes(SECRET))).toBe(false);
        expect(JSON.stringify(diagnostics)).not.toContain(SECRET);
      },
    ),
    { numRuns: 300 },
  );
  process.off('unhandledRejection', hear);
  expect(unhandled).toEqual([]);
});
