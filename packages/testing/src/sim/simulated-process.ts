import {
  type Clock,
  createDelivery,
  type Delivery,
  type DeliveryOptions,
  type DeliveryStats,
  type FileSystem,
  type InstanceLocks,
  type Timer,
  type Transport,
} from '@logflume/delivery';
import type { ManualClock } from '../manual-clock.ts';
import { createMemoryStdio, type MemoryStdio } from '../memory-stdio.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { Complain, GroundTruth } from './ground-truth.ts';
import { type NumberedRecord, numberedCodec, numberedFormat, numberOfLine } from './numbered-records.ts';
import { type FrameOnDisk, readDisk } from './read-disk.ts';
import type { SimulatedDisk } from './simulated-disk.ts';
import type { SimulatedNetwork } from './simulated-network.ts';

/** A `flush` or `close` that has to settle. */
interface Promised {
  readonly what: string;
  readonly deadlineMs: number;
  settled: boolean;
}

/** What a batch that lingered long enough may take to be written: turns of the event loop, and a timer that is a little late. */
const SLACK_MS = 50;

/** From this severity on a record is on disk when the call that logs it returns. */
const FATAL = 21;

/** A step of hours has some thousands; a loop that feeds itself never ends. */
const MAX_EVENTS_OF_A_STEP = 50_000;

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
  /** `undefined` for a process without a spool. */
  readonly disk: SimulatedDisk | undefined;
}

/**
 * One life of the process: the real engine over a clock, a network and a stream that forget it once it is dead.
 *
 * It dies at the event whose number it is given: before a timer, a turn of the event loop, a request, or in an operation
 * of the disk.
 */
export class SimulatedProcess {
  readonly delivery: Delivery<NumberedRecord>;
  readonly stdio: MemoryStdio;
  isAlive = true;
  /** When it died; `Infinity` until then. */
  diedMs: number = Number.POSITIVE_INFINITY;
  /** When it was told to close; `Infinity` until then. */
  closedMs: number = Number.POSITIVE_INFINITY;
  /** It was suspended, its disk misbehaved, or there was no room on it: what it promises about a crash does not hold. */
  wasHindered = false;
  /** `false` ends its chance to die: a world that heals has no crashes. */
  isMortal = true;
  /** Records given up for their age. */
  expired = 0;
  /** How often its spool was full. */
  spoolFull = 0;
  /** It said of a segment that it cannot read it and leaves it to the next process: until then its records are pending. */
  leftToNext = false;
  readonly #setup: ProcessSetup;
  readonly #timers = new Set<Timer>();
  readonly #promised: Promised[] = [];
  readonly #locks: OwnLocks | undefined;
  /** In a log call that must not do any I/O. */
  #isInCall = false;
  #events = 0;
  /** At the end of the last step. */
  #quietEvents = 0;
  readonly #diesAt: number;
  /** Of the disk, before this life. */
  readonly #failures: number;
  #linesRead = 0;
  #printed = 0;

