import type { Clock, Random } from '../clock.ts';
import type { RecordRun } from '../format.ts';
import type { Ledger } from '../ledger.ts';
import { HIGH_LANE_SEVERITY, type LaneName, type SealedBatch } from './batch.ts';
import type { ChunkPool } from './chunk-pool.ts';
import { Lane, URGENT_SEVERITY } from './lane.ts';
import type { RecordCodec } from './record-codec.ts';

export interface QueueSettings {
  /** Bytes of all pending records together. */
  readonly maxBytes: number;
  /** Share of `maxBytes` only records from WARN up may use, 0 … 1. */
  readonly reserveRatio: number;
  readonly maxBatchRecords: number;
  readonly maxBatchBytes: number;
  readonly maxRecordBytes: number;
  readonly lingerMs: number;
  /** Linger once a record of ERROR or above waits. */
  readonly urgentLingerMs: number;
  /** From this severity on a record is a batch of its own, and is handed over inside the call; `Infinity` for never. */
  readonly aloneSeverity: number;
  /** Whether what was logged before such a record is sealed before it. */
  readonly isOrdered: boolean;
}

/** Who is told what happens in the queue. None may do I/O but `onAlone`, none may throw or log: they run in the call. */
export interface QueueListener {
  /** A batch was sealed because it was full. */
  onSealed(batch: SealedBatch): void;
  /** A record of `aloneSeverity` or above came: put it where it survives the process. */
  onAlone(batch: SealedBatch): void;
  /** A lane got its first record, or one that shortens its linger: look again in `delayMs`. */
  onLingering(delayMs: number): void;
  /** Frees at least `bytes` by giving up sealed batches that matter less than a record of this lane. */
  makeRoom(bytes: number, lane: 'low' | 'high'): boolean;
  /** Settles a record that was accepted and finds no room. Its bytes are good during the call only. */
  onNoRoom(record: RecordRun): void;
  onReduced(): void;
}

/** A record logged while another was being encoded: by a getter or `toJSON` of that other. */
interface NestedRecord {
  readonly bytes: Buffer;
  readonly group: number;
  readonly severityNumber: number;
}

const bothLanes: readonly LaneName[] = ['high', 'low'];

/** How deep records may be logged from inside one another before they are dropped as `encode_error`. */
const MAX_NESTING = 8;

/**
 * The entrance of the engine: two lanes under one budget of bytes.
 *
 * `pendingRecords` and `pendingBytes` count what was taken in and is not settled yet, whether it still stands in a lane
 * or in a sealed batch; whoever settles a batch calls `release`.
 */
export class RecordQueue<R> {
  readonly #codec: RecordCodec<R>;
  readonly #settings: QueueSettings;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #ledger: Ledger;
  readonly #listener: QueueListener;
  readonly #low: Lane<R>;
  readonly #high: Lane<R>;
  readonly #lowMaxBytes: number;
  readonly #nowMs: () => number;
  #nesting = 0;
  #nested: NestedRecord[] = [];
  #closed = false;
  pendingRecords = 0;
  pendingBytes = 0;

  constructor(
    codec: RecordCodec<R>,
    settings: QueueSettings,
    parts: {
      readonly clock: Clock;
      readonly random: Random;
      readonly ledger: Ledger;
      readonly listener: QueueListener;
      readonly pool: ChunkPool;
    },
  ) {
    this.#codec = codec;
    this.#settings = settings;
    this.#clock = parts.clock;
    this.#random = parts.random;
    this.#ledger = parts.ledger;
    this.#listener = parts.listener;
    this.#low = new Lane('low', codec, parts.pool, settings.maxRecordBytes);
    this.#high = new Lane('high', codec, parts.pool, settings.maxRecordBytes);
    this.#lowMaxBytes = Math.floor(settings.maxBytes * (1 - settings.reserveRatio));
    this.#nowMs = () => this.#clock.nowMs();
  }

  /** Share of the budget that is in use, 0 … 1. */
  get usedShare(): number {
    return this.pendingBytes / this.#settings.maxBytes;
  }

