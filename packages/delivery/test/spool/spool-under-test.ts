import { createHash } from 'node:crypto';
import type { FileSystem } from '../../src/spool/file-system.ts';
import type { InstanceLocks } from '../../src/spool/instance-lock.ts';
import type { FrameMeta } from '../../src/spool/segment-format.ts';
import { openSpool, type Spool } from '../../src/spool/spool.ts';
import type { SpoolDiagnostic } from '../../src/spool/spool-diagnostics.ts';
import type { SpoolOptions } from '../../src/spool/spool-options.ts';
import type { StoredFrame } from '../../src/spool/stored-frame.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryDisk } from './memory-disk.ts';
import { MemoryLocks } from './memory-locks.ts';

export interface SpoolUnderTest {
  readonly spool: Spool;
  readonly clock: ManualClock;
  readonly reports: SpoolDiagnostic[];
  /** Payloads of frames that were evicted, as the engine would read them; `undefined` for unreadable ones. */
  readonly evicted: { readonly frame: StoredFrame; readonly payload: Uint8Array | undefined }[];
}

export interface SpoolSetup {
  readonly options?: Partial<SpoolOptions>;
  readonly fileSystem?: FileSystem;
  readonly locks?: InstanceLocks | undefined;
  readonly clock?: ManualClock;
}

let instances = 0;

/** Ids in the order of asking, so that a failing run can be read. */
export const countingRandom = {
  next: () => 0.5,
  id: () => (++instances).toString(16).padStart(16, '0') + '0'.repeat(16),
};

export function openTestSpool(setup: SpoolSetup = {}): SpoolUnderTest {
  const clock = setup.clock ?? new ManualClock();
  const reports: SpoolDiagnostic[] = [];
  const evicted: SpoolUnderTest['evicted'] = [];
  const fileSystem = setup.fileSystem ?? new MemoryDisk();
  const locks = 'locks' in setup ? setup.locks : new MemoryLocks();
  const spool = openSpool(
    { dir: '/spool', ...setup.options },
    {
      fileSystem,
      locks: locks instanceof MemoryLocks ? withFile(locks, fileSystem) : locks,
      clock,
      random: countingRandom,
      ownerId: fileSystem instanceof MemoryDisk ? 0 : undefined,
      report: (event) => reports.push(event),
      onMissing: () => {},
      onBacklog: () => {},
      evict(frame) {
        const found = spool.read(frame);
        evicted.push({ frame, payload: found.kind === 'payload' ? found.payload : undefined });
      },
    },
  );
  return { spool, clock, reports, evicted };
}

/** A lock in memory with the file that a socket would leave. */
function withFile(locks: MemoryLocks, fileSystem: FileSystem): InstanceLocks {
  return {
    hold(path) {
      fileSystem.close(fileSystem.open(`${path()}/lock`, 'create'));
      return locks.hold(path);
    },
    probe: (path) => locks.probe(path),
  };
}

/** A batch whose bytes follow from its number, so that a changed one shows. */
export function batch(number: number, bytes = 100): { readonly meta: FrameMeta; readonly payload: Buffer } {
  const batchId = createHash('md5').update(`batch ${number}`).digest('hex');
  const payload = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at++) payload[at] = (number * 31 + at * 7) & 0xff;
  const meta: FrameMeta = {
    batchId,
    records: 1 + (number % 5),
    createdMs: 1_800_000_000_000,
    minSeverity: 9,
    encoding: 'gzip',
  };
  return { meta, payload };
}

/** Appends a batch and fails if it is not taken. */
export function append(spool: Spool, number: number, bytes?: number): StoredFrame {
  const { meta, payload } = batch(number, bytes);
  const frame = spool.append(meta, payload);
  if (frame === undefined) throw new Error(`batch ${number} was refused in state ${spool.state}`);
  return frame;
}

export interface Recovered {
  readonly frame: StoredFrame;
  readonly payload: Uint8Array | undefined;
}

/** Everything earlier processes left, settled as it comes if `settle` says so. */
export async function drain(test: SpoolUnderTest, settle = false): Promise<Recovered[]> {
  const all: Recovered[] = [];
  for (;;) {
    // What did not fit beside the rest of the backlog is adopted when that is sent.
    await test.clock.until(test.spool.scan());
    const more = takeAll(test, settle);
    all.push(...more);
    if (more.length === 0 || !settle) return all;
  }
}

function takeAll({ spool, clock }: SpoolUnderTest, settle: boolean): Recovered[] {
  const all: Recovered[] = [];
  for (let turns = 0; turns < 100_000; turns++) {
    const step = spool.take();
    if (step.kind === 'empty') return all;
    if (step.kind === 'busy') {
      clock.advance(1);
      continue;
    }
    const found = spool.read(step.frame);
    all.push({ frame: step.frame, payload: found.kind === 'payload' ? found.payload : undefined });
    if (settle) spool.settle(step.frame);
  }
  throw new Error('the backlog does not end');
}
