import type { LaneName } from '../queue/batch.ts';
import { type Job, type JobRules, nextJob } from './job.ts';

/**
 * The jobs of a dispatcher by state, so that no step looks at all of them: a burst of batches of one record each makes
 * tens of thousands. Ready jobs stand in the order they came; those that wait or are under way are few.
 */
export class JobList {
  readonly #ready: Readonly<Record<LaneName, Set<Job>>> = { high: new Set(), low: new Set() };
  readonly #waiting = new Set<Job>();
  readonly #inFlight = new Set<Job>();
  /** Bytes of the jobs that could be given up: all but those under way. */
  readonly #idleBytes: Record<LaneName, number> = { high: 0, low: 0 };

  get size(): number {
    return this.#ready.high.size + this.#ready.low.size + this.#waiting.size + this.#inFlight.size;
  }

  get waiting(): ReadonlySet<Job> {
    return this.#waiting;
  }

  get hasReady(): boolean {
    return this.#ready.high.size + this.#ready.low.size > 0;
  }

  /** All jobs, WARN and above first: what is bounded at the last stop goes to them. */
  all(): Job[] {
    const others = [...this.#inFlight, ...this.#waiting];
    const high = others.filter((job) => job.batch.lane === 'high');
    const low = others.filter((job) => job.batch.lane === 'low');
    return [...high, ...this.#ready.high, ...low, ...this.#ready.low];
  }

  /** Takes a job that is ready. */
  add(job: Job): void {
    this.#ready[job.batch.lane].add(job);
    this.#idleBytes[job.batch.lane] += job.batch.bytes;
  }

  started(job: Job): void {
    this.remove(job);
    job.state = 'inFlight';
    this.#inFlight.add(job);
  }

  waits(job: Job, dueMs: number): void {
    this.remove(job);
    job.state = 'waiting';
    job.dueMs = dueMs;
    this.#waiting.add(job);
    this.#idleBytes[job.batch.lane] += job.batch.bytes;
  }

  remove(job: Job): void {
    const { lane, bytes } = job.batch;
    const wasIdle = this.#ready[lane].delete(job) || this.#waiting.delete(job);
    if (wasIdle) this.#idleBytes[lane] -= bytes;
    else this.#inFlight.delete(job);
  }

  /** The job an endpoint with a free slot should get; see `nextJob`. */
  next(rules: JobRules): Job | undefined {
    return nextJob(this.#candidates(), rules);
  }

  /** Bytes that `oldestIdle` of these lanes would free in the end. */
  idleBytes(lane: LaneName): number {
    return this.#idleBytes[lane];
  }

  /** The oldest job of a lane that is not under way. */
  oldestIdle(lane: LaneName): Job | undefined {
    let oldest = first(this.#ready[lane]);
    for (const job of this.#waiting) {
      if (job.batch.lane === lane && (oldest === undefined || job.batch.openedMs < oldest.batch.openedMs)) oldest = job;
    }
    return oldest;
  }

  *#candidates(): Iterable<Job> {
    for (const ready of [first(this.#ready.high), first(this.#ready.low)]) if (ready !== undefined) yield ready;
    yield* this.#waiting;
  }
}

function first<T>(set: ReadonlySet<T>): T | undefined {
  for (const item of set) return item;
  return undefined;
}
