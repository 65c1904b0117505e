import { Buffer } from 'node:buffer';
import type { RecordRun } from '@logflume/delivery';
import {
  decodeLogRecord,
  decodeLogsRequest,
  forEachLogRecord,
  frameLogsRequest,
  type OtlpLogRecord,
  type OtlpLogsRequest,
  type OtlpResource,
  type OtlpScope,
} from '@logflume/otlp';
import { createJsonLine } from './json-line.ts';
import type { ToLine } from './line-options.ts';
import type { OtlpFormatOptions } from './otlp-blocks.ts';

/**
 * Turns encoded records into the lines of the fallback stream, one per record. Never throws.
 *
 * Bytes that are no record become a line too, with the bytes in `bytes` as base64: the fallback is the last place they
 * can be seen.
 */
export function toFallbackLines(runs: readonly RecordRun[], options: OtlpFormatOptions): string[] {
  const lines: string[] = [];
  const toJsonLine = createFallbackLine(options);
  for (const { group, bytes } of runs) {
    let seen = 0;
    try {
      forEachLogRecord(bytes, (start, end) => {
        lines.push(recordLine(bytes.subarray(start, end), group, toJsonLine));
        seen = end;
      });
    } catch {
      // What follows the last whole record cannot be told apart any more: one line for all of it.
      lines.push(toJsonLine(undecodableRecord(bytes.subarray(seen)), group));
    }
  }
  return lines;
}

/** The lines of a decoded request, which says itself whose records they are. */
export function requestLines({ resourceLogs = [] }: OtlpLogsRequest): string[] {
  return resourceLogs.flatMap(({ resource, scopeLogs = [] }) => {
    const toJsonLine = createJsonLine({ isFallback: true, resource, scopeOf: (index) => scopeLogs[index]?.scope });
    return scopeLogs.flatMap(({ logRecords = [] }, index) => logRecords.map((record) => toJsonLine(record, index)));
  });
}

function recordLine(content: Uint8Array, group: number, toJsonLine: ToLine): string {
  try {
    return toJsonLine(decodeLogRecord(content), group);
  } catch {
    return toJsonLine(undecodableRecord(content), group); // the bytes are kept as they are
  }
}

function undecodableRecord(bytes: Uint8Array): OtlpLogRecord {
  return {
    severityNumber: 17,
    body: { stringValue: 'a log record could not be decoded' },
    attributes: [{ key: 'bytes', value: { bytesValue: Buffer.from(bytes).toString('base64') } }],
  };
}

function createFallbackLine({ resource, scopeOf }: OtlpFormatOptions): ToLine {
  const scopes = new Map<number, OtlpScope | undefined>();
  return createJsonLine({
    isFallback: true,
    resource: decodeHeader(resource, new Uint8Array(0)).resource,
    scopeOf(group) {
      if (!scopes.has(group)) scopes.set(group, decodeHeader(new Uint8Array(0), scopeOf(group)).scope);
      return scopes.get(group);
    },
  });
}

interface Header {
  readonly resource: OtlpResource | undefined;
  readonly scope: OtlpScope | undefined;
}

function decodeHeader(resource: Uint8Array, scope: Uint8Array): Header {
  try {
    const [first] = decodeLogsRequest(frameLogsRequest(resource, [{ scope, runs: [] }])).resourceLogs;
    return { resource: first?.resource, scope: first?.scopeLogs?.[0]?.scope };
  } catch {
    return { resource: undefined, scope: undefined }; // a line without service and logger is better than none
  }
}
