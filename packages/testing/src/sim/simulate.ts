import { inspect } from 'node:util';
import type { DeliveryStats } from '@logflume/delivery';
import { createManualClock, type ManualClock } from '../manual-clock.ts';
import { createSeededRandom, type SeededRandom } from '../seeded-random.ts';
import { checkStats, countedLost } from './check-stats.ts';
import { drawOptions, drawSpool } from './draw-options.ts';
import { accountFor } from './end-of-life.ts';
import { GroundTruth } from './ground-truth.ts';
import { readDisk } from './read-disk.ts';
import { diskConditions, SimulatedDisk } from './simulated-disk.ts';
import { createSimulatedNetwork, type SimulatedNetwork } from './simulated-network.ts';
import { type ProcessSetup, SimulatedProcess } from './simulated-process.ts';
import { SimulationFailure, type SimulationOptions, type SimulationSummary } from './simulation.ts';

const SEVERITIES = [1, 5, 9, 12, 13, 17, 21, 24];

/** Longer than any pause, ejection or hold: after it a healed world has taken everything. */
const HEALING_MS = 420_000;

const MAX_LIVES = 6;

/** Acks of eight bytes are written without a look at the quota, as they are what makes room. */
const DISK_TOLERANCE = 1.1;

/**
 * Runs the real engine through one random run: bursts, endpoints that change their behaviour, flushes, closes and crashes
 * at any moment; then, if it was not closed, a phase without faults. After every step all promises are checked.
 *
 * @param seed - integer: the same one gives the same run, for the same version of the engine and of this package.
 * @throws TypeError (rejects) for a seed that is no integer, of which no message could say how to see the run again.
 * @throws SimulationFailure (rejects) that names the seed, the broken promise, the last steps and how to see it again.
 * @example
 * ```ts
 * for (let seed = 0; seed < 1000; seed++) await simulate(seed);
 * ```
 */
export async function simulate(seed: number, options: SimulationOptions = {}): Promise<SimulationSummary> {
  if (!Number.isSafeInteger(seed)) throw new TypeError(`seed must be an integer, got ${inspect(seed)}`);
  const run = new Run(seed, options);
  await run.live();
  // A turn of the real event loop: what follows asynchronous calls of the engine's first request ends with a timer.
  await new Promise((resolve) => setImmediate(resolve));
  return run.summary();
}

class Run {
  readonly #seed: number;
  readonly #given: SimulationOptions;
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
  /** Whether its disk lost power or a bit: what cannot be read is kept, and takes room. */
  #isDamaged = false;
  #fallbackLines = 0;
  #expired = 0;
  #spoolFull = 0;
  /** Whether crashes happen at all. */
  readonly #isMortal: boolean;

  constructor(seed: number, options: SimulationOptions) {
    this.#seed = seed;
    this.#given = options;
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
    this.#isMortal = random.chance(0.5);
    const isDiskDrawn = random.chance(0.4);
    const disk = (options.disk ?? isDiskDrawn) ? new SimulatedDisk(random) : undefined;
    // Drawn from chance of their own, so that what came later leaves the runs of old seeds as they were.
    const more = createSeededRandom(seed + 2 ** 31);
    const isOrderDrawn = more.chance(0.25);
    this.#setup = {
      clock: this.#clock,
      random,
      network: this.#network,
      truth: this.#truth,
      complain,
      create: options.createDelivery,
      options: {
        ...drawOptions(random, this.#network.urls, this.#maxBytes),
        ordered: options.ordered ?? isOrderDrawn,
        ...(disk === undefined
          ? { fallback: more.pick(['stderr', 'stderr', 'stderr', 'none'] as const) }
          : { spool: drawSpool(random) }),
      },
      disk,
      stdioMode: random.pick(['reading', 'reading', 'reading', 'failing', 'stuck', 'closed'] as const),
    };
    this.#process = this.#start();
  }

