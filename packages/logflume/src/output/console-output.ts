import { writeSync } from 'node:fs';
import { createStdio, writeLines } from '@logflume/delivery';
import { createPresetLine, createPrettyLine, type ToLine as ToTextLine } from '@logflume/formats';
import {
  DOES_NOT_FIT,
  decodeLogRecord,
  decodeLogsRequest,
  type EncodeLimits,
  encodeLogRecord,
  encodeReducedLogRecord,
  encodeResource,
  forEachLogRecord,
  frameLogsRequest,
  type LogRecordInput,
  type OtlpResource,
} from '@logflume/otlp';
import type { ConsoleFormat } from '../config/logger-options.ts';
import type { ScopeTable } from '../scope-table.ts';
import type { LineStream } from './line-writer.ts';

/** Turns a record into the text a console shows, without the last line feed. Never throws. */
export type ToLine = (record: LogRecordInput, group: number) => string;

export interface ConsoleLineOptions {
  readonly style: ConsoleFormat;
  readonly color: boolean;
  readonly limits: EncodeLimits;
  readonly scopes: ScopeTable;
  /** Attributes of the process; the presets of vendors name some of them in every line. */
  readonly resource?: Readonly<Record<string, unknown>> | undefined;
  readonly maxLineBytes?: number | undefined;
}

/** As large as a record may be on its way to a backend. */
const MAX_RECORD_BYTES = 256 * 1024;

/**
 * Makes the function that prints records. A record takes the same way as to a backend, through its bytes, so that both
 * show the same values, cut at the same limits.
 */
export function createConsoleLine(options: ConsoleLineOptions): ToLine {
  const { limits } = options;
  const toLine = createTextLine(options);
  let free: Buffer | undefined;
  return (record, group) => {
    // A getter of the record may log, and so come here again: that call takes bytes of its own.
    const bytes = free ?? Buffer.allocUnsafeSlow(MAX_RECORD_BYTES);
    free = undefined;
    let end = encodeLogRecord(bytes, 0, record, limits);
    if (end === DOES_NOT_FIT) end = encodeReducedLogRecord(bytes, 0, record, bytes.length, limits.scrub);
    let line = '';
    forEachLogRecord(bytes.subarray(0, end), (from, to) => {
      line = toLine(decodeLogRecord(bytes, from, to), group);
    });
    free = bytes;
    return line;
  };
}

function createTextLine({ style, color, scopes, resource, maxLineBytes, limits }: ConsoleLineOptions): ToTextLine {
  const { scopeOf } = scopes;
  if (style === 'pretty') return createPrettyLine({ colors: color, scopeOf });
  // The lines of `json` are short: who reads a container's stdout knows whose it is.
  return createPresetLine(style, {
    scopeOf,
    maxLineBytes,
    resource: style === 'json' || resource === undefined ? undefined : toOtlpResource(resource, limits),
  });
}

/** Attributes of the process as a decoded record would have them. */
function toOtlpResource(
  attributes: Readonly<Record<string, unknown>>,
  { scrub }: EncodeLimits,
): OtlpResource | undefined {
  const request = frameLogsRequest(encodeResource(attributes, scrub), [{ scope: new Uint8Array(0), runs: [] }]);
  return decodeLogsRequest(request).resourceLogs[0]?.resource;
}

/** A standard stream of the process. */
export function createStandardStream(name: 'stdout' | 'stderr'): LineStream {
  const stdio = createStdio(name);
  /** The stream still counts a write that we have finished for it: what follows begins a line all the same. */
  let isFinished = false;
  return {
    write: stdio.write,
    writeLinesSync: (lines, deadlineMs) =>
      isFinished ? writeLines(process[name].fd, lines, deadlineMs) : stdio.writeLinesSync(lines, deadlineMs),
    isIdle: () => process[name].writableLength === 0,
    finishSync(unanswered, deadlineMs) {
      const stream = process[name];
      if (stream.writableLength === 0) return true;
      const bytes = Buffer.from(unanswered);
      // A socket, which a pipe is to Node, counts the UTF-16 units of a text.
      const leftBytes = stream.writableLength === unanswered.length ? bytesInHandle(stream) : undefined;
      // Not ours alone, or no telling: the line under way may be in half, so a new one is begun and all of it repeated.
      const left =
        leftBytes === undefined
          ? Buffer.concat([Buffer.from('\n'), bytes])
          : bytes.subarray(bytes.length - Math.min(leftBytes, bytes.length));
      isFinished = writeAllSync(stream.fd, left, deadlineMs);
      return isFinished;
    },
  };
}

/**
 * Bytes of the write under way that the system has not taken yet; `undefined` where it cannot be told. Node says it
 * nowhere else: `writableLength` counts a write until its end was heard of. None are left where a reader made room just as
 * the write was handed over, once in some hundred writes to a full pipe.
 *
 * @see https://github.com/nodejs/node/blob/v20.20.2/lib/net.js (`_onTimeout` reads the same)
 */
function bytesInHandle(stream: object): number | undefined {
  const handle: unknown = Reflect.get(stream, '_handle');
  const bytes: unknown =
    typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'writeQueueSize') : undefined;
  return typeof bytes === 'number' ? bytes : undefined;
}

/** Wait between two tries while the pipe is full. */
const EAGAIN_WAIT_MS = 2;

function writeAllSync(descriptor: number, bytes: Buffer, deadlineMs: number): boolean {
  const endMs = performance.now() + deadlineMs;
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code !== 'EAGAIN' || performance.now() >= endMs) return false; // Anything else: nobody reads any more.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, EAGAIN_WAIT_MS);
    }
  }
  return true;
}
