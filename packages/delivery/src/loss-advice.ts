import type { DropReason } from './outcome.ts';

/** Why records are lost and what to do about it, in words that end a line. */
export const lossAdvice: Readonly<Record<DropReason, string>> = Object.freeze({
  queue_full: 'the memory for waiting records is full; raise queue.maxBytes, add endpoints or log less',
  expired: 'no endpoint took them within retry.maxAgeMs; look at the endpoints',
  oversize: "refused as too large (HTTP 413); raise the receiver's limit or log less in one record",
  encode_error: 'they could not be turned into bytes; look for a getter or toJSON that logs itself',
  fallback_failed: 'the fallback stream is closed, stuck or over its rate; let something read it',
  closed: 'logged after close(), or still pending at its deadline; close last, or raise exit.timeoutMs',
});
