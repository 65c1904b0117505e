import type { RecordCodec } from '../queue/record-codec.ts';

/** A record on its way to several destinations: encoded once, then copied by each into its own lane. */
export interface EncodedRecord<R> {
  /** The record's bytes are the first `end` of these; they belong to the call and are not kept. */
  readonly bytes: Buffer;
  /** −1 when it did not fit or could not be encoded: each destination then cuts it to its own limit, or counts it. */
  readonly end: number;
  /** What it was encoded from. */
  readonly record: R;
}

/** How a destination takes records that are encoded already: by copying them. */
export function encodedRecordCodec<R>(codec: RecordCodec<R>): RecordCodec<EncodedRecord<R>> {
  return {
    encode(bytes, at, { bytes: source, end }) {
      if (end < 0 || at + end > bytes.length) return -1;
      source.copy(bytes, at, 0, end);
      return at + end;
    },
    encodeReduced: (bytes, at, { record }, maxBytes) => codec.encodeReduced(bytes, at, record, maxBytes),
    endOf: (bytes, at) => codec.endOf(bytes, at),
  };
}
