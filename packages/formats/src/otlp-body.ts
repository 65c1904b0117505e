import { Buffer } from 'node:buffer';
import type { BodyPart } from '@logflume/delivery';
import {
  countLogRecords,
  decodeLogsRequest,
  type OtlpLogsRequest,
  parseOtlpJsonRequest,
  shortenDecodedRequest,
  shortenLogsRequest,
  splitLogsRequest,
  toOtlpJsonText,
} from '@logflume/otlp';
import { requestLines } from './record-lines.ts';

/** `{` */
const BRACE = 0x7b;

/** What a wire format does with bodies that are all that is left of a batch; see `Format`. */
export interface BodyReader {
  linesOfBody(body: Uint8Array): string[];
  splitBody(body: Uint8Array): readonly [BodyPart, BodyPart] | undefined;
  shortenBody(body: Uint8Array): Uint8Array | undefined;
}

/** OTLP protobuf: cut as bytes, nothing is encoded again. */
const protobufBodies: BodyReader = {
  linesOfBody: (body) => attempt(() => requestLines(decodeLogsRequest(body))) ?? [],
  splitBody: (body) =>
    attempt(() => {
      const halves = splitLogsRequest(body);
      return halves && [toPart(halves[0]), toPart(halves[1])];
    }),
  shortenBody: (body) => attempt(() => shortenLogsRequest(body)),
};

/** OTLP JSON. */
const jsonBodies: BodyReader = {
  linesOfBody: (body) => attempt(() => requestLines(parseOtlpJsonRequest(body))) ?? [],
  splitBody: (body) => attempt(() => splitJson(parseOtlpJsonRequest(body))),
  shortenBody: (body) =>
    attempt(() => {
      const shorter = shortenDecodedRequest(parseOtlpJsonRequest(body));
      return shorter && Buffer.from(toOtlpJsonText(shorter));
    }),
};

/** For both: an earlier process may have spoken the other one. No protobuf request begins with a brace. */
export const otlpBodies: BodyReader = {
  linesOfBody: (body) => readerOf(body).linesOfBody(body),
  splitBody: (body) => readerOf(body).splitBody(body),
  shortenBody: (body) => readerOf(body).shortenBody(body),
};

function readerOf(body: Uint8Array): BodyReader {
  return body[0] === BRACE ? jsonBodies : protobufBodies;
}

function toPart(body: Uint8Array): BodyPart {
  return { body, records: countLogRecords(body) };
}

function splitJson(request: OtlpLogsRequest): readonly [BodyPart, BodyPart] | undefined {
  const total = countRecords(request);
  if (total < 2) return undefined;
  const half = total >> 1;
  return [jsonPart(slice(request, 0, half)), jsonPart(slice(request, half, total))];
}

function jsonPart(request: OtlpLogsRequest): BodyPart {
  return { body: Buffer.from(toOtlpJsonText(request)), records: countRecords(request) };
}

function countRecords({ resourceLogs = [] }: OtlpLogsRequest): number {
  let records = 0;
  for (const { scopeLogs = [] } of resourceLogs) {
    for (const { logRecords = [] } of scopeLogs) records += logRecords.length;
  }
  return records;
}

/** The records from number `from` up to `to`, under the resources and scopes they had. */
function slice({ resourceLogs = [] }: OtlpLogsRequest, from: number, to: number): OtlpLogsRequest {
  let at = 0;
  const kept = resourceLogs.map((resource) => ({
    ...resource,
    scopeLogs: (resource.scopeLogs ?? [])
      .map((scope) => {
        const { logRecords = [] } = scope;
        const start = at;
        at += logRecords.length;
        return { ...scope, logRecords: logRecords.slice(Math.max(0, from - start), Math.max(0, to - start)) };
      })
      .filter(({ logRecords }) => logRecords.length > 0),
  }));
  return { resourceLogs: kept.filter(({ scopeLogs }) => scopeLogs.length > 0) };
}

/** Bytes from a disk may be anything, such as those of another format. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined; // The caller counts the records it gets no lines or halves for.
  }
}
