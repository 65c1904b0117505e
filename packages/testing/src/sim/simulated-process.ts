import {
  type Clock,
  createDelivery,
  type Delivery,
  type DeliveryOptions,
  type DeliveryStats,
  type Timer,
  type Transport,
} from '@logflume/delivery';
import type { ManualClock } from '../manual-clock.ts';
import { createMemoryStdio, type MemoryStdio } from '../memory-stdio.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { Complain, GroundTruth } from './ground-truth.ts';
import { type NumberedRecord, numberedCodec, numberedFormat, numberOfLine } from './numbered-records.ts';
import type { SimulatedNetwork } from './simulated-network.ts';

/** A `flush` or `close` that has to settle. */
interface Promised {
  readonly what: string;
  readonly deadlineMs: number;
  settled: boolean;
}

export type DeliveryFactory = (options: DeliveryOptions<NumberedRecord>) => Delivery<NumberedRecord>;

/** What all lives of one run share. */
export interface ProcessSetup {
  readonly clock: ManualClock;
  readonly random: SeededRandom;
  readonly network: SimulatedNetwork;
  readonly truth: GroundTruth;
  readonly complain: Complain;
  readonly create: DeliveryFactory | undefined;
  /** Options drawn once: a process that starts again is configured as before. */
  readonly options: Partial<DeliveryOptions<NumberedRecord>>;
  readonly stdioMode: MemoryStdio['mode'];
}

/**
 * One life of the process: the real engine over a clock, a network and a stream that forget it once it is dead.
 *
 * It dies at the event whose number it is given: before a timer, a turn of the event loop or a request; between any two
 * `await`s of the engine there is one.
 */
export class SimulatedProcess {
  readonly delivery: Delivery<NumberedRecord>;
  readonly stdio: MemoryStdio;
  isAlive = true;
  isClosed = false;
  /** `false` ends its chance to die: a world that heals has no crashes. */
  isMortal = true;
  /** Records given up for their age. */
  expired = 0;
  readonly #setup: ProcessSetup;
  readonly #timers = new Set<Timer>();
  readonly #promised: Promised[] = [];
  #events = 0;
  readonly #diesAt: number;
  #linesRead = 0;
  #printed = 0;

  constructor(setup: ProcessSetup, diesAt: number) {
    this.#setup = setup;
    this.#diesAt = diesAt;
    const { random, network, complain } = setup;
    const clock = this.#ownClock(setup.clock);
    this.stdio = createMemoryStdio(clock);
    this.stdio.mode = setup.stdioMode;
    const way = network.connect({ stats: () => this.stats(), isAlive: () => this.isAlive });
    this.delivery = (setup.create ?? createDelivery)({
      codec: numberedCodec,
      format: numberedFormat,
      endpoints: network.urls.map((url) => ({ url })),
      ...setup.options,
      exit: { hooks: false },
      onDiagnostic: (event) => {
        if (event.kind === 'internalError' && this.isAlive) complain(event.message);
        if (event.kind === 'fallbackUsed' && event.reason === 'expired') this.expired += event.records;
      },
      clock,
      random,
      transport: this.#ownTransport(way),
      stdio: this.stdio,
    });
  }

  stats(): DeliveryStats {
    return this.delivery.stats();
  }

  log(count: number, severityNumber: number, bytes: number): void {
    const { clock, random, truth } = this.#setup;
    for (let i = 0; i < count && this.isAlive; i++) {
      this.delivery.enqueue({ number: truth.log(clock.nowMs()), bytes }, severityNumber, random.between(0, 3));
    }
  }

  flush(timeoutMs: number): void {
    this.#promise('flush', timeoutMs, this.delivery.flush({ timeoutMs }));
  }

  close(timeoutMs: number): void {
    const promise = this.delivery.close({ timeoutMs });
    // Every call after the first answers the promise, and so the deadline, of the first.
    if (!this.isClosed) this.#promise('close', timeoutMs, promise);
    this.isClosed = true;
  }

  /** Dies now: nothing of it runs any more, whatever it waits for. */
  kill(): void {
    this.isAlive = false;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  /** Counts something that happens to it; it may be the last thing. */
  event(): boolean {
    if (this.isMortal && this.isAlive && ++this.#events >= this.#diesAt) this.kill();
    return this.isAlive;
  }

  /** Records it printed so far. */
  get fallbackLines(): number {
    return this.#printed;
  }

  /** Timers neither run nor cancelled. */
  get pendingTimers(): number {
    return this.#timers.size;
  }

  /** Promises it broke, seen from outside; the records it printed are noted. */
  check(): void {
    const { clock, complain, truth } = this.#setup;
    for (; this.#linesRead < this.stdio.lines.length; this.#linesRead++) {
      const number = numberOfLine(this.stdio.lines[this.#linesRead] ?? '');
      if (number === undefined) continue;
      truth.printed(number);
      this.#printed++;
    }
    if (!this.isAlive) return;
    for (const { what, deadlineMs, settled } of this.#promised) {
      if (!settled && clock.nowMs() > deadlineMs + 1) complain(`a ${what} is not settled after its deadline`);
    }
  }

  #promise(what: string, timeoutMs: number, promise: Promise<unknown>): void {
    const { clock, complain } = this.#setup;
    const entry: Promised = { what, deadlineMs: clock.nowMs() + timeoutMs, settled: false };
    this.#promised.push(entry);
    promise.then(
      () => {
        entry.settled = true;
      },
      (error: unknown) => complain(`a ${what} rejected: ${String(error)}`),
    );
  }

  #ownClock(clock: ManualClock): Clock {
    const set = (how: 'after' | 'holdFor', delayMs: number, callback: () => void): Timer => {
      if (!this.isAlive) return { cancel: () => undefined };
      const inner = clock[how](delayMs, () => {
        this.#timers.delete(timer);
        if (this.event()) callback();
      });
      const timer: Timer = {
        cancel: () => {
          this.#timers.delete(timer);
          inner.cancel();
        },
      };
      this.#timers.add(timer);
      return timer;
    };
    return {
      nowMs: () => clock.nowMs(),
      wallMs: () => clock.wallMs(),
      after: (delayMs, callback) => set('after', delayMs, callback),
      holdFor: (delayMs, callback) => set('holdFor', delayMs, callback),
      soon: (callback) =>
        clock.soon(() => {
          if (this.event()) callback();
        }),
    };
  }

  #ownTransport(way: Transport): Transport {
    return {
      send: (request) => (this.event() ? way.send(request) : new Promise(() => undefined)),
      close: () => way.close(),
    };
  }
}
