/**
 * How the engine gets bytes out of records it knows nothing about: the one place where the record model and the engine
 * meet. `@logflume/otlp` has the functions; the `logflume` package puts them together.
 */
export interface RecordCodec<R> {
  /** Writes a record at `at`; returns the new end, or −1 when it does not fit. May overwrite bytes behind `at`. */
  encode(bytes: Buffer, at: number, record: R): number;
  /** Writes a smaller form of a record, at most `maxBytes` long; returns the new end. */
  encodeReduced(bytes: Buffer, at: number, record: R, maxBytes: number): number;
  /** Where the record that starts at `at` ends. */
  endOf(bytes: Uint8Array, at: number): number;
}
