import type { DeliveryOptions, DeliveryStats } from '@logflume/delivery';
import { createManualClock, type ManualClock } from '../manual-clock.ts';
import { createSeededRandom, type SeededRandom } from '../seeded-random.ts';
import { GroundTruth } from './ground-truth.ts';
import type { NumberedRecord } from './numbered-records.ts';
import { createSimulatedNetwork, type SimulatedNetwork } from './simulated-network.ts';
import { type DeliveryFactory, type ProcessSetup, SimulatedProcess } from './simulated-process.ts';

export interface SimulationOptions {
  /**
   * Makes the engine under test from the options of one life.
   * @defaultValue `createDelivery` of `@logflume/delivery`
   */
  readonly createDelivery?: DeliveryFactory | undefined;
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
}

/** A promise that a run broke. */
export class SimulationFailure extends Error {
  readonly seed: number;

  constructor(seed: number, what: string) {
    super(`${what}\n  reproduce with: npm run simulate -- --seed ${seed}`);
    this.name = 'SimulationFailure';
    this.seed = seed;
  }
}

const SEVERITIES = [1, 5, 9, 12, 13, 17, 21, 24];

/** Longer than any pause, ejection or hold: after it a healed world has taken everything. */
const HEALING_MS = 420_000;

const MAX_LIVES = 6;

/**
 * Runs the real engine through one random run: bursts, endpoints that change their behaviour, flushes, closes and crashes
 * at any moment; then, if it was not closed, a phase without faults. After every step all promises are checked.
 *
 * @param seed - integer: the same one gives the same run, for the same version of the engine and of this package.
 * @throws SimulationFailure (rejects) that names the seed, the broken promise, the last steps and how to see it again.
 * @example
 * ```ts
 * for (let seed = 0; seed < 1000; seed++) await simulate(seed);
 * ```
 */
export async function simulate(seed: number, options: SimulationOptions = {}): Promise<SimulationSummary> {
  const run = new Run(seed, options);
  await run.live();
  return run.summary();
}

class Run {
  readonly #seed: number;
  readonly #random: SeededRandom;
  readonly #clock: ManualClock;
  readonly #truth: GroundTruth;
  readonly #network: SimulatedNetwork;
  readonly #setup: ProcessSetup;
  readonly #recordBytes: number;
  readonly #maxBytes: number;
  readonly #onStep: SimulationOptions['onStep'];
  readonly #steps: string[] = [];
  readonly #past: DeliveryStats[] = [];
  #process: SimulatedProcess;
  #broken: string | undefined;
  #crashes = 0;
  #fallbackLines = 0;
  #expired = 0;
  /** Records that were lost with a life, as nothing of it was on a disk. */
  #mayBeLost = 0;
  /** Whether crashes happen at all. */
  readonly #isMortal: boolean;

  constructor(seed: number, options: SimulationOptions) {
    this.#seed = seed;
    const random = createSeededRandom(seed);
    this.#random = random;
    this.#onStep = options.onStep;
    this.#clock = createManualClock({ nowMs: random.between(0, 1e6) });
    const complain = (what: string): void => {
      this.#broken ??= what;
    };
    this.#truth = new GroundTruth(complain);
    this.#network = createSimulatedNetwork({ clock: this.#clock, random, truth: this.#truth }, complain);
    this.#recordBytes = random.pick([20, 60, 300, 1500]);
    this.#maxBytes = random.pick([64, 64, 100]) * 1024;
    this.#isMortal = random.chance(0.4);
    this.#setup = {
      clock: this.#clock,
      random,
      network: this.#network,
      truth: this.#truth,
      complain,
      create: options.createDelivery,
      options: drawOptions(random, this.#network.urls, this.#maxBytes),
      stdioMode: random.pick(['reading', 'reading', 'reading', 'failing', 'stuck', 'closed'] as const),
    };
    this.#process = this.#start();
  }

