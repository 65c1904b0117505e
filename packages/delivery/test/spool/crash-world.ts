import fc from 'fast-check';
import { expect } from 'vitest';
import type { FsyncPolicy } from '../../src/spool/spool-options.ts';
import type { StoredFrame } from '../../src/spool/stored-frame.ts';
import type { Fault, MemoryDisk } from './memory-disk.ts';
import { MemoryLocks } from './memory-locks.ts';
import { batch, openTestSpool, type SpoolUnderTest } from './spool-under-test.ts';

/** Small, so that segments roll, fill up and go within a few commands. */
export const small = { maxBytes: 16 * 1024, segmentBytes: 2048, maxFrameBytes: 2048 } as const;

export type Command =
  | { readonly kind: 'append'; readonly bytes: number }
  | { readonly kind: 'settle'; readonly pick: number }
  | { readonly kind: 'take' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'deadLetter' }
  | { readonly kind: 'scan' }
  | { readonly kind: 'restart' };

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ kind: fc.constant('append' as const), bytes: fc.integer({ min: 0, max: 1500 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('settle' as const), pick: fc.nat(1000) }) },
  { weight: 4, arbitrary: fc.constant({ kind: 'take' as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 2000 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'deadLetter' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'scan' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
);

/** One life of a process: what it does, and at which operation of the disk it dies, tearing the write it is in. */
export interface Life {
  readonly commands: readonly Command[];
  readonly diesAt: number;
  readonly tornAt: number;
  /** Operations that fail and how, by number; the process lives on. */
  readonly faults: Readonly<Record<string, string>>;
}

export function lifeWith(maxFaults: number): fc.Arbitrary<Life> {
  const code = fc.constantFrom('EIO', 'ENOSPC', 'EMFILE', 'EFBIG', 'EACCES', 'short');
  return fc.record({
    commands: fc.array(command, { minLength: 5, maxLength: 80, size: 'max' }),
    diesAt: fc.nat(1200),
    tornAt: fc.nat(1600),
    faults: fc.dictionary(fc.nat(800).map(String), code, { maxKeys: maxFaults, size: 'max' }),
  });
}

/** The faults of a life, as the disk asks for them. */
export function faultsOf({ diesAt, tornAt, faults }: Life): MemoryDisk['fault'] {
  return ({ name, index }): Fault => {
    if (index > diesAt) return 'ECRASH';
    if (index === diesAt) return name === 'write' ? { written: tornAt } : 'ECRASH';
    const code = faults[index];
    if (code === 'short') return name === 'write' ? { written: tornAt % 50 } : undefined;
    return code;
  };
}

/** What the outside world knows: what was promised, and what must not be asked for again. */
export class World {
  readonly #sizes: number[] = [];
  readonly #numbers = new Map<string, number>();
  /** Batches the spool took and nobody settled, with their records. */
  readonly promised = new Map<string, number>();
  /** Records of batches the spool did not take. */
  refusedRecords = 0;
  /** Records the spools of the world counted as lost. */
  countedLost = 0;
  /** More of them, counted in the moment of dying. */
  perhapsCounted = 0;
  /** What happened at all, so that a run shows what it covered. */
  readonly seen: Record<string, number> = {};

  saw(what: string): void {
    this.seen[what] = (this.seen[what] ?? 0) + 1;
  }

  attempt(bytes: number): ReturnType<typeof batch> {
    const number = this.#sizes.push(bytes) - 1;
    const made = batch(number, bytes);
    this.#numbers.set(made.meta.batchId, number);
    return made;
  }

  /** Fails for a batch nobody wrote, and for one that changed. */
  check(frame: StoredFrame, payload: Uint8Array | undefined): void {
    const number = this.#numbers.get(frame.batchId);
    if (number === undefined) throw new Error(`a batch nobody wrote: ${frame.batchId}`);
    const wrote = batch(number, this.#sizes[number]);
    expect(frame).toMatchObject(wrote.meta);
    if (payload !== undefined) expect(Buffer.compare(wrote.payload, payload), `batch ${number} changed`).toBe(0);
  }

  /** Lives through the commands of one process on a disk that fails as it likes. */
  async live(disk: MemoryDisk, life: Life, fsync: FsyncPolicy): Promise<void> {
    const locks = new MemoryLocks();
    const open = (): SpoolUnderTest => openTestSpool({ fileSystem: disk, locks, options: { ...small, fsync } });
    let running = open();
    let held: StoredFrame[] = [];
    let heard = 0;
    for (const command of life.commands) {
      const wasAlive = disk.operations <= life.diesAt;
      const before = running;
      if (command.kind === 'restart') {
        running.spool.close();
        this.#account(running, heard);
        running = open();
        held = [];
        heard = 0;
      } else if (command.kind === 'scan') {
        await running.clock.until(running.spool.scan());
      } else {
        this.#carryOut(command, running, held);
      }
      held = this.#withoutEvicted(before, held);
      // What a dead process counts, nobody hears; what it counts while it dies, perhaps.
      if (disk.operations <= life.diesAt) heard = lostOf(running);
      else if (wasAlive) this.perhapsCounted += lostOf(running) - heard;
    }
    // A scan may be under way: it goes on to its next turn, as in a process that waits for something else.
    await new Promise((resolve) => setImmediate(resolve));
    this.#withoutEvicted(running, held);
    if (disk.operations <= life.diesAt) heard = lostOf(running);
    this.#account(running, heard);
  }

  #withoutEvicted({ evicted }: SpoolUnderTest, held: readonly StoredFrame[]): StoredFrame[] {
    const gone = new Set<StoredFrame>();
    for (const { frame, payload } of evicted.splice(0)) {
      this.check(frame, payload);
      this.promised.delete(frame.batchId);
      gone.add(frame);
    }
    return held.filter((frame) => !gone.has(frame));
  }

  #account({ reports }: SpoolUnderTest, heard: number): void {
    this.countedLost += heard;
    for (const report of reports) {
      this.saw(report.kind);
      // What cannot be read can only be estimated.
      if (report.kind === 'spoolEvicted' && report.unreadable > 0) this.saw('estimated');
    }
  }

  #carryOut(command: Command, { spool, clock }: SpoolUnderTest, held: StoredFrame[]): void {
    switch (command.kind) {
      case 'append': {
        const { meta, payload } = this.attempt(command.bytes);
        const frame = spool.append(meta, payload);
        this.saw(frame === undefined ? `refused when ${spool.state}` : 'appended');
        if (frame === undefined) {
          this.refusedRecords += meta.records;
          return;
        }
        held.push(frame);
        this.promised.set(frame.batchId, frame.records);
        return;
      }
      case 'settle': {
        const [frame] = held.splice(command.pick % Math.max(1, held.length), 1);
        if (frame === undefined) return;
        spool.settle(frame);
        this.saw('settled');
        this.promised.delete(frame.batchId);
        return;
      }
      case 'take': {
        const step = spool.take();
        this.saw(`take: ${step.kind}`);
        if (step.kind !== 'frame') return clock.advance(1);
        const found = spool.read(step.frame);
        this.saw(`read: ${found.kind}`);
        this.check(step.frame, found.kind === 'payload' ? found.payload : undefined);
        if (found.kind === 'payload') held.push(step.frame);
        return;
      }
      case 'wait':
        return clock.advance(command.ms);
      case 'deadLetter': {
        const { meta, payload } = batch(0);
        spool.deadLetter(meta, payload, { status: 400, endpoint: 'http://localhost:4318', reply: 'no' });
        return;
      }
      case 'scan':
      case 'restart':
        return;
    }
  }
}

/** Records a spool has counted as lost. */
export function lostOf({ spool }: SpoolUnderTest): number {
  const { missingRecords, corruptRecords } = spool.gauges();
  return missingRecords + corruptRecords;
}
