import type { FallbackOutput } from '../fallback/fallback-output.ts';
import type { RecordQueue } from '../queue/record-queue.ts';
import type { Job } from '../send/job.ts';
import type { StoredFrame } from '../spool/stored-frame.ts';
import type { JobStore } from './job-store.ts';

export interface EvictionParts {
  readonly store: JobStore;
  readonly queue: Pick<RecordQueue<unknown>, 'adopt' | 'release'>;
  readonly fallback: FallbackOutput;
  readonly evictJob: (job: Job) => void;
}

/** The last chance of a frame whose segment is deleted to make room: its job decides, or it goes to the fallback. */
export function evictFrame(frame: StoredFrame, { store, queue, fallback, evictJob }: EvictionParts): void {
  const known = store.jobOf(frame);
  if (known !== undefined) return evictJob(known);
  // Of an earlier process, and nobody had asked for it yet.
  queue.adopt(frame.records);
  const job = store.recover(frame);
  const lines = store.printable(job);
  if (lines === undefined) fallback.lose(frame.records, 'corrupt');
  else fallback.take(lines, frame.records, 'spool_full');
  queue.release(frame.records, store.settle(job));
}
