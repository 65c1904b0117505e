import type { MakeLossRecord } from '@logflume/delivery';
import type { LogRecordInput } from '@logflume/otlp';
import { sdkVersion } from '../resource/sdk-version.ts';
import type { ScopeTable } from '../scope-table.ts';

/** WARN: it takes the lane that is kept free for what matters. */
const SEVERITY = 13;

/**
 * Makes the record by which a backend learns of records it will never get: an event of the scope `logflume`, with
 *
 * | attribute | value |
 * |---|---|
 * | `error.type` | the reason, as in `stats().dropped.byReason` |
 * | `logflume.dropped.records` | how many since the last such record |
 * | `logflume.dropped.total` | how many for this reason since the logger was made: what a lost notice would have said is in it |
 * | `logflume.dropped.first_time`, `logflume.dropped.last_time` | when the first and last of them were dropped, ISO 8601 |
 */
export function createLossRecords(scopes: ScopeTable): MakeLossRecord<LogRecordInput> {
  return ({ reason, records, fromMs, toMs, total }) => {
    const [from, to] = [new Date(fromMs).toISOString(), new Date(toMs).toISOString()];
    const nowMs = Date.now();
    return {
      record: {
        timeMs: nowMs,
        timeNanos: 0,
        observedTimeMs: nowMs,
        observedTimeNanos: 0,
        severityNumber: SEVERITY,
        severityText: 'WARN',
        body: `${records} ${records === 1 ? 'record was' : 'records were'} dropped (${reason}) from ${from} to ${to}`,
        attributes: {
          'error.type': reason,
          'logflume.dropped.records': records,
          'logflume.dropped.total': total,
          'logflume.dropped.first_time': from,
          'logflume.dropped.last_time': to,
        },
        exception: undefined,
        bound: undefined,
        eventName: 'logflume.records.dropped',
        traceId: '',
        spanId: '',
        traceFlags: 0,
      },
      severityNumber: SEVERITY,
      group: scopes.groupOf('logflume', sdkVersion),
    };
  };
}
