import { Buffer } from 'node:buffer';
import { frameLogsRequest, type ScopeBlock } from './frame-request.ts';
import { ProtobufReader } from './protobuf-reader.ts';

/** The records of one resource, each as its whole field: tag, length, message. */
export interface ResourceBlock {
  readonly resource: Uint8Array;
  readonly scopes: readonly ScopeBlock[];
  readonly schemaUrl: string;
}

/** Requests with the same field number concatenate: one `ResourceLogs` after the other. */
export function frameResources(resources: readonly ResourceBlock[]): Buffer {
  return Buffer.concat(
    resources.map(({ resource, scopes, schemaUrl }) => frameLogsRequest(resource, scopes, schemaUrl)),
  );
}

const NOTHING = new Uint8Array(0);

/** @throws OtlpDecodeError if the bytes are no request. */
export function readResources(bytes: Uint8Array): ResourceBlock[] {
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
