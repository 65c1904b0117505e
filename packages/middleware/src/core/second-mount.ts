import type { ReportMisuse } from './report-misuse.ts';

/** Tells that a request came to an access log a second time. The first one has it. */
export function reportSecondMount({ reportMisuse }: { readonly reportMisuse: ReportMisuse }): void {
  reportMisuse(
    'mountedTwice',
    'accessLog is mounted twice: each request is logged once, by the outermost; remove the other',
  );
}
