import type { OtlpLogRecord } from '@logflume/otlp';

/** The six levels, in the order of OTLP's ranges of four severity numbers each. */
const LEVEL_NAMES: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/**
 * The level of a record as a word: its own severity text in lower case, else the name of the range its number is in.
 *
 * @returns `undefined` when the record has neither, or a number outside 1 … 24.
 * @see https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber
 */
export function levelNameOf(record: OtlpLogRecord): string | undefined {
  if (record.severityText !== undefined && record.severityText !== '') return record.severityText.toLowerCase();
  return levelNameOfNumber(record.severityNumber);
}

/** The name of the range a severity number is in, `undefined` outside 1 … 24. */
export function levelNameOfNumber(severityNumber: number | undefined): string | undefined {
  return severityNumber === undefined ? undefined : LEVEL_NAMES[Math.floor((severityNumber - 1) / 4)];
}
