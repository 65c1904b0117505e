import type { DropReason } from './outcome.ts';

/** Records that were lost for one reason. */
export interface Loss {
  readonly reason: DropReason;
  /** Integer ≥ 1. */
  readonly records: number;
  /** When the first and the last of them were dropped: milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Adds up losses by reason until somebody takes them. A burst of a million drops must not make a million objects. */
export class LossTally {
  #losses = new Map<DropReason, { -readonly [Member in keyof Loss]: Loss[Member] }>();

  get isEmpty(): boolean {
    return this.#losses.size === 0;
  }

  /** @param wallMs - when: milliseconds since the epoch. */
  add(reason: DropReason, records: number, wallMs: number): void {
    const sum = this.#losses.get(reason);
    if (sum === undefined) {
      this.#losses.set(reason, { reason, records, fromMs: wallMs, toMs: wallMs });
      return;
    }
    sum.records += records;
    sum.fromMs = Math.min(sum.fromMs, wallMs);
    sum.toMs = Math.max(sum.toMs, wallMs);
  }

  /** Puts back what was taken. */
  restore({ reason, records, fromMs, toMs }: Loss): void {
    this.add(reason, records, fromMs);
    this.add(reason, 0, toMs);
  }

  /** @returns one loss for each reason; they are forgotten. */
  take(): Loss[] {
    const losses = [...this.#losses.values()];
    this.#losses = new Map();
    return losses;
  }
}
