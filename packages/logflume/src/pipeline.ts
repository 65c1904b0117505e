import type { Delivery, DeliveryReport } from '@logflume/delivery';
import type { EncodeLimits, LogRecordInput } from '@logflume/otlp';
import { nothingSuppressed, type SuppressedStats } from './intake/suppressed.ts';
import type { FlushOptions, LoggerStats } from './logger.ts';
import { RecordClock } from './record-clock.ts';
import type { ScopeTable } from './scope-table.ts';

/** What a pipeline is made of. */
export interface PipelineParts {
  readonly delivery: Delivery<LogRecordInput>;
  readonly scopes: ScopeTable;
  readonly limits: EncodeLimits;
  /** Of every scope; `''` is none. */
  readonly version: string;
  /** Whether records are printed on the console of the process. @defaultValue false */
  readonly isPrinted?: boolean | undefined;
  /** Whether somebody said how many attributes a record may have. @defaultValue false */
  readonly isLimited?: boolean | undefined;
  /** What is left out before the delivery. @defaultValue nothing */
  readonly suppressed?: (() => SuppressedStats) | undefined;
}

/** What a logger and all its children share. */
export interface Pipeline extends PipelineParts {
  /** Where records go now. */
  delivery: Delivery<LogRecordInput>;
  readonly clock: RecordClock;
  /** Log calls running now: more than one while a getter of a record logs. */
  depth: number;
  readonly flush: (options?: FlushOptions) => Promise<DeliveryReport>;
  readonly close: (options?: FlushOptions) => Promise<DeliveryReport>;
  readonly stats: () => LoggerStats;
  readonly dispose: () => Promise<void>;
}

/**
 * How deep log calls may stand inside one another, by getters and `toJSON` of what they log, before the innermost reads
 * no argument any more. Each level may double the calls, so this bounds them; one or two are all a sane program has.
 */
export const MAX_DEPTH = 4;

/** Why a record says less than it was asked to. */
export const UNREADABLE = '[unreadable argument]';
export const TOO_DEEP = '[logged from inside its own attributes]';

/** The longest a timer of Node can wait. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export function createPipeline(parts: PipelineParts): Pipeline {
  const { delivery } = parts;
  // Asked for by a getter of a record: that record is half written, and must be whole before anything is sent.
  const afterCalls = <T>(run: () => Promise<T>): Promise<T> =>
    pipeline.depth === 0 ? run() : Promise.resolve().then(run);
  const pipeline: Pipeline = {
    ...parts,
    clock: new RecordClock(),
    depth: 0,
    flush: (options) => afterCalls(() => delivery.flush(withTimeout(options))),
    close: (options) => afterCalls(() => delivery.close(withTimeout(options))),
    stats: () => ({ ...delivery.stats(), suppressed: parts.suppressed?.() ?? nothingSuppressed }),
    dispose: async () => {
      await pipeline.close();
    },
  };
  return pipeline;
}

/** What is no time to wait for means the default; a flush may be asked for from plain JavaScript, in the last moment. */
function withTimeout(options: unknown): FlushOptions | undefined {
  const timeoutMs: unknown = Object(options).timeoutMs;
  if (typeof timeoutMs !== 'number' || !(timeoutMs >= 0)) return undefined;
  return { timeoutMs: Math.min(timeoutMs, MAX_TIMER_MS) };
}
