import type { OtlpLogsRequest } from '@logflume/otlp';
import type { Counters } from '../counters.ts';
import type { StoredRecord } from '../records/received-record.ts';
import { toReceivedResource, toReceivedScope } from '../records/received-record.ts';
import type { RecordStore } from '../records/record-store.ts';
import type { AcceptedKeys } from './accepted-keys.ts';

/** A decoded request on its way into the store. */
export interface Delivered {
  readonly logs: OtlpLogsRequest;
  readonly recordCount: number;
  readonly bodyBytes: number;
  readonly requestNumber: number;
  readonly idempotencyKey: string | undefined;
}

/** Memory of a decoded object besides its texts. Measured on Node 24: 40 for a key with its value, 64 for an empty one. */
const bytesPerObject = 64;

/**
 * Stores and counts the records of one request.
 *
 * @param rejectedRecords - how many are left out, from the end; below 0 is none, above the count is all.
 */
export type RecordIntake = (delivered: Delivered, rejectedRecords: number) => void;

export function createRecordIntake(store: RecordStore, counters: Counters, acceptedKeys: AcceptedKeys): RecordIntake {
  return (delivered, rejectedRecords) => {
    const { recordCount, idempotencyKey } = delivered;
    const rejected = Math.min(Math.max(rejectedRecords, 0), recordCount);
    const duplicate = idempotencyKey !== undefined && acceptedKeys.has(idempotencyKey);
    counters.recordsRejected(rejected);
    for (const record of toStoredRecords(delivered, recordCount - rejected, duplicate)) {
      counters.recordAccepted(record.otlp.severityNumber, duplicate);
      store.add({ ...record, sequence: counters.acceptedRecords() });
    }
    if (rejected === 0 && idempotencyKey !== undefined) acceptedKeys.add(idempotencyKey);
  };
}

/** The first `maxRecords` of a request, in the order they were sent. */
function* toStoredRecords(
  delivered: Delivered,
  maxRecords: number,
  duplicate: boolean,
): Generator<Omit<StoredRecord, 'sequence'>> {
  const { logs, recordCount, requestNumber, idempotencyKey } = delivered;
  const receivedAtUnixMs = Date.now();
  const decodedBytes = delivered.bodyBytes + countObjects(logs) * bytesPerObject;
  const costBytes = Math.ceil(decodedBytes / Math.max(recordCount, 1));
  let left = maxRecords;
  for (const block of logs.resourceLogs) {
    const resource = toReceivedResource(block.resource, block.schemaUrl);
    for (const { scope: otlpScope, logRecords = [], schemaUrl } of block.scopeLogs ?? []) {
      const scope = toReceivedScope(otlpScope, schemaUrl);
      for (const otlp of logRecords) {
        if (left === 0) return;
        left -= 1;
        const origin = { requestNumber, receivedAtUnixMs, idempotencyKey, duplicate };
        yield { ...origin, resource, scope, otlp, costBytes, plain: undefined };
      }
    }
  }
}

/** Objects and lists in a decoded value, itself included. Its depth is bounded by the decoder. */
function countObjects(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let objects = 1;
  for (const member of Object.values(value)) objects += countObjects(member);
  return objects;
}

export function countRecords(logs: OtlpLogsRequest): number {
  let records = 0;
  for (const block of logs.resourceLogs) {
    for (const { logRecords = [] } of block.scopeLogs ?? []) records += logRecords.length;
  }
  return records;
}
