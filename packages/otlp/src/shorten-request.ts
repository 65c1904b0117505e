import { Buffer } from 'node:buffer';
import { cutBody } from './encode-log-record.ts';
import type { OtlpAnyValue, OtlpLogsRequest } from './otlp-json.ts';
import { ProtobufReader } from './protobuf-reader.ts';
import { frameResources, readResources } from './request-blocks.ts';
import { writeMessage } from './small-message.ts';

/** UTF-16 units that stay of a text: enough to know what it was about, and small for any receiver. */
const KEPT_UNITS = 1024;

/** What stands for a body that is no text. */
const TOO_LARGE = '[too large]';

/**
 * A smaller form of an encoded request, for a server that refused it as too large: texts are cut to 1024 characters, with a
 * note of how many went, other bodies of more than as many bytes give way to a note. Attributes stay. Works on the bytes:
 * all other fields of a record are copied as they are.
 *
 * @returns `undefined` when there is nothing to cut.
 * @throws OtlpDecodeError if the bytes are no request.
 */
export function shortenLogsRequest(bytes: Uint8Array): Buffer | undefined {
  let isShorter = false;
  const shorten = (record: Uint8Array): Uint8Array => {
    const shorter = shortenRecord(record);
    if (shorter !== undefined) isShorter = true;
    return shorter ?? record;
  };
  const resources = readResources(bytes).map((resource) => ({
    ...resource,
    scopes: resource.scopes.map((scope) => ({ ...scope, runs: scope.runs.map(shorten) })),
  }));
  return isShorter ? frameResources(resources) : undefined;
}

/** As `shortenLogsRequest`, for the decoded form. */
export function shortenDecodedRequest(request: OtlpLogsRequest): OtlpLogsRequest | undefined {
  let isShorter = false;
  const resourceLogs = request.resourceLogs.map((resource) => ({
    ...resource,
    scopeLogs: (resource.scopeLogs ?? []).map((scope) => ({
      ...scope,
      logRecords: (scope.logRecords ?? []).map((record) => {
        const text = record.body && shorterText(record.body);
        if (text === undefined) return record;
        isShorter = true;
        return { ...record, body: { stringValue: text } };
      }),
    })),
  }));
  return isShorter ? { resourceLogs } : undefined;
}

function shorterText(body: OtlpAnyValue): string | undefined {
  if (body.stringValue !== undefined) {
    return body.stringValue.length > KEPT_UNITS ? cutBody(body.stringValue, KEPT_UNITS) : undefined;
  }
  return JSON.stringify(body).length > KEPT_UNITS ? TOO_LARGE : undefined;
}

/** @param field - the whole field: tag, length, message. */
function shortenRecord(field: Uint8Array): Uint8Array | undefined {
  const reader = new ProtobufReader(field, 0, field.length);
  reader.tag();
  const end = reader.enter();
  const parts: Uint8Array[] = [];
  let isShorter = false;
  while (reader.at < reader.end) {
    const start = reader.at;
    const tag = reader.tag();
    const text = tag === 0x2a ? readLongBody(reader) : reader.skip(tag);
    if (text === undefined) parts.push(field.subarray(start, reader.at));
    else {
      isShorter = true;
      parts.push(writeMessage([[5, writeMessage([[1, text]])]]));
    }
  }
  reader.leave(end);
  return isShorter ? writeMessage([[2, Buffer.concat(parts)]]) : undefined;
}

/** Reads a body; what it becomes, or `undefined` if it may stay. */
function readLongBody(reader: ProtobufReader): string | undefined {
  const outerEnd = reader.enter();
  const start = reader.at;
  const byteCount = reader.end - start;
  let text: string | undefined;
  if (byteCount > KEPT_UNITS) text = reader.tag() === 0x0a ? reader.string() : '';
  reader.leave(outerEnd);
  if (text === undefined || text === '') return text === undefined ? undefined : TOO_LARGE;
  return text.length > KEPT_UNITS ? cutBody(text, KEPT_UNITS) : undefined;
}
