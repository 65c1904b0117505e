/** Why records were dropped: a closed set, each with its own counter. */
export type DropReason =
  /** The byte budget was full and nothing less important could make room. */
  | 'queue_full'
  /** On disk, in the segment that was deleted to make room. */
  | 'spool_full'
  /** Older than `retry.maxAgeMs` in memory or `spool.maxAgeMs` on disk without an endpoint that took it. */
  | 'expired'
  /** Refused as too large (413) although it stood alone. */
  | 'oversize'
  /** Could not be encoded. */
  | 'encode_error'
  /** What stood on disk was not what had been written. */
  | 'corrupt'
  /** Of an earlier process, which was killed before they were on disk as a whole: what a gap in their numbers proves. */
  | 'crash_window'
  /** The fallback stream was closed, stuck or over its rate. */
  | 'fallback_failed'
  /** Logged after `close()`, or still pending at its deadline. */
  | 'closed';

export const dropReasons: readonly DropReason[] = [
  'queue_full',
  'spool_full',
  'expired',
  'oversize',
  'encode_error',
  'corrupt',
  'crash_window',
  'fallback_failed',
  'closed',
];

/** What one attempt means for the batch. */
export type BatchOutcome =
  /** Everything was taken. `warning` is what the server wanted said, `''` for nothing. */
  | { readonly kind: 'delivered'; readonly warning: string }
  /** The server took all but `rejectedRecords` ≥ 1 and must not see the batch again. */
  | { readonly kind: 'partial'; readonly rejectedRecords: number; readonly message: string }
  /** Again later, another endpoint preferred. `isServerError` marks a 500, which is only tried a few times. */
  | { readonly kind: 'retry'; readonly reason: string; readonly isServerError: boolean }
  /** The endpoint, not the data, is at fault until somebody changes a setting: 401, 404, a bad certificate. */
  | { readonly kind: 'hold'; readonly reason: string }
  /** Too large: halve it. */
  | { readonly kind: 'split' }
  /** The server will never take it. `isBadRequest`: a 400, which one record of many may be the reason of. */
  | { readonly kind: 'dead'; readonly reason: string; readonly isBadRequest?: true };

/** What the same attempt means for the endpoint. */
export type EndpointSample =
  | { readonly kind: 'success' }
  /** `isUnreached`: there was no connection, so that its address may be out of date. */
  | { readonly kind: 'failure'; readonly isUnreached?: true }
  /** 429 or 503: lower the concurrency; with `retryAfterMs`, in 1 … 300000, ask nothing until then. */
  | { readonly kind: 'backpressure'; readonly retryAfterMs: number | undefined }
  | { readonly kind: 'hold' }
  /** Says nothing about the endpoint: a refused record, a shortage of our own. */
  | { readonly kind: 'none' };

export interface Outcome {
  readonly batch: BatchOutcome;
  readonly endpoint: EndpointSample;
}
