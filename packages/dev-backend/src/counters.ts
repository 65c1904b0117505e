import { type SeverityRange, toSeverityRange } from './records/severity.ts';

/** Everything counted since the start. Exact: forgetting or clearing records changes `kept` and `forgotten` only. */
export interface DevBackendStats {
  /** When this backend was created: tells it from another one that took its port. */
  readonly startedAtUnixMs: number;
  /** To the logs paths. `total` = sum of `byStatus` + `unanswered` + `inFlight`, always. */
  readonly requests: {
    readonly total: number;
    /** Number of answers by HTTP status, for example `{ '200': 12, '503': 1 }`. */
    readonly byStatus: Readonly<Record<string, number>>;
    /** Ended without an HTTP answer: reset, left hanging, or the client went away first. */
    readonly unanswered: number;
    readonly inFlight: number;
  };
  /** `received` = `accepted` + `rejected` + `refused`; `accepted` = `kept` + `forgotten`. */
  readonly records: {
    /** In all requests that arrived whole, could be decoded and have met their fate: stored or not. */
    readonly received: number;
    readonly accepted: number;
    /** Named as rejected in a partial success. */
    readonly rejected: number;
    /** In requests that a fault did not let in. */
    readonly refused: number;
    /** Part of `accepted`: came under an idempotency key that had been accepted in full before. */
    readonly duplicates: number;
    readonly kept: number;
    readonly forgotten: number;
    /** Of the accepted ones. */
    readonly bySeverity: Readonly<Record<SeverityRange, number>>;
  };
  /** Of request bodies to the logs paths, as far as they were read. */
  readonly bytes: { readonly wire: number; readonly decompressed: number };
  readonly connections: { readonly total: number; readonly open: number };
  readonly faults: { readonly applied: number };
}

export interface Counters {
  requestStarted(): void;
  /** @param status - `undefined` for a request that ends without an answer. */
  requestEnded(status: number | undefined): void;
  bytesRead(bytes: { readonly wire: number; readonly decompressed: number }): void;
  recordAccepted(severityNumber: number | undefined, duplicate: boolean): void;
  recordsRejected(records: number): void;
  recordsRefused(records: number): void;
  connectionOpened(): void;
  connectionClosed(): void;
  faultApplied(): void;
  acceptedRecords(): number;
  requests(): number;
  /** @param keptRecords - what the store holds now; everything else accepted is forgotten. */
  snapshot(keptRecords: number): DevBackendStats;
}

/** @param changed - called after every count. */
export function createCounters(changed: () => void): Counters {
  const startedAtUnixMs = Date.now();
  const requests = { total: 0, unanswered: 0, ended: 0 };
  const byStatus = new Map<number, number>();
  const records = { accepted: 0, rejected: 0, refused: 0, duplicates: 0 };
  const bySeverity = { unspecified: 0, trace: 0, debug: 0, info: 0, warn: 0, error: 0, fatal: 0 };
  const bytes = { wire: 0, decompressed: 0 };
  const connections = { total: 0, open: 0 };
  const faults = { applied: 0 };

  return {
    requestStarted() {
      requests.total += 1;
      changed();
    },
    requestEnded(status) {
      requests.ended += 1;
      if (status === undefined) requests.unanswered += 1;
      else byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
      changed();
    },
    bytesRead(read) {
      bytes.wire += read.wire;
      bytes.decompressed += read.decompressed;
      changed();
    },
    recordAccepted(severityNumber, duplicate) {
      records.accepted += 1;
      if (duplicate) records.duplicates += 1;
      bySeverity[toSeverityRange(severityNumber)] += 1;
      changed();
    },
    recordsRejected(count) {
      records.rejected += count;
      changed();
    },
    recordsRefused(count) {
      records.refused += count;
      changed();
    },
    connectionOpened() {
      connections.total += 1;
      connections.open += 1;
      changed();
    },
    connectionClosed() {
      connections.open -= 1;
      changed();
    },
    faultApplied() {
      faults.applied += 1;
      changed();
    },
    acceptedRecords: () => records.accepted,
    requests: () => requests.total,
    snapshot: (keptRecords) => ({
      startedAtUnixMs,
      requests: {
        total: requests.total,
        byStatus: Object.fromEntries(byStatus),
        unanswered: requests.unanswered,
        inFlight: requests.total - requests.ended,
      },
      records: {
        received: records.accepted + records.rejected + records.refused,
        ...records,
        kept: keptRecords,
        forgotten: records.accepted - keptRecords,
        bySeverity: { ...bySeverity },
      },
      bytes: { ...bytes },
      connections: { ...connections },
      faults: { ...faults },
    }),
  };
}
