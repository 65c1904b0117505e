import type { InstanceLocks } from '../../src/spool/instance-lock.ts';

/** Locks of processes that exist in a test alone: they live until they let go or `killAll`. */
export class MemoryLocks implements InstanceLocks {
  readonly #holders = new Set<() => string>();

  hold(path: () => string): () => void {
    this.#holders.add(path);
    return () => this.#holders.delete(path);
  }

  async probe(path: string): Promise<'alive' | 'dead'> {
    return [...this.#holders].some((holder) => holder() === path) ? 'alive' : 'dead';
  }

  killAll(): void {
    this.#holders.clear();
  }
}