  async live(): Promise<void> {
    const steps = this.#random.between(5, 30);
    for (let step = 0; step < steps; step++) await this.#step();
    this.#process.isMortal = false;
    if (this.#process.isClosed) await this.#endClosed();
    else await this.#endHealed();
    this.#checkLosses();
  }

  summary(): SimulationSummary {
    const lives = [...this.#past, this.#process.stats()];
    const sum = (of: (stats: DeliveryStats) => number): number => lives.reduce((total, life) => total + of(life), 0);
    const { byReason } = this.#process.stats().dropped;
    return {
      seed: this.#seed,
      lives: lives.length,
      crashes: this.#crashes,
      accepted: sum(({ accepted }) => accepted),
      delivered: sum(({ delivered }) => delivered),
      rejected: sum(({ rejected }) => rejected),
      fallback: sum(({ fallback }) => fallback),
      dropped: Object.fromEntries(
        Object.keys(byReason).map((reason) => [reason, sum(({ dropped }) => Reflect.get(dropped.byReason, reason))]),
      ),
      requests: this.#network.requests,
      duplicates: this.#truth.duplicates,
      splits: this.#network.splits,
      closed: this.#process.isClosed,
      fallbackLines: this.#fallbackLines + this.#process.fallbackLines,
      expired: this.#expired + this.#process.expired,
    };
  }

  #start(): SimulatedProcess {
    const diesAt =
      this.#isMortal && this.#past.length < MAX_LIVES ? this.#random.between(1, 200) : Number.POSITIVE_INFINITY;
    return new SimulatedProcess(this.#setup, diesAt);
  }

  async #step(): Promise<void> {
    const random = this.#random;
    const dice = random.next();
    if (dice < 0.35) this.#log(random.pick([1, 1, 3, 12, 12, 60]), random.pick(SEVERITIES));
    else if (dice < 0.7) await this.#advance(random.pick([0, 1, 20, 250, 1500, 12_000, 70_000]));
    else if (dice < 0.88) this.#note(`endpoint ${this.#network.change()}`);
    else if (dice < 0.92) this.#shiftWall(random.pick([-3_600_000, 3_600_000]));
    else if (dice < 0.93) await this.#suspend(random.pick([1000, 600_000]));
    else if (dice < 0.985) this.#flush(random.pick([0, 10, 1000, 5000, 60_000, Number.POSITIVE_INFINITY]));
    else this.#close(random.pick([0, 100, 5000, 30_000]));
    this.#check();
    if (!this.#process.isAlive) this.#restart();
  }

  #log(count: number, severityNumber: number): void {
    this.#note(`log ${count} of ${severityNumber}`);
    this.#process.log(count, severityNumber, this.#recordBytes);
  }

  async #advance(ms: number): Promise<void> {
    this.#note(`advance ${ms}`);
    await this.#clock.advance(ms);
  }

