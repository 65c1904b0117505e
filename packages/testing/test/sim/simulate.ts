import { createDelivery, type Delivery, type DeliveryStats } from '@logflume/delivery';
import { type TextRecord, textCodec, textFormat } from '../../../delivery/test/text-records.ts';
import { createManualClock, createSeededRandom, type ManualClock, type SeededRandom } from '../../src/index.ts';
import { createMemoryStdio, type MemoryStdio } from '../engine/memory-stdio.ts';
import { createWorld, type World } from './world.ts';

/** What happened in one run, to see that what should be tested really occurred. */
export interface RunSummary {
  readonly stats: DeliveryStats;
  readonly requests: number;
  readonly duplicates: number;
  readonly splits: number;
  readonly closed: boolean;
  readonly fallbackLines: number;
  /** Records that went to the fallback as they were too old. */
  readonly expired: number;
}

interface Promised {
  readonly what: string;
  readonly deadlineMs: number;
  settled: boolean;
}

const SEVERITIES = [1, 5, 9, 12, 13, 17, 21, 24];

/** Longer than any pause, ejection or hold: after it a healed world has taken everything. */
const HEALING_MS = 420_000;

/**
 * Runs the real engine through one random life: bursts, endpoints that change their behaviour, flushes and closes at any
 * moment; then, if it was not closed, a phase without faults. After every step all promises are checked.
 *
 * @throws Error that names the seed, the broken promise and the last steps.
 */
export async function simulate(seed: number): Promise<RunSummary> {
  const run = new Run(seed);
  await run.live();
  return run.summary();
}

class Run {
  readonly #seed: number;
  readonly #random: SeededRandom;
  readonly #clock: ManualClock;
  readonly #stdio: MemoryStdio;
  readonly #world: World;
  readonly #delivery: Delivery<TextRecord>;
  readonly #recordBytes: number;
  readonly #maxBytes: number;
  readonly #promised: Promised[] = [];
  readonly #steps: string[] = [];
  #broken: string | undefined;
  #logged = 0;
  #closed = false;
  #expired = 0;

  constructor(seed: number) {
    this.#seed = seed;
    const random = createSeededRandom(seed);
    this.#random = random;
    this.#clock = createManualClock({ nowMs: random.between(0, 1e6) });
    this.#stdio = createMemoryStdio(this.#clock);
    this.#stdio.mode = random.pick(['reading', 'reading', 'reading', 'failing', 'stuck', 'closed'] as const);
    this.#recordBytes = random.pick([20, 60, 300]);
    this.#maxBytes = random.pick([64, 100, 1024]) * 1024;
    this.#world = createWorld({ clock: this.#clock, random, stats: () => this.#delivery.stats() }, (what) =>
      this.#complain(what),
    );
    this.#delivery = createDelivery<TextRecord>({
      codec: textCodec,
      format: textFormat,
      endpoints: this.#world.urls.map((url) => ({ url, weight: random.between(1, 3), priority: random.between(0, 1) })),
      balance: random.pick(['least-loaded', 'least-loaded', 'round-robin', 'failover'] as const),
      batch: { maxRecords: random.pick([1, 10, 10, 100, 1000]), lingerMs: random.pick([0, 50, 200, 5000]) },
      queue: { maxBytes: this.#maxBytes },
      retry: { maxAgeMs: random.pick([60_000, 900_000, 1e9]), maxServerErrorRetries: random.between(0, 3) },
      timeoutMs: random.pick([1000, 10_000]),
      ...(random.chance(0.3) ? { headers: this.#flakyHeaders() } : {}),
      exit: { hooks: false },
      onDiagnostic: (event) => {
        if (event.kind === 'internalError') this.#complain(event.message);
        if (event.kind === 'fallbackUsed' && event.reason === 'expired') this.#expired += event.records;
      },
      clock: this.#clock,
      random,
      transport: this.#world.transport,
      stdio: this.#stdio,
    });
  }

