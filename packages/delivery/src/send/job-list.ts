import type { LaneName } from '../queue/batch.ts';
import { type Storage, storageOf } from '../storage/storage-rules.ts';
import { type Job, type JobRules, nextJob } from './job.ts';
import { byPlace, JobOrder } from './job-order.ts';

type ByLane<T> = Readonly<Record<LaneName, T>>;

/**
 * The jobs of a dispatcher by state and storage, so that no step looks at all of them: a burst of batches of one record
 * each makes tens of thousands. Ready jobs stand in the order they came; those that wait or are under way are few.
 */
export class JobList {
  /** `undefined` where any job may go before any other. */
  readonly #order: JobOrder | undefined;
  readonly #ready: Readonly<Record<Storage, ByLane<Set<Job>>>> = { mem: sets(), both: sets(), spooled: sets() };
  readonly #storing: ByLane<Set<Job>> = sets();
  readonly #waiting = new Set<Job>();
  readonly #inFlight = new Set<Job>();
  /** Bytes in memory of the jobs that are not under way. */
  readonly #idleBytes: Readonly<Record<Storage, Record<LaneName, number>>> = {
    mem: { high: 0, low: 0 },
    both: { high: 0, low: 0 },
    spooled: { high: 0, low: 0 },
  };

  /** @param isOrdered - whether one request is under way at a time, and the jobs of a lane go in their order. */
  constructor(isOrdered = false) {
    this.#order = isOrdered ? new JobOrder() : undefined;
  }

  get size(): number {
    const { mem, both, spooled } = this.#ready;
    const queued = sizeOf(mem) + sizeOf(both) + sizeOf(spooled) + sizeOf(this.#storing);
    return queued + this.#waiting.size + this.#inFlight.size;
  }

  /** Jobs under way are few: as many as there are slots. */
  get inFlightRecords(): number {
    let records = 0;
    for (const { batch } of this.#inFlight) records += batch.records;
    return records;
  }

  get waiting(): ReadonlySet<Job> {
    return this.#waiting;
  }

  /** Those of `waiting` that may go once they are due. */
  get retries(): Iterable<Job> {
    if (this.#order === undefined) return this.#waiting;
    return this.#mayStart ? [...this.#order.live, ...this.#order.backlog].filter(isWaiting) : [];
  }

  get hasReady(): boolean {
    if (this.#order !== undefined) return this.#mayStart && this.#order.live.some(isReady);
    return this.#hasReady('mem') || this.#hasReady('both');
  }

  get hasReadyBacklog(): boolean {
    if (this.#order !== undefined) return this.#mayStart && this.#order.backlog.some(isReady);
    return this.#hasReady('spooled');
  }

  /** Lanes whose open batch may be sealed for a free slot: those in which nothing has to go before it. */
  get openLanes(): readonly LaneName[] {
    const { live } = this.#order ?? {};
    if (live === undefined) return lanes;
    return this.#mayStart ? lanes.filter((lane) => live.every(({ batch }) => batch.lane !== lane)) : [];
  }

  /** All jobs, WARN and above first: what is bounded at the last stop goes to them. */
  all(): Job[] {
    const others = [...this.#inFlight, ...this.#waiting];
    const ofLane = (lane: LaneName): Job[] =>
      [
        ...others.filter((job) => job.batch.lane === lane),
        ...this.#ready.spooled[lane],
        ...this.#ready.both[lane],
        ...this.#ready.mem[lane],
        ...this.#storing[lane],
      ].sort(byPlace);
    return [...ofLane('high'), ...ofLane('low')];
  }

  /** Takes a job. */
  add(job: Job): void {
    this.#order?.add(job);
    this.#put(job);
  }

  remove(job: Job): void {
    this.#setOf(job)?.delete(job);
    this.#count(job, -1);
  }

  /** Lets `change` set what decides where a job stands: its state, and where its bytes are. */
  change(job: Job, change: () => void): void {
    this.remove(job);
    change();
    this.#put(job);
  }

  stores(job: Job): void {
    this.change(job, () => {
      job.state = 'storing';
    });
  }

  started(job: Job): void {
    this.change(job, () => {
      job.state = 'inFlight';
    });
  }

  waits(job: Job, dueMs: number): void {
    this.change(job, () => {
      job.state = 'waiting';
      job.dueMs = dueMs;
    });
  }

  /** The job in memory an endpoint with a free slot should get; see `nextJob`. */
  next(rules: JobRules): Job | undefined {
    return nextJob(this.#live(), rules);
  }

  /**
   * As `next`, among those that are on disk alone.
   *
   * @param mayBegin - whether those that are not retries may go: after an outage not at once.
   */
  nextSpooled(rules: JobRules, mayBegin: boolean): Job | undefined {
    return nextJob(this.#backlog(mayBegin), rules);
  }

  /** Bytes that giving up every idle job of this storage and lane would free. */
  idleBytes(storage: Storage, lane: LaneName): number {
    return this.#idleBytes[storage][lane];
  }

  /** The oldest job of this storage and lane that is not under way, and not being stored unless asked for. */
  oldestIdle(storage: Storage, lane: LaneName, orStoring = false): Job | undefined {
    let oldest = first(this.#ready[storage][lane]);
    const others = orStoring ? [...this.#waiting, ...take(this.#storing[lane], 1)] : this.#waiting;
    for (const job of others) {
      if (job.batch.lane !== lane || storageOf(job) !== storage) continue;
      if (oldest === undefined || job.batch.openedMs < oldest.batch.openedMs) oldest = job;
    }
    return oldest;
  }

  /** Those of a lane in memory alone that are neither under way nor being stored, about the oldest first. */
  *idleInMemory(lane: LaneName): Iterable<Job> {
    for (const job of this.#waiting) if (job.batch.lane === lane && storageOf(job) === 'mem') yield job;
    yield* this.#ready.mem[lane];
  }

  /** Of the ready ones of a lane the oldest alone can be next. */
  #live(): Job[] {
    if (this.#order !== undefined) return this.#mayStart ? this.#order.live : [];
    const jobs: Job[] = [];
    for (const lane of lanes) {
      const stored = first(this.#ready.both[lane]);
      const fresh = first(this.#ready.mem[lane]);
      const isFreshOlder = fresh !== undefined && !(stored && stored.batch.openedMs <= fresh.batch.openedMs);
      const oldest = isFreshOlder ? fresh : stored;
      if (oldest !== undefined) jobs.push(oldest);
    }
    for (const job of this.#waiting) if (storageOf(job) !== 'spooled') jobs.push(job);
    return jobs;
  }

  #backlog(mayBegin: boolean): Job[] {
    if (this.#order !== undefined) {
      return this.#mayStart ? this.#order.backlog.filter((job) => mayBegin || isWaiting(job)) : [];
    }
    const jobs: Job[] = [];
    for (const lane of lanes) {
      const oldest = mayBegin ? first(this.#ready.spooled[lane]) : undefined;
      if (oldest !== undefined) jobs.push(oldest);
    }
    for (const job of this.#waiting) if (storageOf(job) === 'spooled') jobs.push(job);
    return jobs;
  }

  /** With an order one job is under way at a time: the next must not arrive before it. */
  get #mayStart(): boolean {
    return this.#inFlight.size === 0;
  }

  #hasReady(storage: Storage): boolean {
    return sizeOf(this.#ready[storage]) > 0;
  }

  #put(job: Job): void {
    this.#setOf(job)?.add(job);
    this.#count(job, 1);
  }

  #setOf(job: Job): Set<Job> | undefined {
    switch (job.state) {
      case 'ready':
        return this.#ready[storageOf(job)][job.batch.lane];
      case 'storing':
        return this.#storing[job.batch.lane];
      case 'waiting':
        return this.#waiting;
      case 'inFlight':
        return this.#inFlight;
      case 'settled':
        return undefined;
    }
  }

  #count(job: Job, sign: 1 | -1): void {
    if (job.state === 'inFlight' || job.state === 'settled') return;
    this.#idleBytes[storageOf(job)][job.batch.lane] += sign * job.countedBytes;
  }
}

const lanes: readonly LaneName[] = ['high', 'low'];

function isReady({ state }: Job): boolean {
  return state === 'ready';
}

function isWaiting({ state }: Job): boolean {
  return state === 'waiting';
}

function sizeOf({ high, low }: ByLane<ReadonlySet<Job>>): number {
  return high.size + low.size;
}

function sets(): ByLane<Set<Job>> {
  return { high: new Set(), low: new Set() };
}

function first<T>(set: ReadonlySet<T>): T | undefined {
  for (const item of set) return item;
  return undefined;
}

function take<T>(set: ReadonlySet<T>, count: number): T[] {
  const taken: T[] = [];
  for (const item of set) {
    if (taken.length === count) break;
    taken.push(item);
  }
  return taken;
}
