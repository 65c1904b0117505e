import type { Clock, Timer } from './clock.ts';
import { createRateLimit, type DeliveryDiagnostic, type DiagnosticSink } from './diagnostics.ts';
import type { Stdio } from './fallback/stdio.ts';
import { lossAdvice } from './loss-advice.ts';
import { type CountedNews, LossLines } from './loss-lines.ts';
import { type Loss, LossTally } from './loss-tally.ts';
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
  /** Calls back, once, when no loss waits to be told any more: now, or half a minute later at most. */
  whenTold(callback: () => void): void;
}

export interface ReporterParts {
  readonly onDiagnostic: DiagnosticSink | undefined;
  /** Where lines are printed. */
  readonly stdio: Stdio | undefined;
  readonly clock: Clock;
  /** Name of the destination, where there are several. */
  readonly destination?: string | undefined;
  /** What to do about a loss, where it is not what a delivery to endpoints says: ends a line. */
  readonly advice?: Partial<Record<DropReason, string>> | undefined;
}

/** Between two rounds of telling. */
const TELL_INTERVAL_MS = 1000;

/** Different things to say in one round; more is noise. */
const MAX_WAITING = 100;

/** What a person has to know even if nobody listens for diagnostics, besides losses; the rest is for those who do. */
const PRINTED: ReadonlySet<DeliveryDiagnostic['kind']> = new Set([
  'allEndpointsOut',
  'endpointHeld',
  'spoolBad',
  'spoolFull',
  'spoolDamaged',
  'deadLetterLost',
  'endpointSuspect',
  'lookupFailed',
  'headersFailed',
  'ownTrafficLogged',
  'internalError',
]);

/**
 * Diagnostics go to the application's callback, and the grave ones to the fallback stream: a line about a loss says how
 * many records, when, why and what to do, at most once in 30 s for each reason, and none of them is left out of the sum.
 *
 * Never inside the log call that caused them, and at most once a second: an application that logs its diagnostics
 * through the logger they came from would else log, drop and be told without end.
 */
