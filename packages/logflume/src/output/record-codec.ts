import type { RecordCodec } from '@logflume/delivery';
import {
  type EncodeLimits,
  encodeLogRecord,
  encodeReducedLogRecord,
  endOfRecord,
  type LogRecordInput,
} from '@logflume/otlp';

/** Where the record model and the delivery engine meet. */
export function createRecordCodec(limits: EncodeLimits): RecordCodec<LogRecordInput> {
  return {
    encode: (bytes, at, record) => encodeLogRecord(bytes, at, record, limits),
    encodeReduced: (bytes, at, record, maxBytes) => encodeReducedLogRecord(bytes, at, record, maxBytes, limits.scrub),
    endOf: endOfRecord,
  };
}
