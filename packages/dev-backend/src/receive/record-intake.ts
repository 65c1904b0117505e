import type { OtlpLogsRequest } from '@logflume/otlp';
import type { Counters } from '../counters.ts';
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

/**
 * Stores and counts the records of one request.
 *
 * @param rejectedRecords - how many are left out, from the end; below 0 is none, above the count is all.
 */
export type RecordIntake = (delivered: Delivered, rejectedRecords: number) => void;

export function createRecordIntake(store: RecordStore, counters: Counters, acceptedKeys: AcceptedKeys): RecordIntake {
  return (delivered, rejectedRecords) => {
    const { logs, recordCount, requestNumber, idempotencyKey } = delivered;
    const rejected = Math.min(Math.max(rejectedRecords, 0), recordCount);
    const receivedAtUnixMs = Date.now();
    const costBytes = Math.ceil(delivered.bodyBytes / Math.max(recordCount, 1));
    const duplicate = idempotencyKey !== undefined && acceptedKeys.has(idempotencyKey);
    let left = recordCount - rejected;
    counters.recordsRejected(rejected);
    for (const block of logs.resourceLogs) {
      const resource = toReceivedResource(block.resource);
      for (const { scope: otlpScope, logRecords = [] } of block.scopeLogs ?? []) {
        const scope = toReceivedScope(otlpScope);
        for (const otlp of logRecords) {
          // Only after a partial rejection: the key is not accepted in full then.
          if (left === 0) return;
          left -= 1;
          counters.recordAccepted(otlp.severityNumber, duplicate);
          const sequence = counters.acceptedRecords();
          store.add({
            sequence,
            requestNumber,
            receivedAtUnixMs,
            idempotencyKey,
            duplicate,
            resource,
            scope,
            otlp,
            costBytes,
            plain: undefined,
          });
        }
      }
    }
    if (rejected === 0 && idempotencyKey !== undefined) acceptedKeys.add(idempotencyKey);
  };
}

export function countRecords(logs: OtlpLogsRequest): number {
  let records = 0;
  for (const block of logs.resourceLogs) {
    for (const { logRecords = [] } of block.scopeLogs ?? []) records += logRecords.length;
  }
  return records;
}