  async #suspend(ms: number): Promise<void> {
    this.#note(`suspend ${ms}`);
    await this.#clock.suspend(ms);
  }

  #shiftWall(ms: number): void {
    this.#note(`shift the wall clock by ${ms}`);
    this.#clock.shiftWall(ms);
  }

  #flush(timeoutMs: number): void {
    this.#note(`flush ${timeoutMs}`);
    this.#process.flush(timeoutMs);
  }

  #close(timeoutMs: number): void {
    this.#note(`close ${timeoutMs}`);
    this.#process.close(timeoutMs);
  }

  /** The process died; a new one takes its place. */
  #restart(): void {
    this.#note('crash and restart');
    this.#crashes++;
    const stats = this.#process.stats();
    this.#mayBeLost += stats.pending + this.#unprinted();
    this.#past.push(stats);
    this.#fallbackLines += this.#process.fallbackLines;
    this.#expired += this.#process.expired;
    this.#truth.forgetAcks();
    this.#process = this.#start();
  }

  async #endClosed(): Promise<void> {
    await this.#advance(31_000);
    this.#check();
    const { pending, endpoints } = this.#process.stats();
    if (pending > 0) this.#fail(`${pending} records are pending after close`);
    this.#checkIdle(endpoints);
    await this.#advance(1000);
    const { pendingTimers } = this.#process;
    if (pendingTimers > 0) this.#fail(`${pendingTimers} timers are left after close`);
  }

  async #endHealed(): Promise<void> {
    this.#note('heal');
    this.#network.heal();
    await this.#advance(HEALING_MS);
    this.#check();
    // What failed without an outage returns at the pace of the retry budget: one batch a second at least.
    await this.#advance(this.#process.stats().pending * 1000);
    this.#check();
    const { pending } = this.#process.stats();
    if (pending > 0) this.#fail(`${pending} records are pending although every endpoint is well`);
    const fresh = this.#truth.loggedMs.length;
    this.#process.log(1, 9, this.#recordBytes);
    await this.#advance(30_000);
    if (!this.#truth.hasTaken(fresh)) this.#fail('a fresh record does not arrive although every endpoint is well');
    this.#check();
    this.#checkIdle(this.#process.stats().endpoints);
  }

  /** Every record somebody is said to have is where it is said to be; the others were counted, or died with a process. */
  #checkLosses(): void {
    const missing = this.#truth.missing();
    this.#mayBeLost += this.#unprinted();
    const { rejected, dropped } = this.summary();
    const counted = Object.values(dropped).reduce((sum, records) => sum + records, rejected);
    if (missing > counted + this.#mayBeLost) {
      this.#fail(
        `${missing} records are nowhere, ${counted} are counted as lost, ${this.#mayBeLost} died with a process`,
      );
    }
  }

  /** Lines behind a reader that is stuck: at the end of a real process they are written, or counted as failed. */
  #unprinted(): number {
    return this.#process.stats().fallback - this.#process.fallbackLines;
  }

  #check(): void {
    this.#process.check();
    if (this.#broken !== undefined) this.#fail(this.#broken);
    if (!this.#process.isAlive) return;
    const { accepted, delivered, rejected, fallback, dropped, pending, spooled, endpoints } = this.#process.stats();
    const sum = delivered + rejected + fallback + dropped.total + pending;
    if (accepted !== sum) this.#fail(`${accepted} were accepted and ${sum} accounted for`);
    const reasons = Object.values(dropped.byReason).reduce((total, records) => total + records, 0);
    if (reasons !== dropped.total) this.#fail(`dropped.total is ${dropped.total}, its reasons say ${reasons}`);
    if (delivered !== this.#network.ackedRecords) {
      this.#fail(`${delivered} count as delivered and ${this.#network.ackedRecords} were acknowledged`);
    }
    for (const count of [
      accepted,
      delivered,
      rejected,
      fallback,
      pending,
      spooled,
      ...Object.values(dropped.byReason),
    ]) {
      if (!(count >= 0)) this.#fail(`a counter is ${count}`);
    }
    if ((pending - spooled) * this.#recordBytes > this.#maxBytes) {
      this.#fail(
        `${pending - spooled} records of ${this.#recordBytes} bytes are in memory, ${this.#maxBytes} bytes may be`,
      );
    }
    const total = endpoints.reduce((records, endpoint) => records + endpoint.delivered, 0);
    if (total !== delivered) this.#fail(`the endpoints say ${total} were delivered, the ledger ${delivered}`);
  }

  #checkIdle(endpoints: DeliveryStats['endpoints']): void {
    for (const { url, inFlight } of endpoints) if (inFlight !== 0) this.#fail(`${inFlight} slots of ${url} leaked`);
  }

  #note(step: string): void {
    this.#onStep?.(`${this.#clock.nowMs()} ms: ${step}`);
    this.#steps.push(step);
  }

  #fail(what: string): never {
    const last = this.#steps.slice(-12).join(', ');
    const stats = JSON.stringify(this.#process.stats());
    throw new SimulationFailure(this.#seed, `${what}\n  at ${this.#clock.nowMs()} ms, after: ${last}\n  ${stats}`);
  }
}

function drawOptions(
  random: SeededRandom,
  urls: readonly string[],
  maxBytes: number,
): Partial<DeliveryOptions<NumberedRecord>> {
  return {
    endpoints: urls.map((url) => ({ url, weight: random.between(1, 3), priority: random.between(0, 1) })),
    balance: random.pick(['least-loaded', 'least-loaded', 'round-robin', 'failover'] as const),
    batch: {
      maxRecords: random.pick([1, 10, 10, 10, 100, 1000]),
      maxBytes: random.pick([1000, 8000, 8000]),
      lingerMs: random.pick([0, 50, 200, 5000]),
    },
    queue: { maxBytes },
    retry: { maxAgeMs: random.pick([60_000, 900_000, 1e9]), maxServerErrorRetries: random.between(0, 3) },
    timeoutMs: random.pick([1000, 10_000]),
    ...(random.chance(0.3) ? { headers: flakyHeaders(random) } : {}),
  };
}

function flakyHeaders(random: SeededRandom): () => Promise<Record<string, string>> {
  return () => {
    const dice = random.next();
    if (dice < 0.1) return Promise.reject(new Error('no token'));
    return dice < 0.2 ? new Promise(() => undefined) : Promise.resolve({ authorization: 'Bearer x' });
  };
}
