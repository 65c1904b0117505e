import type { DropReason } from './outcome.ts';
import type { SpoolDiagnostic } from './spool/spool-diagnostics.ts';

/** What the engine has to say about itself. `message` is one line for a person, free of headers, queries and tokens. */
export type DeliveryDiagnostic = DeliveryEvent & {
  /** Name of the destination it is about, where there are several. */
  readonly destination?: string | undefined;
};

type DeliveryEvent =
  | { readonly kind: 'endpointEjected'; readonly url: string; readonly reason: string; readonly message: string }
  | { readonly kind: 'endpointHeld'; readonly url: string; readonly reason: string; readonly message: string }
  | { readonly kind: 'endpointSuspect'; readonly url: string; readonly reason: string; readonly message: string }
  | { readonly kind: 'lookupFailed'; readonly url: string; readonly reason: string; readonly message: string }
  | { readonly kind: 'endpointRecovered'; readonly url: string; readonly message: string }
  | { readonly kind: 'allEndpointsOut'; readonly message: string }
  | { readonly kind: 'recordsDropped'; readonly reason: DropReason; readonly records: number; readonly message: string }
  | { readonly kind: 'recordsRejected'; readonly url: string; readonly records: number; readonly message: string }
  | { readonly kind: 'fallbackUsed'; readonly reason: DropReason; readonly records: number; readonly message: string }
  | { readonly kind: 'recordReduced'; readonly message: string }
  | { readonly kind: 'serverWarning'; readonly url: string; readonly message: string }
  | SpoolDiagnostic
  | { readonly kind: 'headersFailed'; readonly message: string }
  | { readonly kind: 'ownTrafficLogged'; readonly message: string }
  | { readonly kind: 'internalError'; readonly message: string };

/** Takes a diagnostic. What it throws is ignored: nobody's reporting may harm the application. */
export type DiagnosticSink = (event: DeliveryDiagnostic) => void;

/** Says the same thing at most once per interval and key, and how often it was left unsaid. */
export interface RateLimit {
  /** @returns how many were suppressed since the last one let through, or `undefined` to suppress this one. */
  admit(key: string, nowMs: number): number | undefined;
}

/** One per thirty seconds and key: enough for a person, bounded for a disk. */
export const REPORT_INTERVAL_MS = 30_000;

export function createRateLimit(intervalMs: number = REPORT_INTERVAL_MS): RateLimit {
  const last = new Map<string, { atMs: number; suppressed: number }>();
  return {
    admit(key, nowMs) {
      const entry = last.get(key);
      if (entry !== undefined && nowMs - entry.atMs < intervalMs) {
        entry.suppressed++;
        return undefined;
      }
      last.set(key, { atMs: nowMs, suppressed: 0 });
      return entry?.suppressed ?? 0;
    },
  };
}
