import { createHash } from 'node:crypto';
import type { RecordRun } from '../format.ts';

/** Records below WARN and records from WARN up travel in lanes of their own. */
export type LaneName = 'low' | 'high';

/** The lowest severity number of the high lane: WARN. */
export const HIGH_LANE_SEVERITY = 13;

/** The lowest severity number a record of a lane can have. */
export const LANE_SEVERITY: Readonly<Record<LaneName, number>> = { low: 0, high: HIGH_LANE_SEVERITY };

/** What stays known of sealed records wherever their bytes are; every attempt carries the same id. */
export interface BatchFacts {
  /** 32 lower-case hex digits; the halves of a split batch have ids derived from their parent's. */
  readonly id: string;
  readonly lane: LaneName;
  readonly records: number;
  /** Bytes of the records, without framing; of a batch of an earlier process, an estimate. */
  readonly bytes: number;
  /** Monotonic milliseconds when its first record came; negative if that was before this clock began. */
  readonly openedMs: number;
}

/** Sealed records: their bytes never change. */
export interface SealedBatch extends BatchFacts {
  readonly runs: readonly RecordRun[];
  /** The chunk they stand in and nothing else does: good for others when nobody reads them any more. */
  readonly chunk?: Uint8Array | undefined;
}

/**
 * Cuts a batch into two of about as many records. Pure.
 *
 * @param endOf - where the record at an offset ends; see `RecordCodec`.
 * @returns `undefined` for a single record.
 */
export function splitBatch(
  batch: SealedBatch,
  endOf: (bytes: Uint8Array, at: number) => number,
): readonly [SealedBatch, SealedBatch] | undefined {
  if (batch.records < 2) return undefined;
  const [first, second] = cutRuns(batch.runs, batch.records >> 1, endOf);
  return [halfOf(batch, first, 0), halfOf(batch, second, 1)];
}

/** Cuts runs behind so many records, or at their end if there are fewer. Pure; see `splitBatch`. */
export function cutRuns(
  runs: readonly RecordRun[],
  records: number,
  endOf: (bytes: Uint8Array, at: number) => number,
): readonly [RecordRun[], RecordRun[]] {
  const first: RecordRun[] = [];
  const second: RecordRun[] = [];
  let missing = records;
  for (const run of runs) {
    if (missing >= run.records) {
      first.push(run);
      missing -= run.records;
    } else if (missing === 0) {
      second.push(run);
    } else {
      let at = 0;
      for (let i = 0; i < missing; i++) at = endOf(run.bytes, at);
      first.push({ group: run.group, bytes: run.bytes.subarray(0, at), records: missing });
      second.push({ group: run.group, bytes: run.bytes.subarray(at), records: run.records - missing });
      missing = 0;
    }
  }
  return [first, second];
}

function halfOf(parent: SealedBatch, runs: readonly RecordRun[], half: 0 | 1): SealedBatch {
  return {
    ...parent,
    id: deriveBatchId(parent.id, half),
    chunk: undefined, // Both halves stand in it.
    runs,
    records: runs.reduce((sum, run) => sum + run.records, 0),
    bytes: runs.reduce((sum, run) => sum + run.bytes.length, 0),
  };
}

/**
 * The id of half `half` of a batch, or of the shorter form of one record: the same parent always gives the same ids, so
 * that a repeat after a crash can be recognised.
 */
export function deriveBatchId(parentId: string, half: 0 | 1 | 'cut'): string {
  return createHash('sha256').update(`${parentId}.${half}`).digest('hex').slice(0, 32);
}