  /** Bytes over the budget, ≥ 0: of batches that lost their place on disk while they were sent from there. */
  get excessBytes(): number {
    return Math.max(0, this.pendingBytes - this.#settings.maxBytes);
  }

  /** Takes a record, or counts why not. Never throws. */
  enqueue(record: R, severityNumber: number, group: number): void {
    if (this.#closed) return this.#refuse('closed');
    if (this.#nesting > 0) return this.#enqueueNested(record, severityNumber, group);
    const lane = severityNumber >= HIGH_LANE_SEVERITY ? this.#high : this.#low;
    this.#nesting = 1;
    let end = -1;
    try {
      end = lane.encode(record);
      if (end < 0 && this.#seal(lane)) end = lane.encode(record);
    } catch {
      end = -1; // The encoder holds off what a record can do; a full stack and a lack of memory still get here.
    }
    this.#nesting = 0;
    if (end < 0) {
      this.#refuse('encode_error');
    } else {
      this.#ledger.accepted++;
      this.#take(lane, end, group, severityNumber);
    }
    if (this.#nested.length > 0) this.#takeNested();
  }

  /** Refuses every later record, counted as `closed`. */
  close(): void {
    this.#closed = true;
  }

  /** The process ends: a record whose getter ended it is never written to its end, and what stands before it is. */
  abandonEncode(): void {
    this.#ledger.accepted += this.#nesting;
    this.#ledger.drop('encode_error', this.#nesting);
    this.#nesting = 0;
  }

  /** A batch of an earlier process is ours now. */
  adopt(records: number): void {
    this.#ledger.accepted += records;
    this.pendingRecords += records;
  }

  /** Records are in the ledger now, or bytes left the memory. */
  release(records: number, bytes: number): void {
    this.pendingRecords -= records;
    this.pendingBytes -= bytes;
  }

  /**
   * Seals what has waited long enough, high lane first.
   *
   * @param lanes - those that may be sealed.
   * @returns `undefined` when nothing is due, there is no memory to seal it now, or a record is being written into the
   *   open batch: a getter of that record asked for a flush.
   */
  sealDue(nowMs: number, lanes: readonly LaneName[] = bothLanes): SealedBatch | undefined {
    if (this.#nesting > 0) return undefined;
    for (const lane of [this.#high, this.#low]) {
      if (nowMs >= this.#dueMs(lane) && lanes.includes(lane.name)) return this.#sealed(lane);
    }
    return undefined;
  }

  /** As `sealDue`, whatever there is: a flush. */
  sealOpen(): SealedBatch | undefined {
    return this.sealDue(Number.MAX_VALUE);
  }

  /** When the next of these lanes is to be sealed, on the monotonic clock; `Infinity` while they are empty. */
  nextSealMs(lanes: readonly LaneName[] = bothLanes): number {
    const high = lanes.includes('high') ? this.#dueMs(this.#high) : Number.POSITIVE_INFINITY;
    const low = lanes.includes('low') ? this.#dueMs(this.#low) : Number.POSITIVE_INFINITY;
    return Math.min(high, low);
  }

  #dueMs(lane: Lane<R>): number {
    if (lane.records === 0) return Number.POSITIVE_INFINITY;
    return lane.openedMs + (lane.isUrgent ? this.#settings.urgentLingerMs : this.#settings.lingerMs);
  }

  /** Puts an encoded record, which is in `accepted` already, into its lane, or hands it on for lack of room. */
  #take(lane: Lane<R>, end: number, group: number, severityNumber: number): void {
    const bytes = end - lane.bytes;
    const maxBytes = lane.name === 'high' ? this.#settings.maxBytes : this.#lowMaxBytes;
    const excess = this.pendingBytes + bytes - maxBytes;
    if (excess > 0 && !this.#listener.makeRoom(excess, lane.name)) return this.#overflow(lane.written(end), group);
    if (lane.reduced) this.#listener.onReduced();
    if (severityNumber >= this.#settings.aloneSeverity) {
      const batch = this.#alone(lane, end, group);
      if (batch !== undefined) {
        if (this.#settings.isOrdered) this.#seal(lane);
        return this.#listener.onAlone(batch);
      }
    }
    const first = lane.records === 0;
    const wasUrgent = lane.isUrgent;
    lane.commit(end, group, severityNumber, this.#nowMs);
    this.pendingRecords++;
    this.pendingBytes += bytes;
    if (lane.records >= this.#settings.maxBatchRecords || end >= this.#settings.maxBatchBytes) this.#seal(lane);
    else if (severityNumber >= URGENT_SEVERITY && !wasUrgent) this.#listener.onLingering(this.#settings.urgentLingerMs);
    else if (first) this.#listener.onLingering(this.#settings.lingerMs);
  }

  /** @returns `undefined` without memory for a copy: the record stays in its lane then. */
  #alone(lane: Lane<R>, end: number, group: number): SealedBatch | undefined {
    try {
      const bytes = Buffer.from(lane.written(end));
      const runs = [{ group, bytes, records: 1 }];
      const batch = {
        id: this.#random.id(),
        lane: lane.name,
        records: 1,
        bytes: bytes.length,
        openedMs: this.#nowMs(),
      };
      this.pendingRecords++;
      this.pendingBytes += bytes.length;
      return { ...batch, runs };
    } catch {
      return undefined;
    }
  }

  /** @returns whether the lane is empty now. Without memory for a copy it stays as it is and is sealed another time. */
  #seal(lane: Lane<R>): boolean {
    if (lane.records === 0) return true;
    const batch = this.#sealed(lane);
    if (batch !== undefined) this.#listener.onSealed(batch);
    return batch !== undefined;
  }

  #sealed(lane: Lane<R>): SealedBatch | undefined {
    try {
      return lane.seal(this.#random.id());
    } catch {
      return undefined; // Nothing is lost: a lane that could not be sealed keeps its records.
    }
  }

  #overflow(bytes: Uint8Array, group: number): void {
    try {
      this.#listener.onNoRoom({ group, bytes, records: 1 });
    } catch {
      this.#drop('queue_full'); // No memory for a copy of it.
    }
  }

  /** Counts a record that is not taken at all. */
  #refuse(reason: 'encode_error' | 'closed'): void {
    this.#ledger.accepted++;
    this.#drop(reason);
  }

  #drop(reason: 'queue_full' | 'encode_error' | 'closed'): void {
    this.#ledger.drop(reason, 1);
  }

  /** The chunk is being written by the outer record: the inner one waits in bytes of its own. */
  #enqueueNested(record: R, severityNumber: number, group: number): void {
    if (this.#nesting > MAX_NESTING) return this.#refuse('encode_error');
    this.#nesting++;
    let bytes: Buffer | undefined;
    try {
      bytes = this.#encodeAside(record);
    } catch {
      bytes = undefined; // As in `enqueue`.
    }
    this.#nesting--;
    if (bytes === undefined) return this.#refuse('encode_error');
    this.#ledger.accepted++;
    if (this.pendingBytes + bytes.length > this.#settings.maxBytes) return this.#overflow(bytes, group);
    this.#nested.push({ bytes, group, severityNumber });
    this.pendingRecords++;
    this.pendingBytes += bytes.length;
  }

  #encodeAside(record: R): Buffer | undefined {
    const scratch = Buffer.allocUnsafe(this.#settings.maxRecordBytes);
    let end = this.#codec.encode(scratch, 0, record);
    if (end < 0) {
      end = this.#codec.encodeReduced(scratch, 0, record, scratch.length);
      if (end >= 0) this.#listener.onReduced();
    }
    return end < 0 ? undefined : Buffer.from(scratch.subarray(0, end));
  }

  #takeNested(): void {
    const nested = this.#nested;
    this.#nested = [];
    for (const { bytes, group, severityNumber } of nested) {
      this.release(1, bytes.length);
      const lane = severityNumber >= HIGH_LANE_SEVERITY ? this.#high : this.#low;
      const end = this.#copyInto(lane, bytes);
      if (end < 0) this.#drop('encode_error');
      else this.#take(lane, end, group, severityNumber);
    }
  }

  #copyInto(lane: Lane<R>, bytes: Buffer): number {
    try {
      const end = lane.copy(bytes);
      return end < 0 && this.#seal(lane) ? lane.copy(bytes) : end;
    } catch {
      return -1; // No memory for a chunk.
    }
  }
}