  async live(): Promise<void> {
    const steps = this.#random.between(5, 40);
    for (let step = 0; step < steps; step++) await this.#step();
    if (this.#closed) await this.#endClosed();
    else await this.#endHealed();
  }

  summary(): RunSummary {
    const { requests, duplicates, splits } = this.#world;
    const fallbackLines = this.#stdio.lines.filter((line) => line.startsWith('{')).length;
    const stats = this.#delivery.stats();
    return { stats, requests, duplicates, splits, closed: this.#closed, fallbackLines, expired: this.#expired };
  }

  async #step(): Promise<void> {
    const random = this.#random;
    const dice = random.next();
    if (dice < 0.35) this.#log(random.pick([1, 1, 3, 20, 150]), random.pick(SEVERITIES));
    else if (dice < 0.7) await this.#advance(random.pick([0, 1, 20, 250, 1500, 12_000, 70_000]));
    else if (dice < 0.88) this.#note('change', () => this.#world.change());
    else if (dice < 0.93)
      this.#note('shift wall clock', () => this.#clock.shiftWall(random.pick([-3_600_000, 3_600_000])));
    else if (dice < 0.985) this.#flush(random.pick([0, 10, 1000, 5000, 60_000, Number.POSITIVE_INFINITY]));
    else this.#close(random.pick([0, 100, 5000, 30_000]));
    this.#check();
  }

  #log(count: number, severityNumber: number): void {
    this.#note(`log ${count} of ${severityNumber}`, () => {
      for (let i = 0; i < count; i++) {
        const text = `${this.#logged++}`.padEnd(this.#recordBytes - 4, '.');
        this.#world.expectText(text);
        this.#delivery.enqueue({ text }, severityNumber, this.#random.between(0, 3));
      }
    });
  }

  async #advance(ms: number): Promise<void> {
    this.#steps.push(`advance ${ms}`);
    await this.#clock.advance(ms);
  }

  #flush(timeoutMs: number): void {
    this.#note(`flush ${timeoutMs}`, () => this.#promise('flush', timeoutMs, this.#delivery.flush({ timeoutMs })));
  }

  #close(timeoutMs: number): void {
    this.#note(`close ${timeoutMs}`, () => {
      const promise = this.#delivery.close({ timeoutMs });
      // Every call after the first answers the promise, and so the deadline, of the first.
      if (!this.#closed) this.#promise('close', timeoutMs, promise);
      this.#closed = true;
    });
  }

  #promise(what: string, timeoutMs: number, promise: Promise<unknown>): void {
    const entry: Promised = { what, deadlineMs: this.#clock.nowMs() + timeoutMs, settled: false };
    this.#promised.push(entry);
    promise.then(
      () => {
        entry.settled = true;
      },
      (error: unknown) => this.#complain(`a ${what} rejected: ${String(error)}`),
    );
  }

  async #endClosed(): Promise<void> {
    await this.#advance(31_000);
    this.#check();
    const { pending, endpoints } = this.#delivery.stats();
    if (pending > 0) this.#fail(`${pending} records are pending after close`);
    this.#checkIdle(endpoints);
    await this.#advance(1000);
    if (this.#clock.pendingTimers > 0) this.#fail(`${this.#clock.pendingTimers} timers are left after close`);
  }

  async #endHealed(): Promise<void> {
    this.#note('heal', () => this.#world.heal());
    await this.#advance(HEALING_MS);
    this.#check();
    // What failed without an outage returns at the pace of the retry budget: one batch a second at least.
    await this.#advance(this.#delivery.stats().pending * 1000);
    this.#check();
    const { pending } = this.#delivery.stats();
    if (pending > 0) this.#fail(`${pending} records are pending although every endpoint is well`);
    const fresh = 'fresh'.padEnd(this.#recordBytes - 4, '.');
    this.#world.expectText(fresh);
    this.#delivery.enqueue({ text: fresh }, 9, 0);
    await this.#advance(30_000);
    if (!this.#world.hasTaken(fresh)) this.#fail('a fresh record does not arrive although every endpoint is well');
    this.#check();
    this.#checkIdle(this.#delivery.stats().endpoints);
  }

  #check(): void {
    if (this.#broken !== undefined) this.#fail(this.#broken);
    const { accepted, delivered, rejected, fallback, dropped, pending, endpoints } = this.#delivery.stats();
    const sum = delivered + rejected + fallback + dropped.total + pending;
    if (accepted !== sum) this.#fail(`${accepted} were accepted and ${sum} accounted for`);
    const reasons = Object.values(dropped.byReason).reduce((total, records) => total + records, 0);
    if (reasons !== dropped.total) this.#fail(`dropped.total is ${dropped.total}, its reasons say ${reasons}`);
    if (delivered !== this.#world.ackedRecords) {
      this.#fail(`${delivered} count as delivered and ${this.#world.ackedRecords} were acknowledged`);
    }
    for (const count of [accepted, delivered, rejected, fallback, pending, ...Object.values(dropped.byReason)]) {
      if (!(count >= 0)) this.#fail(`a counter is ${count}`);
    }
    if (pending * this.#recordBytes > this.#maxBytes) {
      this.#fail(`${pending} records of ${this.#recordBytes} bytes are pending, ${this.#maxBytes} bytes are allowed`);
    }
    const total = endpoints.reduce((records, endpoint) => records + endpoint.delivered, 0);
    if (total !== delivered) this.#fail(`the endpoints say ${total} were delivered, the ledger ${delivered}`);
    for (const { what, deadlineMs, settled } of this.#promised) {
      if (!settled && this.#clock.nowMs() > deadlineMs + 1) this.#fail(`a ${what} is not settled after its deadline`);
    }
  }

  #checkIdle(endpoints: DeliveryStats['endpoints']): void {
    for (const { url, inFlight } of endpoints) if (inFlight !== 0) this.#fail(`${inFlight} slots of ${url} leaked`);
  }

  #flakyHeaders(): () => Promise<Record<string, string>> {
    return () => {
      const dice = this.#random.next();
      if (dice < 0.1) return Promise.reject(new Error('no token'));
      return dice < 0.2 ? new Promise(() => undefined) : Promise.resolve({ authorization: 'Bearer x' });
    };
  }

  #note(what: string, act: () => void): void {
    this.#steps.push(what);
    act();
  }

  /** For what is found inside calls of the engine: it would catch what is thrown there. */
  #complain(what: string): void {
    this.#broken ??= what;
  }

  #fail(what: string): never {
    const last = this.#steps.slice(-12).join(', ');
    const stats = JSON.stringify(this.#delivery.stats());
    throw new Error(`SEED=${this.#seed}: ${what}\n  at ${this.#clock.nowMs()} ms, after: ${last}\n  ${stats}`);
  }
}