  constructor(setup: ProcessSetup, diesAt: number) {
    this.#setup = setup;
    this.#diesAt = diesAt;
    if (setup.options.ordered === true) setup.truth.expectOrder();
    this.#failures = setup.disk?.failures ?? 0;
    const { random, network, complain } = setup;
    const clock = this.#ownClock(setup.clock);
    this.stdio = createMemoryStdio(clock);
    this.stdio.mode = setup.stdioMode;
    const fileSystem = setup.disk?.mount(this);
    this.#locks = fileSystem === undefined ? undefined : ownLocks(fileSystem);
    const way = network.connect({ stats: () => this.stats(), isAlive: () => this.isAlive });
    this.delivery = (setup.create ?? createDelivery)({
      codec: numberedCodec,
      format: numberedFormat,
      endpoints: network.urls.map((url) => ({ url })),
      ...setup.options,
      exit: { hooks: false },
      onDiagnostic: (event) => {
        if (event.kind === 'internalError' && this.isAlive) complain(event.message);
        if (event.kind === 'spoolFull' || event.kind === 'spoolEvicted') this.spoolFull++;
        if ('message' in event && /for the next start/.test(event.message)) this.leftToNext = true;
        if (event.kind === 'fallbackUsed' && event.reason === 'expired') this.expired += event.records;
      },
      clock,
      random,
      transport: this.#ownTransport(way),
      ...(fileSystem === undefined ? {} : { fileSystem, locks: this.#locks }),
      stdio: this.stdio,
    });
  }

  stats(): DeliveryStats {
    return this.delivery.stats();
  }

  log(count: number, severityNumber: number, bytes: number): void {
    const { clock, random, truth } = this.#setup;
    this.#isInCall = severityNumber < FATAL;
    for (let i = 0; i < count && this.isAlive; i++) {
      this.delivery.enqueue(
        { number: truth.log(clock.nowMs(), severityNumber), bytes },
        severityNumber,
        random.between(0, 3),
      );
    }
    this.#isInCall = false;
  }

  flush(timeoutMs: number): void {
    this.#promise('flush', timeoutMs, this.delivery.flush({ timeoutMs }));
  }

  close(timeoutMs: number): void {
    const promise = this.delivery.close({ timeoutMs });
    // Every call after the first answers the promise, and so the deadline, of the first.
    if (this.isClosed) return;
    this.#promise('close', timeoutMs, promise);
    this.closedMs = this.#setup.clock.nowMs();
  }

  /** Its directories on disk: what it wrote, and what it took over of dead processes. */
  get homes(): readonly string[] {
    return this.#locks?.homes() ?? [];
  }

  get isClosed(): boolean {
    return this.closedMs !== Number.POSITIVE_INFINITY;
  }

  /**
   * Age at which every record of it must be on disk; `undefined` if there is none, as it does not write ahead, or the disk
   * gave it trouble, or it did not run for a while.
   */
  get windowMs(): number | undefined {
    const { disk, options } = this.#setup;
    const maxBytes = options.spool?.maxBytes ?? 0;
    if (disk === undefined || options.spool?.mode === 'spill' || !this.isUnhindered) return undefined;
    // The oldest may have had to go: told a little later, or never if it died first. Its job lives on in memory alone.
    if (this.spoolFull > 0 || disk.peakBytes > maxBytes / 2) return undefined;
    return (options.batch?.lingerMs ?? 0) + SLACK_MS;
  }

  /** Whether it ran all the time, over a disk that did what it was asked to. */
  get isUnhindered(): boolean {
    return !this.wasHindered && this.#setup.disk?.failures === this.#failures;
  }

  /** Dies now: nothing of it runs any more, whatever it waits for. */
  kill(): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.diedMs = this.#setup.clock.nowMs();
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  /** A lost mark costs a duplicate under the same batch id: what the marks of this segment stand for may be sent again. */
  onUnreadMarks(ackPath: string): void {
    const { truth } = this.#setup;
    for (const { isAcked, numbers } of this.#framesIn(ackPath.replace(/ack$/, 'seg'))) {
      truth.forgetAcks(numbers);
      // Done with as it was written again elsewhere, perhaps.
      if (isAcked) for (const number of numbers) truth.expectTwice(number);
    }
  }

  /** Nobody can count what nobody can read: one record at least, says the engine. */
  onUnreadRemoved(path: string): void {
    for (const { numbers } of this.#framesIn(path)) for (const number of numbers) this.#setup.truth.excuse(number);
  }

  #framesIn(segmentPath: string): readonly FrameOnDisk[] {
    const ackPath = segmentPath.replace(/seg$/, 'ack');
    const files = [...(this.#setup.disk?.image.files() ?? [])];
    return readDisk(files.filter(([path]) => path === segmentPath || path === ackPath));
  }

  /** Counts something that happens to it; it may be the last thing. */
  event(): boolean {
    this.#events++;
    if (this.#isInCall) this.#setup.complain('a log call did I/O');
    if (this.isMortal && this.#events >= this.#diesAt) this.kill();
    if (this.#events > this.#quietEvents + MAX_EVENTS_OF_A_STEP) {
      this.#setup.complain('it keeps itself busy without end');
      this.kill();
    }
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
    this.#quietEvents = this.#events;
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

interface OwnLocks extends InstanceLocks {
  /** Directories it locked, also those it let go. */
  homes(): string[];
}

/** Locks that hold as long as their process lives; there is one at a time. Their files stay, as those of sockets do. */
function ownLocks(fileSystem: FileSystem): OwnLocks {
  const taken: (() => string)[] = [];
  const held = new Set<() => string>();
  return {
    hold(path) {
      fileSystem.close(fileSystem.open(`${path()}/lock`, 'update'));
      taken.push(path);
      held.add(path);
      return () => void held.delete(path);
    },
    probe: async (path) => ([...held].some((holder) => holder() === path) ? 'alive' : 'dead'),
    homes: () => [...new Set(taken.map((holder) => holder()))],
  };
}
