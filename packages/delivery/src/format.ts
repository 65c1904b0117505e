/**
 * Consecutive records of one group, as bytes nobody touches again. A group is whatever the format puts under one
 * header: for OTLP, an instrumentation scope.
 */
export interface RecordRun {
  /** Number the caller of `enqueue` gave, an integer ≥ 0. */
  readonly group: number;
  /** The records, one behind the other, each self-delimiting. */
  readonly bytes: Uint8Array;
  /** Records in `bytes`, ≥ 1. */
  readonly records: number;
}

/** What a 2xx reply says about a batch. */
export interface ReplyVerdict {
  /** `false` when the reply is not this protocol's: a login page, an inspection proxy. The batch is then not acked. */
  readonly understood: boolean;
  /** Records the server refused, as it said it; 0 when all were taken. */
  readonly rejectedRecords: number;
  /** The server's words, `''` if it had none. */
  readonly message: string;
}

/**
 * A wire format: how sealed records become a request body, and how a success reply is read. Pure: no state, no I/O.
 * Implementations live in `@logflume/formats`, one file each.
 */
export interface Format {
  readonly name: string;
  readonly contentType: string;
  /**
   * Frames runs as one uncompressed request body. The runs of one group are put under one header, their order kept.
   * Called outside the log call, once per batch; the bytes of the runs are read, not kept.
   *
   * @param allocate - where to take memory for the body from, at most once; its bytes hold anything.
   */
  frame(runs: readonly RecordRun[], allocate?: (bytes: number) => Buffer): Uint8Array;
  /** Reads the body of a complete 2xx reply. Never throws. `contentType` is the header's value, `undefined` if absent. */
  judge(contentType: string | undefined, body: Uint8Array): ReplyVerdict;
  /** One JSON line per record, without line feeds, for the fallback stream. Never throws. */
  lines(runs: readonly RecordRun[]): string[];
  /**
   * As `lines`, for a body that `frame` made, perhaps in an earlier process with another resource: all that is left of
   * a batch on disk. What cannot be read gives no line.
   */
  linesOfBody(body: Uint8Array): string[];
  /**
   * Cuts a body that `frame` made into two of about as many records.
   *
   * @returns `undefined` for fewer than two records, and for what is no such body. Never throws.
   */
  splitBody(body: Uint8Array): readonly [BodyPart, BodyPart] | undefined;
  /**
   * A smaller form of a body that `frame` made of a single record, its text cut with a marker, for a server that refused
   * it as too large. A format without it has such records counted as `oversize` at once.
   *
   * @returns `undefined` when there is nothing to cut, and for what is no such body. Never throws.
   */
  shortenBody?(body: Uint8Array): Uint8Array | undefined;
}

/** A request body, not compressed, and how many records it holds. */
export interface BodyPart {
  readonly body: Uint8Array;
  readonly records: number;
}

/** A content coding, applied once per batch before its first attempt. */
export interface Compression {
  /** The `Content-Encoding` value. */
  readonly name: string;
  /** On the thread pool. */
  compress(body: Uint8Array): Promise<Uint8Array>;
  /** For the exit hook alone. */
  compressSync(body: Uint8Array): Uint8Array;
}
