import type { Clock } from '../clock.ts';
import type { LaneName, SealedBatch } from '../queue/batch.ts';
import { createJob, type Job } from '../send/job.ts';
import type { JobList } from '../send/job-list.ts';
import type { JobStore } from './job-store.ts';
import { type Pressure, shouldDropCopy, shouldStore, storeDueMs } from './storage-rules.ts';
import { StoreQueue } from './store-queue.ts';

/** The entrance, as far as it matters here. */
export interface OpenBatches {
  sealDue(nowMs: number, lanes?: readonly LaneName[]): SealedBatch | undefined;
  sealOpen(): SealedBatch | undefined;
  nextSealMs(lanes?: readonly LaneName[]): number;
  /** Share of its bytes that is in use, 0 … 1. */
  readonly usedShare: number;
  /** Bytes by which it is over its budget, ≥ 0. */
  readonly excessBytes: number;
}

export interface StorekeeperParts {
  readonly clock: Clock;
  readonly jobs: JobList;
  readonly store: JobStore;
  readonly source: OpenBatches;
  readonly lingerMs: number;
  /** Whether no endpoint takes traffic. */
  readonly isOffline: () => boolean;
  /** A job may go now. */
  readonly onStored: (job: Job) => void;
  readonly onBug: (error: unknown) => void;
}

/** After a batch was refused: a disk in trouble is not asked for every one. */
const REFUSED_RETRY_MS = 1000;

/** Moves jobs between memory and disk as `storage-rules.ts` decides: writes, drops copies, makes room. */
export class Storekeeper {
  readonly #parts: StorekeeperParts;
  readonly #queue: StoreQueue;
  #againMs = 0;
  #isClosing = false;

  constructor(parts: StorekeeperParts) {
    this.#parts = parts;
    const { clock, store, onBug } = parts;
    this.#queue = new StoreQueue({ clock, store, onBug, write: (job) => this.#write(job) });
  }

  /** Whether open batches are sealed as soon as they lingered, slot or not: what is not sealed cannot be written. */
  get sealsAhead(): boolean {
    return this.#parts.store.mode === 'wal';
  }

  /** From now on everything is to be on disk. */
  close(): void {
    this.#isClosing = true;
  }

