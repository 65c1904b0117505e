/** Why a record was left out on purpose: each is an option of this name or close to it. */
export type SuppressedReason = 'processor' | 'sampled' | 'rate_limited' | 'repeated';

/** Every reason there is, in the order in which the intake can find it. */
export const suppressedReasons: readonly SuppressedReason[] = ['processor', 'sampled', 'repeated', 'rate_limited'];

/**
 * Records that were left out because an option asked for it: counted here, and nowhere else. They were never accepted,
 * so the ledger knows nothing of them.
 */
export interface SuppressedStats {
  readonly total: number;
  /**
   * `processor`: one answered `null`. `sampled`: not among the share that `sampling` keeps. `repeated`: told by the count
   * of a summary. `rate_limited`: beyond `rateLimit`, told by a summary too.
   */
  readonly byReason: Readonly<Record<SuppressedReason, number>>;
}

/** Counts what a logger leaves out, since it was made. */
export class SuppressedCount {
  readonly #byReason: Record<SuppressedReason, number> = { processor: 0, sampled: 0, repeated: 0, rate_limited: 0 };

  add(reason: SuppressedReason): void {
    this.#byReason[reason]++;
  }

  /** The counts of now; a copy. */
  stats(): SuppressedStats {
    const byReason = { ...this.#byReason };
    return { total: suppressedReasons.reduce((sum, reason) => sum + byReason[reason], 0), byReason };
  }
}

/** What a logger that leaves nothing out has to say. */
export const nothingSuppressed: SuppressedStats = new SuppressedCount().stats();
