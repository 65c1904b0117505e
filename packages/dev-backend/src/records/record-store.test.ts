import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredRecord } from './received-record.ts';
import { createRecordStore, type RecordStore } from './record-store.ts';

const base: StoredRecord = {
  sequence: 1,
  requestNumber: 1,
  receivedAtUnixMs: 0,
  idempotencyKey: undefined,
  duplicate: false,
  resource: { attributes: {}, droppedAttributesCount: 0 },
  scope: { name: '', version: '', attributes: {}, droppedAttributesCount: 0 },
  otlp: {},
  costBytes: 1,
  plain: undefined,
};

const sequencesOf = (store: RecordStore): number[] => [...store.newestFirst()].map(({ sequence }) => sequence);

describe('createRecordStore', () => {
  it('keeps the last maxRecords, whatever comes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 0, max: 30 }), (maxRecords, added) => {
        const store = createRecordStore({ maxRecords, maxBytes: 1000 });
        for (let sequence = 1; sequence <= added; sequence += 1) store.add({ ...base, sequence });
        const all = Array.from({ length: added }, (_, index) => added - index);
        expect(sequencesOf(store)).toEqual(all.slice(0, maxRecords));
        expect(store.keptRecords()).toBe(Math.min(added, maxRecords));
      }),
    );
  });

  it('never holds more bytes than allowed, except one record that is larger alone', () => {
    const costs = fc.array(fc.integer({ min: 0, max: 150 }), { maxLength: 30 });
    fc.assert(
      fc.property(costs, (costBytes) => {
        const store = createRecordStore({ maxRecords: 8, maxBytes: 100 });
        for (const [index, cost] of costBytes.entries()) {
          store.add({ ...base, sequence: index, costBytes: cost });
          const kept = [...store.newestFirst()];
          expect(store.keptBytes()).toBe(kept.reduce((sum, record) => sum + record.costBytes, 0));
          expect(store.keptBytes() <= 100 || kept.length === 1).toBe(true);
          expect(kept[0]?.sequence).toBe(index);
        }
      }),
    );
  });

  it('is empty after clear and goes on', () => {
    const store = createRecordStore({ maxRecords: 2, maxBytes: 100 });
    for (const sequence of [1, 2, 3]) store.add({ ...base, sequence });
    store.clear();
    expect([sequencesOf(store), store.keptRecords(), store.keptBytes()]).toEqual([[], 0, 0]);
    store.add({ ...base, sequence: 4 });
    expect(sequencesOf(store)).toEqual([4]);
  });
});
