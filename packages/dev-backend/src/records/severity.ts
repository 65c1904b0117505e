/** The six ranges of OpenTelemetry, and `unspecified` for records without a severity number. */
export type SeverityRange = 'unspecified' | 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

const ranges: readonly SeverityRange[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
const names: readonly string[] = ranges;

/** @param severityNumber - 1 … 24; anything else, or nothing, is `unspecified`. */
export function toSeverityRange(severityNumber: number | undefined): SeverityRange {
  if (severityNumber === undefined || severityNumber < 1) return 'unspecified';
  return ranges[Math.floor((severityNumber - 1) / 4)] ?? 'unspecified';
}

/**
 * @param text - a number 0 … 24, or a name such as `warn`, `WARN` or `WARN3`.
 * @returns the severity number, `undefined` for anything else. A name alone is the lowest of its range.
 * @see https://opentelemetry.io/docs/specs/otel/logs/data-model/#displaying-severity
 */
export function parseSeverity(text: string): number | undefined {
  if (/^\d{1,2}$/.test(text)) return Number(text) <= 24 ? Number(text) : undefined;
  const match = /^([a-z]+)([2-4]?)$/.exec(text.toLowerCase());
  const range = names.indexOf(match?.[1] ?? '');
  return range === -1 ? undefined : range * 4 + Number(match?.[2] || 1);
}
