/** Bytes of chunks that are kept while nobody uses them. */
const MAX_IDLE_BYTES = 8 * 1024 * 1024;

/**
 * Memory of the size of a batch, used over and over: for records as they come, and for the bodies made of them.
 *
 * It lies outside of V8's heap, and V8 starts a collection for every few dozen MB of such memory that are asked for: in
 * a burst of 500,000 records 17 of them, and a quarter of all CPU time, where there are 2 with the pool.
 */
export class ChunkPool {
  /** Bytes a lane may use of a chunk. */
  readonly recordBytes: number;
  /** A body is a little longer than the records in it. */
  readonly #chunkBytes: number;
  readonly #idle: ArrayBufferLike[] = [];
  /** Chunks in use: one that is given back twice would be used by two. */
  readonly #lent = new WeakSet<ArrayBufferLike>();

  /** @param recordBytes - the largest batch, ≥ 1. */
  constructor(recordBytes: number) {
    this.recordBytes = recordBytes;
    this.#chunkBytes = recordBytes + (recordBytes >> 4) + 256;
  }

  /** @returns `bytes` bytes of any content; of a chunk if they fit in one and need more than half of it. */
  take(bytes: number): Buffer {
    if (bytes > this.#chunkBytes || bytes * 2 < this.#chunkBytes) return Buffer.allocUnsafeSlow(bytes);
    const chunk = this.#idle.pop() ?? Buffer.allocUnsafeSlow(this.#chunkBytes).buffer;
    this.#lent.add(chunk);
    return Buffer.from(chunk, 0, bytes);
  }

  /** Takes back what `take` gave, or a part of it, once nobody reads or writes any of it; other memory is let go. */
  giveBack({ buffer }: Uint8Array): void {
    const wasLent = this.#lent.delete(buffer);
    if (wasLent && (this.#idle.length + 1) * this.#chunkBytes <= MAX_IDLE_BYTES) this.#idle.push(buffer);
  }
}
