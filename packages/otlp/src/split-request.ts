import { frameLogsRequest, type ScopeBlock } from './frame-request.ts';
import { ProtobufReader } from './protobuf-reader.ts';

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
  return [frame(slice(resources, 0, half)), frame(slice(resources, half, total))];
}

/** How many records an encoded request holds. @throws OtlpDecodeError if the bytes are no request. */
export function countLogRecords(bytes: Uint8Array): number {
  return countRecords(readResources(bytes));
}

/** The records of one resource, each as its whole field: tag, length, message. */
interface ResourceBlock {
  readonly resource: Uint8Array;
  readonly scopes: readonly ScopeBlock[];
  readonly schemaUrl: string;
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

/** Requests with the same field number concatenate: one `ResourceLogs` after the other. */
function frame(resources: readonly ResourceBlock[]): Buffer {
  return Buffer.concat(
    resources.map(({ resource, scopes, schemaUrl }) => frameLogsRequest(resource, scopes, schemaUrl)),
  );
}

const NOTHING = new Uint8Array(0);

function readResources(bytes: Uint8Array): ResourceBlock[] {
  const reader = new ProtobufReader(bytes, 0, bytes.length);
  const resources: ResourceBlock[] = [];
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag !== 0x0a) {
      reader.skip(tag);
      continue;
    }
    const end = reader.enter();
    resources.push(readResource(reader));
    reader.leave(end);
  }
  return resources;
}

function readResource(reader: ProtobufReader): ResourceBlock {
  let resource: Uint8Array = NOTHING;
  const scopes: ScopeBlock[] = [];
  let schemaUrl = '';
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === 0x0a) resource = readContent(reader);
    else if (tag === 0x12) {
      const end = reader.enter();
      scopes.push(readScope(reader));
      reader.leave(end);
    } else if (tag === 0x1a) schemaUrl = reader.string();
    else reader.skip(tag);
  }
  return { resource, scopes, schemaUrl };
}

function readScope(reader: ProtobufReader): ScopeBlock {
  let scope: Uint8Array = NOTHING;
  const runs: Uint8Array[] = [];
  let schemaUrl = '';
  while (reader.at < reader.end) {
    const start = reader.at;
    const tag = reader.tag();
    if (tag === 0x0a) scope = readContent(reader);
    else if (tag === 0x1a) schemaUrl = reader.string();
    else {
      reader.skip(tag);
      if (tag === 0x12) runs.push(reader.bytes.subarray(start, reader.at));
    }
  }
  return { scope, runs, schemaUrl };
}

function readContent(reader: ProtobufReader): Uint8Array {
  const end = reader.enter();
  const content = reader.bytes.subarray(reader.at, reader.end);
  reader.leave(end);
  return content;
}
