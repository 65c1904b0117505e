import type { RecordRun } from '../format.ts';
import type { LaneName, SealedBatch } from './batch.ts';
import type { ChunkPool } from './chunk-pool.ts';
import type { RecordCodec } from './record-codec.ts';

/** A record of this severity or above makes its lane seal sooner: ERROR. */
export const URGENT_SEVERITY = 17;

/**
 * The open batch of one lane: records are encoded straight into its chunk, one behind the other.
 *
 * ```
 * chunk  | run 0: group 4 ..... | run 1: group 2 . | run 2: group 4 ... | free          |
 *        0                      ^ runEnds[0]       ^ runEnds[1]         ^ end            ^ chunk.length
 * ```
 *
 * A run is a stretch of records of one group; the format puts runs of a group under one header. A batch that used less
 * than three quarters of its chunk is copied out and the chunk used again, so that pending bytes are nearly the memory
 * they hold and a quiet hour of small batches does not hold one large chunk each.
 */
export class Lane<R> {
  readonly name: LaneName;
  readonly #codec: RecordCodec<R>;
  readonly #pool: ChunkPool;
  readonly #maxRecordBytes: number;
  #chunk: Buffer | undefined;
  #end = 0;
  #records = 0;
  #runGroups: number[] = [];
  #runEnds: number[] = [];
  #runRecords: number[] = [];
  #openedMs = 0;
  #urgent = false;
  /** Whether the last record had to be cut to fit. */
  reduced = false;

  constructor(name: LaneName, codec: RecordCodec<R>, pool: ChunkPool, maxRecordBytes: number) {
    this.name = name;
    this.#codec = codec;
    this.#pool = pool;
    this.#maxRecordBytes = maxRecordBytes;
  }

  /** Records in the open batch. */
  get records(): number {
    return this.#records;
  }

  /** Bytes of those records. */
  get bytes(): number {
    return this.#end;
  }

  /** Monotonic milliseconds when the first record of the open batch came; meaningful while `records` > 0. */
  get openedMs(): number {
    return this.#openedMs;
  }

  /** Whether a record of ERROR or above waits in the open batch. */
  get isUrgent(): boolean {
    return this.#urgent;
  }

  /**
   * Encodes a record behind the last one without taking it yet.
   *
   * @returns the end it would have, or −1 when the open batch has no room for it: seal, then encode again.
   */
  encode(record: R): number {
    this.#chunk ??= this.#pool.take(this.#pool.recordBytes);
    this.reduced = false;
    const end = this.#codec.encode(this.#chunk, this.#end, record);
    if (end >= 0 && end - this.#end <= this.#maxRecordBytes) return end;
    if (this.#end > 0) return -1;
    this.reduced = true;
    return this.#codec.encodeReduced(this.#chunk, 0, record, this.#maxRecordBytes);
  }

  /** Copies a record that was encoded elsewhere behind the last one; same answer as `encode`. */
  copy(record: Uint8Array): number {
    this.#chunk ??= this.#pool.take(this.#pool.recordBytes);
    this.reduced = false;
    const end = this.#end + record.length;
    if (end > this.#chunk.length) return -1;
    this.#chunk.set(record, this.#end);
    return end;
  }

  /**
   * Takes the record that `encode` or `copy` has just written up to `end`.
   *
   * @param nowMs - read for the first record of a batch alone: a clock costs more than the rest of this call.
   */
  commit(end: number, group: number, severityNumber: number, nowMs: () => number): void {
    const last = this.#runGroups.length - 1;
    if (last >= 0 && this.#runGroups[last] === group) {
      this.#runEnds[last] = end;
      (this.#runRecords[last] as number)++;
    } else {
      this.#runGroups.push(group);
      this.#runEnds.push(end);
      this.#runRecords.push(1);
    }
    if (this.#records === 0) this.#openedMs = nowMs();
    this.#records++;
    this.#end = end;
    if (severityNumber >= URGENT_SEVERITY) this.#urgent = true;
  }

  /** The record that `encode` or `copy` has just written up to `end`, good until the next one is. */
  written(end: number): Buffer {
    return (this.#chunk as Buffer).subarray(this.#end, end);
  }

  /** Closes the open batch, which must hold a record, and starts an empty one. */
  seal(id: string): SealedBatch {
    const chunk = this.#chunk as Buffer;
    const small = this.#end * 4 < chunk.length * 3;
    const store = small ? Buffer.from(chunk.subarray(0, this.#end)) : chunk;
    const runs: RecordRun[] = [];
    let start = 0;
    for (let i = 0; i < this.#runGroups.length; i++) {
      const runEnd = this.#runEnds[i] as number;
      const records = this.#runRecords[i] as number;
      runs.push({ group: this.#runGroups[i] as number, bytes: store.subarray(start, runEnd), records });
      start = runEnd;
    }
    const batch = {
      id,
      lane: this.name,
      runs,
      records: this.#records,
      bytes: this.#end,
      openedMs: this.#openedMs,
      chunk: small ? undefined : chunk,
    };
    if (!small) this.#chunk = undefined;
    this.#end = 0;
    this.#records = 0;
    this.#runGroups = [];
    this.#runEnds = [];
    this.#runRecords = [];
    this.#urgent = false;
    return batch;
  }
}
