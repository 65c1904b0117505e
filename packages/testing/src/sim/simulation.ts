import type { DeliveryFactory } from './simulated-process.ts';

export interface SimulationOptions {
  /**
   * Makes the engine under test from the options of one life.
   * @defaultValue `createDelivery` of `@logflume/delivery`
   */
  readonly createDelivery?: DeliveryFactory | undefined;
  /**
   * Whether the process has a spool, on a disk that fails, and that outlives it.
   * @defaultValue in two of five runs
   */
  readonly disk?: boolean | undefined;
  /**
   * Whether the order of records is kept.
   * @defaultValue in one of four runs
   */
  readonly ordered?: boolean | undefined;
  /** Told of every step before it is taken, for a person who looks for the cause of a failure. */
  readonly onStep?: ((step: string) => void) | undefined;
}

/** What happened in one run, to see that what should be tested really occurred. All counts over all lives. */
export interface SimulationSummary {
  readonly seed: number;
  /** Processes that lived: one more than crashes and restarts. */
  readonly lives: number;
  readonly crashes: number;
  /** Ledger of all lives together. */
  readonly accepted: number;
  readonly delivered: number;
  readonly rejected: number;
  readonly fallback: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly requests: number;
  /** Records that endpoints took more than once. */
  readonly duplicates: number;
  /** Answers of 413. */
  readonly splits: number;
  readonly closed: boolean;
  readonly fallbackLines: number;
  /** Records that went to the fallback as they were too old. */
  readonly expired: number;
  /** Segment files that were begun. */
  readonly segments: number;
  /** How often a spool was full, or gave up its oldest segment. */
  readonly spoolFull: number;
  /** Operations the disk refused. */
  readonly diskFailures: number;
}

/** A promise that a run broke. */
export class SimulationFailure extends Error {
  readonly seed: number;

  /** @param options - those it was run with: what they leave to chance follows from the seed. */
  constructor(seed: number, what: string, { disk, ordered }: SimulationOptions = {}) {
    const flags = Object.entries({ disk, ordered }).filter(([, value]) => value !== undefined);
    const given = flags.map(([name, value]) => ` --${name} ${value ? 'yes' : 'no'}`).join('');
    super(`${what}\n  reproduce with: npm run simulate -- --seed ${seed}${given}`);
    this.name = 'SimulationFailure';
    this.seed = seed;
  }
}
