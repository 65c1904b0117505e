import type { DropReason } from './outcome.ts';

/** Why records are lost and what to do about it, in words that end a line. */
export const lossAdvice: Readonly<Record<DropReason, string>> = Object.freeze({
  queue_full: 'the memory for waiting records is full; raise queue.maxBytes, add endpoints or log less',
  spool_full: 'the spool is full, and newer records matter more; raise spool.maxBytes, or look at the endpoints',
  expired: 'no endpoint took them within retry.maxAgeMs; look at the endpoints',
  oversize: "refused as too large (HTTP 413); raise the receiver's limit or log less in one record",
  encode_error: 'they could not be turned into bytes; look for a getter or toJSON that logs itself',
  corrupt: 'what stood on disk was not what had been written; look at the disk',
  crash_window: 'an earlier process was killed before these were on disk; give it more grace, or fsync on power losses',
  fallback_failed: 'the fallback stream is closed, stuck or over its rate; let something read it',
  closed:
    'logged after close(), or still pending when that or the process ended; close last, look at the endpoints, or raise exit.timeoutMs',
});
