import type { ReceivedRecord } from './received-record.ts';
import { toReceivedRecord } from './received-record.ts';
import type { RecordStore } from './record-store.ts';

/** Which records to look at. All given conditions must hold. */
export interface RecordQuery {
  /** The newest this many of the matching ones, integer ≥ 0. Default all that are kept. */
  readonly maxRecords?: number | undefined;
  /** Lowest severity number, 0 … 24. Above 0 it leaves out records without a severity. */
  readonly minSeverityNumber?: number | undefined;
  /** The whole resource attribute `service.name`. */
  readonly service?: string | undefined;
  /** The whole scope name. */
  readonly scope?: string | undefined;
  /** Part of the body, event name, severity text, or of a key or value of the attributes; upper or lower case. */
  readonly text?: string | undefined;
  /** 32 hex digits, upper or lower case. */
  readonly traceId?: string | undefined;
  /** Arrived at this time or later, milliseconds since the epoch. */
  readonly sinceUnixMs?: number | undefined;
  /** Later than the record with this sequence number: how to follow the stream without seeing a record twice. */
  readonly afterSequence?: number | undefined;
}

/** @returns matching records, oldest first. */
export function queryRecords(store: RecordStore, query: RecordQuery): ReceivedRecord[] {
  const maxRecords = query.maxRecords ?? Number.POSITIVE_INFINITY;
  const found: ReceivedRecord[] = [];
  if (maxRecords < 1) return found;
  const matches = createMatcher(query);
  for (const stored of store.newestFirst()) {
    if (query.afterSequence !== undefined && stored.sequence <= query.afterSequence) break;
    const record = toReceivedRecord(stored);
    if (!matches(record)) continue;
    found.push(record);
    if (found.length >= maxRecords) break;
  }
  return found.reverse();
}

function createMatcher(query: RecordQuery): (record: ReceivedRecord) => boolean {
  const minSeverityNumber = query.minSeverityNumber ?? 0;
  const sinceUnixMs = query.sinceUnixMs ?? 0;
  const traceId = query.traceId?.toLowerCase();
  const text = query.text?.toLowerCase();
  return (record) => {
    if (record.severityNumber < minSeverityNumber || record.receivedAtUnixMs < sinceUnixMs) return false;
    if (traceId !== undefined && record.traceId !== traceId) return false;
    if (query.scope !== undefined && record.scope.name !== query.scope) return false;
    if (query.service !== undefined && record.resource.attributes['service.name'] !== query.service) return false;
    if (text === undefined || text === '') return true;
    return [record.body, record.severityText, record.eventName, record.attributes].some((part) => hasText(part, text));
  };
}

function hasText(value: unknown, lowerText: string): boolean {
  if (value === null || value === undefined) return false;
  if (typeof value !== 'object') return String(value).toLowerCase().includes(lowerText);
  if (Array.isArray(value)) return value.some((item) => hasText(item, lowerText));
  return Object.entries(value).some(([key, item]) => key.toLowerCase().includes(lowerText) || hasText(item, lowerText));
}
