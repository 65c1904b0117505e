import { type DropReason, dropReasons } from './outcome.ts';

/** What became of the records that were accepted; all counts in records. */
export interface LedgerCounts {
  readonly accepted: number;
  readonly delivered: number;
  readonly rejected: number;
  readonly fallback: number;
  readonly dropped: { readonly total: number; readonly byReason: Readonly<Record<DropReason, number>> };
}

/**
 * The counters of one delivery. Each record is added to `accepted` once and to exactly one of the others when its fate
 * is known; what is on its way is counted by the queue, so that the two can be held against each other.
 */
export class Ledger {
  accepted = 0;
  delivered = 0;
  rejected = 0;
  fallback = 0;
  readonly #dropped: Record<DropReason, number>;

  readonly #onDropped: (reason: DropReason, records: number) => void;

  /** @param onDropped - told of every drop, inside the log call too: must not throw, log or do I/O. */
  constructor(onDropped: (reason: DropReason, records: number) => void = () => undefined) {
    this.#onDropped = onDropped;
    this.#dropped = Object.fromEntries(dropReasons.map((reason) => [reason, 0])) as Record<DropReason, number>;
  }

  drop(reason: DropReason, records: number): void {
    if (records === 0) return;
    this.#dropped[reason] += records;
    this.#onDropped(reason, records);
  }

  /** Lines that were counted as `fallback` and then failed to be written. */
  fallbackFailed(records: number): void {
    this.fallback -= records;
    this.drop('fallback_failed', records);
  }

  /** Records dropped for a reason so far. */
  droppedFor(reason: DropReason): number {
    return this.#dropped[reason];
  }

  /** Records of an earlier process are proved to be lost: they enter the law and leave it here. */
  missing(records: number): void {
    this.accepted += records;
    this.drop('crash_window', records);
  }

  /** @param waiting - records of earlier processes that are on disk and were not asked for yet: accepted by those. */
  counts(waiting = 0): LedgerCounts {
    const byReason = { ...this.#dropped };
    let total = 0;
    for (const reason of dropReasons) total += byReason[reason];
    const { accepted, delivered, rejected, fallback } = this;
    return { accepted: accepted + waiting, delivered, rejected, fallback, dropped: { total, byReason } };
  }
}
