import { frameResources, type ResourceBlock, readResources } from './request-blocks.ts';

/**
 * Cuts an encoded request into two of about as many records: what a server that answers 413 may still take.
 *
 * Works on the bytes: resources, scopes, their schema URLs and records are copied as they are, unknown fields are not. A
 * resource or scope whose records fall on both sides stands in both halves.
 *
 * @param bytes - an `ExportLogsServiceRequest`, such as `frameLogsRequest` makes; read, not kept.
 * @returns `undefined` for a request of fewer than two records.
 * @throws OtlpDecodeError if the bytes are no such request.
 */
export function splitLogsRequest(bytes: Uint8Array): readonly [Buffer, Buffer] | undefined {
  const resources = readResources(bytes);
  const total = countRecords(resources);
  if (total < 2) return undefined;
  const half = total >> 1;
  return [frameResources(slice(resources, 0, half)), frameResources(slice(resources, half, total))];
}

/** How many records an encoded request holds. @throws OtlpDecodeError if the bytes are no request. */
export function countLogRecords(bytes: Uint8Array): number {
  return countRecords(readResources(bytes));
}

function countRecords(resources: readonly ResourceBlock[]): number {
  let records = 0;
  for (const { scopes } of resources) for (const { runs } of scopes) records += runs.length;
  return records;
}

/** The records from number `from` up to `to`, under the headers they had. */
function slice(resources: readonly ResourceBlock[], from: number, to: number): ResourceBlock[] {
  let at = 0;
  return resources
    .map(({ resource, scopes, schemaUrl }) => ({
      resource,
      schemaUrl,
      scopes: scopes
        .map(({ runs, ...block }) => {
          const start = at;
          at += runs.length;
          return { ...block, runs: runs.slice(Math.max(0, from - start), Math.max(0, to - start)) };
        })
        .filter(({ runs }) => runs.length > 0),
    }))
    .filter(({ scopes }) => scopes.length > 0);
}
