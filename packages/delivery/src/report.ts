import type { Clock } from './clock.ts';
import { createRateLimit, type DeliveryDiagnostic, type DiagnosticSink } from './diagnostics.ts';
import type { Stdio } from './fallback/stdio.ts';
import type { DropReason } from './outcome.ts';

/** Tells the application, and a person at the fallback stream, what the engine has to say about itself. */
export interface Reporter {
  readonly report: DiagnosticSink;
  /** `fallback` records went to the fallback and `dropped` to nowhere. Adds up: a burst of drops is one event. */
  lost(reason: DropReason, fallback: number, dropped: number): void;
  /** Tells now what waits: a delivery that closes. */
  tell(): void;
  /** As `tell`, inside the exit handler. */
  tellSync(deadlineMs: number): void;
}

export interface ReporterParts {
  readonly onDiagnostic: DiagnosticSink | undefined;
  /** Where lines are printed. */
  readonly stdio: Stdio | undefined;
  readonly clock: Clock;
  /** Name of the destination, where there are several. */
  readonly destination?: string | undefined;
}

/** Between two rounds of telling. */
const TELL_INTERVAL_MS = 1000;

/** Different things to say in one round; more is noise. */
const MAX_WAITING = 100;

/** What a person has to know even if nobody listens for diagnostics; the rest is for those who do. */
const PRINTED: ReadonlySet<DeliveryDiagnostic['kind']> = new Set([
  'allEndpointsOut',
  'endpointHeld',
  'recordsDropped',
  'recordsRejected',
  'fallbackUsed',
  'headersFailed',
  'internalError',
]);

/**
 * Diagnostics go to the application's callback, and the grave ones to the fallback stream, rate-limited.
 *
 * Never inside the log call that caused them, and at most once a second: an application that logs its diagnostics
 * through the logger they came from would else log, drop and be told without end.
 */
export function createReporter({ onDiagnostic, stdio, clock, destination }: ReporterParts): Reporter {
  const prefix = destination === undefined ? 'logflume' : `logflume: ${destination}`;
  const limit = createRateLimit();
  let waiting: DeliveryDiagnostic[] = [];
  const losses = new Map<DropReason, { fallback: number; dropped: number }>();
  let scheduled = false;
  let toldMs = Number.NEGATIVE_INFINITY;

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    const restMs = toldMs + TELL_INTERVAL_MS - clock.nowMs();
    if (restMs > 0) clock.after(restMs, tell);
    else clock.soon(tell);
  }

  function takeEvents(): DeliveryDiagnostic[] {
    const events = waiting.map(withCount);
    for (const [reason, { fallback, dropped }] of losses) events.push(...describeLoss(reason, fallback, dropped));
    waiting = [];
    losses.clear();
    scheduled = false;
    toldMs = clock.nowMs();
    return events;
  }

  /** @returns the lines to print. */
  function inform(events: readonly DeliveryDiagnostic[]): string[] {
    const lines: string[] = [];
    for (const event of events) {
      try {
        onDiagnostic?.(destination === undefined ? event : { ...event, destination });
      } catch {
        // The application's own callback threw: it must not harm the delivery, and there is nobody left to tell.
      }
      if (!PRINTED.has(event.kind)) continue;
      const suppressed = limit.admit(keyOf(event), clock.nowMs());
      if (suppressed === undefined) continue;
      const more = suppressed === 0 ? '' : ` (${suppressed} more like this were not printed)`;
      lines.push(`${prefix}: ${event.message}${more}`);
    }
    return lines;
  }

  function tell(): void {
    for (const line of inform(takeEvents())) stdio?.write(`${line}\n`, () => undefined);
  }

  return {
    report(event) {
      const at = waiting.findIndex((other) => other.kind === event.kind && other.message === event.message);
      const same = waiting[at];
      if (same === undefined && waiting.length < MAX_WAITING) waiting.push(event);
      else if (same !== undefined) waiting[at] = together(same, event);
      schedule();
    },
    lost(reason, fallback, dropped) {
      const sum = losses.get(reason) ?? { fallback: 0, dropped: 0 };
      sum.fallback += fallback;
      sum.dropped += dropped;
      losses.set(reason, sum);
      schedule();
    },
    tell,
    tellSync(deadlineMs) {
      const lines = inform(takeEvents());
      if (lines.length > 0) stdio?.writeLinesSync(lines, deadlineMs);
    },
  };
}

function describeLoss(reason: DropReason, fallback: number, dropped: number): DeliveryDiagnostic[] {
  const events: DeliveryDiagnostic[] = [];
  if (fallback > 0) {
    const message = `${fallback === 1 ? '1 record goes' : `${fallback} records go`} to the fallback (${reason})`;
    events.push({ kind: 'fallbackUsed', reason, records: fallback, message });
  }
  if (dropped > 0) {
    const message = `${dropped === 1 ? '1 record was' : `${dropped} records were`} dropped (${reason})`;
    events.push({ kind: 'recordsDropped', reason, records: dropped, message });
  }
  return events;
}

/** What is said once per interval: the same kind of thing about the same endpoint for the same reason. */
function keyOf(event: DeliveryDiagnostic): string {
  const url = 'url' in event ? event.url : '';
  return 'reason' in event ? `${event.kind} ${url} ${event.reason}` : `${event.kind} ${url}`;
}

function together(a: DeliveryDiagnostic, b: DeliveryDiagnostic): DeliveryDiagnostic {
  return 'records' in a && 'records' in b ? { ...a, records: a.records + b.records } : a;
}

function withCount(event: DeliveryDiagnostic): DeliveryDiagnostic {
  if (event.kind !== 'recordsRejected') return event;
  return { ...event, message: `${event.message} (${event.records} records)` };
}
