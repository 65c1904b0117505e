/**
 * Bytes or text that are not the OTLP message they should be.
 *
 * `offset` is set by the protobuf decoders (bytes from the start of the array they were given), `path` by the JSON ones
 * (`resourceLogs[0].scopeLogs[1].logRecords[2].traceId`, `''` for the document itself). The message already names either.
 */
export class OtlpDecodeError extends Error {
  /** `tooManyFields`: more than the caller allows, whatever else there is to say of the message. */
  readonly kind: 'malformed' | 'tooManyFields';
  readonly offset: number | undefined;
  readonly path: string | undefined;

  constructor(
    message: string,
    where: { readonly offset?: number; readonly path?: string },
    kind: OtlpDecodeError['kind'] = 'malformed',
  ) {
    super(message);
    this.name = 'OtlpDecodeError';
    this.kind = kind;
    this.offset = where.offset;
    this.path = where.path;
  }
}