  /** Seals open batches that must not wait for a slot, and takes them in. */
  sealDue(nowMs: number): Job[] {
    const { source, store, lingerMs } = this.#parts;
    const sealed: Job[] = [];
    if (store.mode === 'memory') return sealed;
    while (source.nextSealMs() <= nowMs) {
      const ageMs = nowMs - source.nextSealMs() + lingerMs;
      const batch = shouldStore(store.mode, ageMs, this.#pressure()) ? source.sealDue(nowMs) : undefined;
      if (batch === undefined) break;
      const job = createJob(batch);
      this.admit(job);
      sealed.push(job);
    }
    return sealed;
  }

  /** Takes a new job in; written ahead, it is not ready before it is on disk. Does no I/O: it may be in a log call. */
  admit(job: Job): void {
    const { jobs, store } = this.#parts;
    jobs.add(job);
    if (store.mode === 'wal' && store.takesBatches) this.#store(job);
  }

  /** Takes a new job in and writes it at once. */
  admitNow(job: Job): void {
    const { jobs, store } = this.#parts;
    try {
      if (store.takesBatches) store.sealSync(job, false);
    } catch {
      // A format that throws: the attempt meets the same and counts it.
    }
    jobs.add(job);
    this.#persist(job);
  }

  /** Begins to write what is due, as far as the disk keeps up. */
  storeDue(nowMs: number): void {
    const { jobs, store } = this.#parts;
    if (nowMs < this.#againMs || !this.#queue.hasRoom || !store.takesBatches) return;
    const now = this.#pressure();
    for (const lane of ['high', 'low'] as const) {
      for (const job of jobs.idleInMemory(lane)) {
        if (!this.#queue.hasRoom || !shouldStore(store.mode, nowMs - job.batch.openedMs, now)) break;
        if (store.fits(job)) this.#store(job);
      }
    }
  }

  /** When something is due although nothing happens. */
  nextMs(): number {
    const { clock, jobs, store, lingerMs } = this.#parts;
    if (store.mode === 'memory') return Number.POSITIVE_INFINITY;
    let oldestMs = Number.POSITIVE_INFINITY;
    for (const lane of ['high', 'low'] as const) {
      // What does not fit stays in memory: its time to be written never comes.
      for (const job of jobs.idleInMemory(lane)) {
        if (!store.fits(job)) continue;
        oldestMs = Math.min(oldestMs, job.batch.openedMs);
        if (job.state === 'ready') break; // Those stand in the order they came.
      }
    }
    if (oldestMs === Number.POSITIVE_INFINITY) return oldestMs;
    if (this.#isRefused) return this.#againMs;
    if (!store.takesBatches) return clock.nowMs() + REFUSED_RETRY_MS;
    return storeDueMs(store.mode, oldestMs, lingerMs);
  }

  /** A job comes back from an attempt: what was read for it is let go, what memory can hold stays. */
  takeBack(job: Job): void {
    const { store, source } = this.#parts;
    store.notice(job);
    if (job.countedBytes === 0 || shouldDropCopy(store.mode, source.usedShare)) store.dropCopy(job);
  }

  /**
   * Frees `bytes` in memory for a record of `lane`: copies of what is on disk first, then batches of less weight, oldest
   * first, which `giveUp` settles. Nothing is given up in vain: where all of them would not be enough, all stay.
   */
  makeRoom(bytes: number, lane: LaneName, giveUp: (job: Job) => void): boolean {
    const { jobs } = this.#parts;
    const victims: readonly LaneName[] = lane === 'high' ? ['low', 'high'] : ['low'];
    const copies = jobs.idleBytes('both', 'low') + jobs.idleBytes('both', 'high');
    if (victims.reduce((sum, victim) => sum + jobs.idleBytes('mem', victim), copies) < bytes) return false;
    let freed = 0;
    for (const copyOf of ['low', 'high'] as const) {
      for (let job = jobs.oldestIdle('both', copyOf); job && freed < bytes; job = jobs.oldestIdle('both', copyOf)) {
        freed += job.countedBytes;
        this.#dropCopy(job);
      }
    }
    for (const victim of victims) {
      for (let job = jobs.oldestIdle('mem', victim, true); job && freed < bytes; ) {
        freed += job.countedBytes;
        giveUp(job);
        job = jobs.oldestIdle('mem', victim, true);
      }
    }
    return true;
  }

  /** Writes now what is not on disk, in the exit handler. */
  storeAllSync(): void {
    const { jobs, store } = this.#parts;
    for (const job of jobs.all()) {
      store.notice(job);
      if (store.isOnDisk(job) || job.state === 'settled' || !store.takesBatches) continue;
      store.sealSync(job);
      this.#persist(job);
    }
  }

  /** Writes what is not on disk until `deadlineMs`, for a close. Never rejects. */
  async storeAll(deadlineMs: number): Promise<void> {
    const { clock, jobs, store, onBug } = this.#parts;
    for (const job of jobs.all()) {
      store.notice(job);
      if (store.isOnDisk(job) || !store.takesBatches) continue;
      if (clock.nowMs() >= deadlineMs) return;
      await store.seal(job).catch(onBug);
      if (job.state !== 'settled') this.#persist(job);
    }
  }

  get #isRefused(): boolean {
    return this.#againMs > this.#parts.clock.nowMs();
  }

  #pressure(): Pressure {
    const { source, isOffline, lingerMs } = this.#parts;
    return { isOffline: isOffline(), usedShare: source.usedShare, isClosing: this.#isClosing, lingerMs };
  }

  #store(job: Job): void {
    this.#parts.jobs.stores(job);
    this.#queue.push(job);
  }

  #write(job: Job): void {
    const { clock, jobs, onStored } = this.#parts;
    this.#persist(job);
    const isDue = job.attempts === 0 || job.dueMs <= clock.nowMs();
    jobs.change(job, () => {
      job.state = isDue ? 'ready' : 'waiting';
    });
    onStored(job);
  }

  #persist(job: Job): void {
    const { clock, jobs, store, source } = this.#parts;
    jobs.change(job, () => {
      const isStored = store.persist(job);
      if (!isStored) this.#againMs = clock.nowMs() + REFUSED_RETRY_MS;
      else if (job.state !== 'inFlight' && shouldDropCopy(store.mode, source.usedShare)) store.dropCopy(job);
    });
  }

  #dropCopy(job: Job): void {
    const { jobs, store } = this.#parts;
    jobs.change(job, () => store.dropCopy(job));
  }
}
