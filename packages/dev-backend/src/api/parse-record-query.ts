import { defaults } from '../defaults.ts';
import type { RecordQuery } from '../records/record-query.ts';
import { parseSeverity } from '../records/severity.ts';

/** The parameters of `GET /api/records` with what each one expects. */
export const queryParameters: Readonly<Record<string, string>> = Object.freeze({
  limit: 'an integer from 0 to 9999999',
  severity: 'a number from 0 to 24 or a name such as warn or ERROR2',
  service: 'a service name',
  scope: 'a scope name',
  text: 'a text',
  trace_id: '32 hex digits',
  since: 'milliseconds since the epoch or an ISO 8601 time',
  after: 'the sequence number of a record',
});

export type ParsedRecordQuery =
  | { readonly kind: 'query'; readonly query: RecordQuery }
  | { readonly kind: 'invalid'; readonly parameter: string; readonly expected: string; readonly got: string };

/** Reads the query string of `GET /api/records`; an empty value is the same as none, as forms send it. */
export function parseRecordQuery(parameters: URLSearchParams): ParsedRecordQuery {
  const query: { -readonly [K in keyof RecordQuery]: RecordQuery[K] } = { maxRecords: defaults.maxListedRecords };
  for (const [parameter, got] of parameters) {
    const expected = Object.hasOwn(queryParameters, parameter) ? queryParameters[parameter] : undefined;
    if (expected === undefined) {
      return { kind: 'invalid', parameter, expected: `one of ${Object.keys(queryParameters).join(', ')}`, got };
    }
    if (got === '') continue;
    const invalid: ParsedRecordQuery = { kind: 'invalid', parameter, expected, got };
    switch (parameter) {
      case 'limit':
        if (!/^\d{1,7}$/.test(got)) return invalid;
        query.maxRecords = Number(got);
        break;
      case 'severity':
        query.minSeverityNumber = parseSeverity(got);
        if (query.minSeverityNumber === undefined) return invalid;
        break;
      case 'trace_id':
        if (!/^[0-9a-f]{32}$/i.test(got)) return invalid;
        query.traceId = got;
        break;
      case 'since':
        query.sinceUnixMs = parseTime(got);
        if (query.sinceUnixMs === undefined) return invalid;
        break;
      case 'after':
        if (!/^\d{1,15}$/.test(got)) return invalid;
        query.afterSequence = Number(got);
        break;
      case 'service':
      case 'scope':
      case 'text':
        query[parameter] = got;
        break;
    }
  }
  return { kind: 'query', query };
}

function parseTime(text: string): number | undefined {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  // Date.parse alone would take "1 banana" for a date.
  if (!/^\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?$/.test(text)) return undefined;
  const unixMs = Date.parse(text);
  return Number.isNaN(unixMs) ? undefined : unixMs;
}
