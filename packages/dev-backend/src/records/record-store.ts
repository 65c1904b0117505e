import type { StoredRecord } from './received-record.ts';

export interface RecordStore {
  /** Keeps a record; forgets the oldest ones when there are too many or they are too large together. */
  add(record: StoredRecord): void;
  clear(): void;
  keptRecords(): number;
  keptBytes(): number;
  newestFirst(): Iterable<StoredRecord>;
}

/**
 * A ring of the last records: bounded in records and in bytes, oldest forgotten first.
 *
 * @param limits - `maxRecords` integer ≥ 1. The newest record stays even if it alone is above `maxBytes`.
 */
export function createRecordStore(limits: { readonly maxRecords: number; readonly maxBytes: number }): RecordStore {
  // slots[(oldest + i) % maxRecords] is the i-th record; the array grows to maxRecords and never beyond.
  let slots: (StoredRecord | undefined)[] = [];
  let oldest = 0;
  let kept = 0;
  let bytes = 0;

  const forgetOldest = (): void => {
    bytes -= slots[oldest]?.costBytes ?? 0;
    slots[oldest] = undefined;
    oldest = (oldest + 1) % limits.maxRecords;
    kept -= 1;
  };

  return {
    add(record) {
      if (kept === limits.maxRecords) forgetOldest();
      slots[(oldest + kept) % limits.maxRecords] = record;
      kept += 1;
      bytes += record.costBytes;
      while (bytes > limits.maxBytes && kept > 1) forgetOldest();
    },
    clear() {
      slots = [];
      oldest = 0;
      kept = 0;
      bytes = 0;
    },
    keptRecords: () => kept,
    keptBytes: () => bytes,
    *newestFirst() {
      for (let i = kept - 1; i >= 0; i -= 1) {
        const record = slots[(oldest + i) % limits.maxRecords];
        if (record !== undefined) yield record;
      }
    },
  };
}
