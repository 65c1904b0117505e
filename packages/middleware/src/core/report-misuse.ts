import type { MisuseDiagnostic } from './access-log-options.ts';

/** Tells of misuse, each reason once for one access log. Never throws. */
export type ReportMisuse = (reason: MisuseDiagnostic['reason'], message: string) => void;

export function createReportMisuse(onDiagnostic: ((event: MisuseDiagnostic) => void) | undefined): ReportMisuse {
  const told = new Set<string>();
  return (reason, message) => {
    if (told.has(reason)) return;
    told.add(reason);
    try {
      if (onDiagnostic !== undefined) onDiagnostic({ kind: 'accessLogMisused', reason, message });
      else process.stderr.write(`logflume: ${message}\n`);
    } catch {
      // The application's own callback threw, or nobody reads stderr: requests are served all the same.
    }
  };
}
