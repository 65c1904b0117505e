import type { Clock } from './clock.ts';
import { REPORT_INTERVAL_MS } from './diagnostics.ts';
import { type Loss, LossTally } from './loss-tally.ts';
import type { DropReason } from './outcome.ts';

/** Makes the record that tells the backend of a loss. `total` is what was lost for this reason since the start. */
export type MakeLossRecord<R> = (loss: Loss & { readonly total: number }) => {
  readonly record: R;
  readonly severityNumber: number;
  readonly group: number;
};

export interface LossNoticeParts {
  readonly clock: Clock;
  /** Puts the record of a loss into the queue. */
  readonly send: (loss: Loss) => void;
  /** Whether a record of ours would be sent now, and take nobody's place. */
  readonly canSend: () => boolean;
}

/** Losses that follow one another closely are one. */
const SETTLE_MS = 1000;

/**
 * Tells the backend what it will never get: once something was delivered again, one record for each reason, with how
 * many were lost and when, and at most once in 30 s.
 *
 * The record is counted as any other: `accepted` is one more. If it is itself lost, its loss is counted but not told of,
 * and what it had to say waits for the next: a notice never causes another.
 */
export class LossNotice {
  readonly #parts: LossNoticeParts;
  readonly #tally = new LossTally();
  #isSending = false;
  #isScheduled = false;
  #sentMs = Number.NEGATIVE_INFINITY;

  constructor(parts: LossNoticeParts) {
    this.#parts = parts;
  }

  /** Records were dropped. */
  dropped(reason: DropReason, records: number): void {
    if (this.#isSending) {
      this.#isSending = false;
      return;
    }
    this.#tally.add(reason, records, this.#parts.clock.wallMs());
  }

  /** A batch was taken: the way is open. */
  delivered(): void {
    if (this.#tally.isEmpty || this.#isScheduled) return;
    const { clock } = this.#parts;
    this.#isScheduled = true;
    clock.after(Math.max(SETTLE_MS, this.#sentMs + REPORT_INTERVAL_MS - clock.nowMs()), () => {
      this.#isScheduled = false;
      this.sendNow();
    });
  }

  /** Tells what there is to tell, if it would be heard: before a close there may be no later. */
  sendNow(): void {
    if (this.#tally.isEmpty || !this.#parts.canSend()) return;
    this.#sentMs = this.#parts.clock.nowMs();
    for (const loss of this.#tally.take()) {
      this.#isSending = true;
      try {
        this.#parts.send(loss);
      } catch {
        this.#isSending = false; // The record could not be made; what it had to say waits.
      }
      if (!this.#isSending) this.#tally.restore(loss);
      this.#isSending = false;
    }
  }
}
