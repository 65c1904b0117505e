import type { LedgerCounts } from './ledger.ts';
import type { EndpointStats } from './send/endpoint.ts';

/**
 * Where every record is. `accepted = delivered + rejected + fallback + dropped.total + pending` holds whenever it is
 * read; `spooled` is the part of `pending` that is safe on disk.
 *
 * What earlier processes left in the spool directory counts as `accepted` and `pending` from the moment it is counted
 * there, soon after the start; what is proved to be missing there as `accepted` and dropped (`crash_window`).
 */
export interface DeliveryStats extends LedgerCounts {
  readonly pending: number;
  /** The part of `pending` that is in requests under way. */
  readonly inFlight: number;
  readonly spooled: number;
  readonly endpoints: readonly EndpointStats[];
  /**
   * Each destination by its name, where there are several. The law holds for each of them; the numbers above are their
   * sums, so that `accepted` counts a record once for every destination it was sent to.
   */
  readonly destinations?: Readonly<Record<string, DeliveryStats>> | undefined;
}

/** The ledger in short, at the end of a `flush` or `close`; counted since the delivery was made. */
export interface DeliveryReport {
  readonly accepted: number;
  readonly delivered: number;
  readonly rejected: number;
  readonly fallback: number;
  readonly dropped: number;
  /** More than 0 when the deadline came first. */
  readonly pending: number;
  readonly spooled: number;
}
