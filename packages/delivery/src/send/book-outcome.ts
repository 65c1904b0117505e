import type { DiagnosticSink } from '../diagnostics.ts';
import type { Ledger } from '../ledger.ts';
import type { BatchOutcome } from '../outcome.ts';
import type { Endpoint } from './endpoint.ts';
import type { Job } from './job.ts';

export interface BookParts {
  readonly ledger: Ledger;
  readonly report: DiagnosticSink;
  /** Keeps a copy of a batch that is not taken: as a dead letter, or else as lines. */
  readonly bury: (job: Job, endpoint: Endpoint, reason: string) => void;
  /** As `bury`, of a batch a part of which was taken: no lines, as nobody knows which records they should be. */
  readonly buryPart: (job: Job, endpoint: Endpoint, reason: string) => void;
  /** How often a 500 is tried again. */
  readonly maxServerErrorRetries: number;
  /** Whether a 400 halves the batch until the bad record stands alone. */
  readonly bisects: boolean;
}

/** What happens to the batch after an attempt; `taken` and `refused` batches are in the ledger. */
export type NextStep = 'taken' | 'refused' | 'wait' | 'split' | 'shorten';

/** Books what an attempt means for the records, says so where a person has to know, and answers what comes next. */
export function bookOutcome(job: Job, outcome: BatchOutcome, endpoint: Endpoint, parts: BookParts): NextStep {
  const { ledger, report } = parts;
  const { records, bytes } = job.batch;
  const { label } = endpoint;
  switch (outcome.kind) {
    case 'delivered':
      ledger.delivered += records;
      endpoint.delivered += records;
      if (outcome.warning !== '') {
        const message = `${label} took the records and says: ${outcome.warning}`;
        report({ kind: 'serverWarning', url: label, message });
      }
      return 'taken';
    case 'partial': {
      const rejected = Math.min(records, outcome.rejectedRecords);
      ledger.rejected += rejected;
      ledger.delivered += records - rejected;
      endpoint.delivered += records - rejected;
      reportRejected(report, label, rejected, outcome.message || 'the server gave no reason');
      parts.buryPart(job, endpoint, outcome.message);
      return 'taken';
    }
    case 'retry':
      if (!outcome.isServerError || ++job.serverErrors <= parts.maxServerErrorRetries) return 'wait';
      return bookOutcome(job, { kind: 'dead', reason: outcome.reason }, endpoint, parts);
    case 'hold':
      return 'wait';
    case 'split':
      if (records > 1) {
        endpoint.maxBatchBytes = Math.min(endpoint.maxBatchBytes, Math.max(1, bytes >> 1));
        return 'split';
      }
      return 'shorten';
    case 'dead':
      if (parts.bisects && outcome.isBadRequest && records > 1) return 'split';
      ledger.rejected += records;
      reportRejected(report, label, records, outcome.reason);
      parts.bury(job, endpoint, outcome.reason);
      return 'refused';
  }
}

/** Books a record that is refused as too large, and either cut once already or nothing of it can be cut. */
export function bookOversize(job: Job, endpoint: Endpoint, { ledger, report, bury }: BookParts): void {
  const { label } = endpoint;
  ledger.drop('oversize', 1);
  const message = `${label} refuses a record of ${job.batch.bytes} bytes as too large (HTTP 413)`;
  report({ kind: 'serverWarning', url: label, message });
  bury(job, endpoint, 'HTTP 413');
}

function reportRejected(report: DiagnosticSink, label: string, records: number, reason: string): void {
  report({ kind: 'recordsRejected', url: label, records, message: `${label} refused records: ${reason}` });
}