export function createReporter({ onDiagnostic, stdio, clock, destination, advice }: ReporterParts): Reporter {
  const adviceOn = { ...lossAdvice, ...advice };
  const prefix = destination === undefined ? 'logflume' : `logflume: ${destination}`;
  const limit = createRateLimit();
  const lossLines = new LossLines();
  let waiting: DeliveryDiagnostic[] = [];
  const fallback = new LossTally();
  const dropped = new LossTally();
  let scheduled = false;
  let toldMs = Number.NEGATIVE_INFINITY;
  let printing: Timer | undefined;
  const onTold = new Set<() => void>();

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    const restMs = toldMs + TELL_INTERVAL_MS - clock.nowMs();
    if (restMs > 0) clock.after(restMs, () => tell());
    else clock.soon(() => tell());
  }

  /** Hands everything that waits to the application's callback. @returns the lines to print at once. */
  function inform(): string[] {
    const lines: string[] = [];
    const nowMs = clock.wallMs();
    for (const event of waiting) {
      if (event.kind === 'recordsRejected') {
        emit({ ...event, message: `${event.message} (${countOf(event.records)})` });
        lossLines.add(newsOfRejection(event, nowMs));
      } else {
        emit(event);
        if (PRINTED.has(event.kind)) lines.push(...linesOf(event));
      }
    }
    for (const loss of fallback.take()) {
      emit({ kind: 'fallbackUsed', reason: loss.reason, records: loss.records, message: fallbackText(loss) });
      lossLines.add(newsOfLoss(loss, 'fallback', adviceOn[loss.reason]));
    }
    for (const loss of dropped.take()) {
      emit({ kind: 'recordsDropped', reason: loss.reason, records: loss.records, message: dropText(loss) });
      lossLines.add(newsOfLoss(loss, 'dropped', adviceOn[loss.reason]));
    }
    waiting = [];
    scheduled = false;
    toldMs = clock.nowMs();
    return lines;
  }

  function emit(event: DeliveryDiagnostic): void {
    try {
      onDiagnostic?.(destination === undefined ? event : { ...event, destination });
    } catch {
      // The application's own callback threw: it must not harm the delivery, and there is nobody left to tell.
    }
  }

  function linesOf(event: DeliveryDiagnostic): string[] {
    const suppressed = limit.admit(keyOf(event), clock.nowMs());
    if (suppressed === undefined) return [];
    return [suppressed === 0 ? event.message : `${event.message} (${suppressed} more like this were not printed)`];
  }

  function tell(all = false): void {
    print([...inform(), ...lossLines.take(clock.nowMs(), all)]);
    told();
    const nextMs = lossLines.nextMs;
    if (nextMs === Number.POSITIVE_INFINITY || printing !== undefined) return;
    printing = clock.after(nextMs - clock.nowMs(), () => {
      printing = undefined;
      tell();
    });
  }

  function isTold(): boolean {
    return waiting.length === 0 && fallback.isEmpty && dropped.isEmpty && lossLines.nextMs === Number.POSITIVE_INFINITY;
  }

  function told(): void {
    if (onTold.size === 0 || !isTold()) return;
    const callbacks = [...onTold];
    onTold.clear();
    for (const callback of callbacks) callback();
  }

  function print(lines: readonly string[]): void {
    for (const line of lines) stdio?.write(`${prefix}: ${line}\n`, () => undefined);
  }

  return {
    report(event) {
      const at = waiting.findIndex((other) => other.kind === event.kind && other.message === event.message);
      const same = waiting[at];
      if (same === undefined && waiting.length < MAX_WAITING) waiting.push(event);
      else if (same !== undefined) waiting[at] = together(same, event);
      schedule();
    },
    lost(reason, toFallback, toNowhere) {
      const wallMs = clock.wallMs();
      if (toFallback > 0) fallback.add(reason, toFallback, wallMs);
      if (toNowhere > 0) dropped.add(reason, toNowhere, wallMs);
      if (toFallback + toNowhere > 0) schedule();
    },
    tell: () => tell(true),
    tellSync(deadlineMs) {
      const lines = [...inform(), ...lossLines.take(clock.nowMs(), true)].map((line) => `${prefix}: ${line}`);
      if (lines.length > 0) stdio?.writeLinesSync(lines, deadlineMs);
      told();
    },
    whenTold(callback) {
      onTold.add(callback);
      told();
    },
  };
}

function countOf(records: number): string {
  return records === 1 ? '1 record' : `${records} records`;
}

function dropText({ records, reason }: Loss): string {
  return `${countOf(records)} ${records === 1 ? 'was' : 'were'} dropped (${reason})`;
}

function fallbackText({ records, reason }: Loss): string {
  return `${countOf(records)} ${records === 1 ? 'goes' : 'go'} to the fallback (${reason})`;
}

function newsOfLoss(loss: Loss, fate: 'fallback' | 'dropped', advice: string): CountedNews {
  const text = fate === 'dropped' ? dropText : fallbackText;
  return {
    ...loss,
    key: `${fate} ${loss.reason}`,
    say: (records, when) => `${text({ ...loss, records })} ${when}: ${advice}`,
  };
}

type Rejection = Extract<DeliveryDiagnostic, { kind: 'recordsRejected' }>;

function newsOfRejection({ message, url, records }: Rejection, nowMs: number): CountedNews {
  return {
    key: `rejected ${url}`,
    records,
    fromMs: nowMs,
    toMs: nowMs,
    say: (all, when) =>
      `${message} (${countOf(all)} ${when}): they are not sent again; compare its formats and limits with what is sent`,
  };
}

/** What is said once per interval: the same kind of thing about the same endpoint for the same reason. */
function keyOf(event: DeliveryDiagnostic): string {
  const url = 'url' in event ? event.url : '';
  return 'reason' in event ? `${event.kind} ${url} ${event.reason}` : `${event.kind} ${url}`;
}

function together(a: DeliveryDiagnostic, b: DeliveryDiagnostic): DeliveryDiagnostic {
  return 'records' in a && 'records' in b ? { ...a, records: a.records + b.records } : a;
}
