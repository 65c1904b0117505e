import type { DeliveryEndpoint } from './options.ts';
import type { DeliveryReport, DeliveryStats } from './stats.ts';

/** Takes encoded records and does not lose them. */
export interface Delivery<R> {
  /**
   * Encodes a record into the open batch of its lane. Never throws, never blocks, does no I/O; what cannot be taken is
   * counted.
   *
   * @param severityNumber - 1 … 24: chooses the lane, and how soon the batch leaves.
   * @param group - integer ≥ 0, for the format: records of one group share a header.
   */
  enqueue(record: R, severityNumber: number, group: number): void;
  /**
   * Sends what is pending now. Never rejects; settles by its deadline, or as soon as nothing more can be sent before it.
   *
   * @param options - `timeoutMs`, by default `exit.timeoutMs`.
   */
  flush(options?: { readonly timeoutMs?: number | undefined }): Promise<DeliveryReport>;
  /**
   * Flushes, hands what is left to the fallback and ends. Records after it are counted as dropped (`closed`). Every
   * call answers the promise of the first.
   */
  close(options?: { readonly timeoutMs?: number | undefined }): Promise<DeliveryReport>;
  /** The ledger and the endpoints' health, at this moment. */
  stats(): DeliveryStats;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A delivery to endpoints, which may become others while it runs. */
export interface BackendDelivery<R> extends Delivery<R> {
  /**
   * Replaces the endpoints. Those that stay (same URL and headers) keep all that is known of them; nothing new goes to
   * those that leave, and what is under way there ends. Batches that had tried them go on elsewhere.
   *
   * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION`; the endpoints are the old ones then.
   */
  setEndpoints(endpoints: readonly DeliveryEndpoint[]): void;
}
