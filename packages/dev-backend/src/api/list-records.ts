import type { ReceivedRecord } from '../records/received-record.ts';

/**
 * The answer of `GET /api/records` as JSON text: the records from the first one on, as many as fit.
 *
 * A resource is printed with each of its records, so a request within the limits can make an answer no string can hold.
 *
 * @param maxChars - the answer ends with the record that reaches it, so it has at least one, and says `truncated: true`
 *   if others follow. The sequence number of its last record, as `after`, gets them.
 */
export function toRecordsJson(records: readonly ReceivedRecord[], maxChars: number): string {
  const listed: string[] = [];
  let chars = 0;
  for (const record of records) {
    if (chars >= maxChars) break;
    const json = JSON.stringify(withoutOtlp(record));
    listed.push(json);
    chars += json.length;
  }
  const truncated = listed.length < records.length ? ',"truncated":true' : '';
  return `{"records":[${listed.join(',')}]${truncated}}`;
}

/** The decoded form repeats what the plain one says; over HTTP it would only double the answer. */
function withoutOtlp({ otlp: _otlp, ...record }: ReceivedRecord): Omit<ReceivedRecord, 'otlp'> {
  return record;
}
