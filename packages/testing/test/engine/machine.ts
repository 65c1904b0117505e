import type { DeliveryOptions } from '@logflume/delivery';
import { MemoryDisk } from '../../../delivery/test/spool/memory-disk.ts';
import { MemoryLocks } from '../../../delivery/test/spool/memory-locks.ts';
import type { TextRecord } from '../../../delivery/test/text-records.ts';
import { createSeededRandom, type TransportScript } from '../../src/index.ts';
import { createEngine, type Engine } from './engine.ts';

export interface Machine {
  readonly disk: MemoryDisk;
  /** Starts a process; those before it are dead from now on. */
  start(script: TransportScript, options?: Partial<DeliveryOptions<TextRecord>>): Engine;
}

/** A disk whose files belong to the user of this process. */
class OwnDisk extends MemoryDisk {
  override inspect(path: string): ReturnType<MemoryDisk['inspect']> {
    return { ...super.inspect(path), ownerId: process.geteuid?.() ?? 0 };
  }
}

/** Locks in memory that leave the file a socket would leave: it shows that a directory is still there. */
class FileLocks extends MemoryLocks {
  readonly #disk: MemoryDisk;

  constructor(disk: MemoryDisk) {
    super();
    this.#disk = disk;
  }

  override hold(path: () => string): () => void {
    this.#disk.close(this.#disk.open(`${path()}/lock`, 'create'));
    return super.hold(path);
  }
}

/** A machine whose processes come and go; their spool stays. */
export function createMachine(
  spool: Partial<NonNullable<DeliveryOptions<TextRecord>['spool']>> = {},
  hasLockFiles = true,
): Machine {
  const disk = new OwnDisk();
  const locks = hasLockFiles ? new FileLocks(disk) : new MemoryLocks();
  let processes = 0;
  return {
    disk,
    start(script, options = {}) {
      locks.killAll();
      const random = createSeededRandom(++processes);
      return createEngine(script, { spool: { dir: '/spool', ...spool }, fileSystem: disk, locks, random, ...options });
    },
  };
}
