import { Buffer } from 'node:buffer';
import type { RecordRun } from '@logflume/delivery';
import { DOES_NOT_FIT, encodeLogRecord, encodeResource, encodeScope, type LogRecordInput } from '@logflume/otlp';
import type { OtlpFormatOptions } from '../src/otlp-blocks.ts';

/** A record with every field set. */
export const fullRecord: LogRecordInput = {
  timeMs: 1_795_376_462_123,
  timeNanos: 7,
  observedTimeMs: 1_795_376_462_124,
  observedTimeNanos: 0,
  severityNumber: 13,
  severityText: 'WARN',
  body: 'payment retried',
  attributes: { 'order.id': 42, nested: { list: [1, null, 'é'], big: 2n ** 60n }, bytes: new Uint8Array([0, 255]) },
  exception: undefined,
  bound: undefined,
  eventName: 'payment.retry',
  traceId: '5b8aa5a2d2c872e8321cf37308d69df2',
  spanId: '051581bf3cb55c13',
  traceFlags: 1,
};

/** Encodes records as one run, as a lane does. */
export function encodeRun(group: number, records: readonly LogRecordInput[]): RecordRun {
  const bytes = Buffer.alloc(1024 * 1024);
  let end = 0;
  for (const record of records) {
    end = encodeLogRecord(bytes, end, record);
    if (end === DOES_NOT_FIT) throw new RangeError('test records must fit into 1 MiB');
  }
  return { group, bytes: bytes.subarray(0, end), records: records.length };
}

/** Headers of a service named `checkout` whose groups are scopes `scope-<group>`. */
export const checkoutHeaders: OtlpFormatOptions = {
  resource: encodeResource({ 'service.name': 'checkout' }),
  scopeOf: (group) => encodeScope(`scope-${group}`, '1.2.3'),
};