  async live(): Promise<void> {
    const steps = this.#random.between(5, 30);
    for (let step = 0; step < steps; step++) await this.#step();
    this.#process.isMortal = false;
    if (this.#process.isClosed) {
      await this.#endClosed();
      // What it left on disk is for the next one.
      if (this.#setup.disk !== undefined) this.#restart('close');
    }
    this.#process.isMortal = false;
    if (!this.#process.isClosed) await this.#endHealed();
    if (this.#isLeftOnDisk()) {
      // What it could not read while the disk was in trouble it left alone: the next one finds it.
      this.#process.close(30_000);
      await this.#endClosed();
      this.#restart('close');
      this.#process.isMortal = false;
      await this.#endHealed();
    }
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
      segments: this.#setup.disk?.segments ?? 0,
      spoolFull: this.#spoolFull + this.#process.spoolFull,
      diskFailures: this.#setup.disk?.failures ?? 0,
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
    else if (dice < 0.95) this.#changeDisk();
    else if (dice < 0.985) this.#flush(random.pick([0, 10, 1000, 5000, 60_000, Number.POSITIVE_INFINITY]));
    else this.#close(random.pick([0, 100, 5000, 30_000]));
    this.#check();
    if (!this.#process.isAlive) this.#restart('crash');
    else if (this.#process.isClosed && this.#setup.disk !== undefined && random.chance(0.3)) {
      await this.#endClosed();
      this.#restart(this.#process.isAlive ? 'close' : 'crash');
    }
  }

  #changeDisk(): void {
    const { disk, random } = this.#setup;
    if (disk === undefined) return;
    disk.condition = random.pick(diskConditions);
    this.#note(`the disk is ${disk.condition}`);
    if (disk.condition !== 'well') this.#process.wasHindered = true;
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
    this.#process.wasHindered = true;
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

  /** The process ended; a new one takes its place. */
  #restart(how: 'crash' | 'close'): void {
    this.#bury(how);
    this.#past.push(this.#process.stats());
    this.#fallbackLines += this.#process.fallbackLines;
    this.#expired += this.#process.expired;
    this.#spoolFull += this.#process.spoolFull;
    this.#process.kill();
    this.#process = this.#start();
    // It may die while it starts.
    if (!this.#process.isAlive) this.#restart('crash');
  }

  /** Takes account of what the process leaves behind. */
  #bury(how: 'crash' | 'close'): void {
    const { disk, clock, truth } = this.#setup;
    const before = disk === undefined ? [] : readDisk(disk.image.files());
    if (how === 'crash') {
      this.#crashes++;
      this.#note(`crash, ${this.#damage()}`);
    } else this.#note('start again');
    const after = disk === undefined ? [] : readDisk(disk.image.files());
    const counted = countedLost(this.#process.stats()) + this.#unprinted();
    const { windowMs, isUnhindered: isDiskWell } = this.#process;
    const endedMs = Math.min(this.#process.diedMs, clock.nowMs());
    const broken = accountFor(truth, { how, endedMs, before, after, counted, windowMs, isDiskWell });
    if (broken !== undefined) this.#fail(broken);
  }

  /** What happens to the disk with the process. */
  #damage(): string {
    const { disk, random } = this.#setup;
    if (disk === undefined || random.chance(0.7)) return 'killed';
    this.#isDamaged = true;
    if (random.chance(0.5)) {
      disk.image.losePower(random);
      return 'the power is gone';
    }
    return `a bit of ${disk.image.flipBit(random)} flips`;
  }

  async #endClosed(): Promise<void> {
    await this.#advance(31_000);
    this.#check();
    if (!this.#process.isAlive) return;
    const { pending, spooled, endpoints } = this.#process.stats();
    if (pending > spooled) this.#fail(`${pending} records are pending after close, ${spooled} of them on disk`);
    this.#checkIdle(endpoints);
    // The sum of what was not printed is told half a minute later.
    await this.#advance(61_000);
    const { pendingTimers } = this.#process;
    if (pendingTimers > 0) this.#fail(`${pendingTimers} timers are left after close`);
  }

  async #endHealed(): Promise<void> {
    this.#note('heal');
    this.#network.heal();
    if (this.#setup.disk !== undefined) this.#setup.disk.condition = 'well';
    await this.#advance(HEALING_MS);
    this.#check();
    // What failed without an outage returns at the pace of the retry budget: one batch a second at least.
    await this.#advance(this.#process.stats().pending * 1000);
    this.#check();
    const { pending, spooled } = this.#process.stats();
    // What could not be read while the disk was in trouble stays where it is, for the next process.
    const excused = this.#process.leftToNext || this.#isLeftOnDisk() ? spooled : 0;
    if (pending > excused) this.#fail(`${pending} records are pending although every endpoint is well`);
    const fresh = this.#truth.loggedMs.length;
    this.#process.log(1, 9, this.#recordBytes);
    await this.#advance(30_000);
    if (!this.#truth.hasTaken(fresh)) this.#fail('a fresh record does not arrive although every endpoint is well');
    this.#check();
    this.#checkIdle(this.#process.stats().endpoints);
  }

  /** Whether a record that nobody has stands on disk. */
  #isLeftOnDisk(): boolean {
    const { disk } = this.#setup;
    if (disk === undefined || disk.failures === 0) return false;
    const nowhere = new Set(this.#truth.nowhere());
    return readDisk(disk.image.files()).some(({ isAcked, numbers }) => !isAcked && numbers.some((n) => nowhere.has(n)));
  }

  /** Every record that has to be somewhere is there, or was counted by the process that had it last. */
  #checkLosses(): void {
    const missing = this.#truth.nowhere().length;
    const counted = countedLost(this.#process.stats()) + this.#unprinted();
    if (missing > counted) this.#fail(`${missing} records are nowhere, and ${counted} are counted as lost`);
  }

  /** Lines behind a reader that is stuck: at the end of a real process they are written, or counted as failed. */
  #unprinted(): number {
    return Math.max(0, this.#process.stats().fallback - this.#process.fallbackLines);
  }

  #check(): void {
    this.#process.check();
    if (this.#broken !== undefined) this.#fail(this.#broken);
    if (!this.#process.isAlive) return;
    const broken = checkStats(this.#process.stats(), {
      ackedRecords: this.#network.ackedRecords,
      recordBytes: this.#recordBytes,
      maxMemoryBytes: this.#maxBytes,
    });
    if (broken !== undefined) this.#fail(broken);
    this.#checkDisk();
  }

  #checkDisk(): void {
    const { disk, options } = this.#setup;
    if (disk === undefined || !this.#process.isUnhindered || this.#isDamaged) return;
    const maxBytes = (options.spool?.maxBytes ?? 0) * DISK_TOLERANCE;
    // What other processes left counts once it is taken over: what there is no room for stays where it is.
    const bytes = this.#process.homes.reduce((sum, home) => sum + disk.image.bytesBelow(home), 0);
    if (bytes > maxBytes) this.#fail(`${bytes} bytes are on disk, ${maxBytes} may be`);
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
    throw new SimulationFailure(
      this.#seed,
      `${what}\n  at ${this.#clock.nowMs()} ms, after: ${last}\n  ${stats}`,
      this.#given,
    );
  }
}
