import { createStdio } from '@logflume/delivery';
import { createJsonLine, createPrettyLine, type ToJsonLine } from '@logflume/formats';
import {
  DOES_NOT_FIT,
  decodeLogRecord,
  type EncodeLimits,
  encodeLogRecord,
  encodeReducedLogRecord,
  forEachLogRecord,
  type LogRecordInput,
} from '@logflume/otlp';
import type { ScopeTable } from '../scope-table.ts';
import type { LineStream } from './line-writer.ts';

/** Turns a record into the text a console shows, without the last line feed. Never throws. */
export type ToLine = (record: LogRecordInput, group: number) => string;

export interface ConsoleLineOptions {
  readonly style: 'json' | 'pretty';
  readonly color: boolean;
  readonly limits: EncodeLimits;
  readonly scopes: ScopeTable;
}

/** As large as a record may be on its way to a backend. */
const MAX_RECORD_BYTES = 256 * 1024;

/**
 * Makes the function that prints records. A record takes the same way as to a backend, through its bytes, so that both
 * show the same values, cut at the same limits.
 */
export function createConsoleLine({ style, color, limits, scopes }: ConsoleLineOptions): ToLine {
  const toLine: ToJsonLine =
    style === 'pretty'
      ? createPrettyLine({ colors: color, scopeOf: scopes.scopeOf })
      : createJsonLine({ scopeOf: scopes.scopeOf });
  let free: Buffer | undefined;
  return (record, group) => {
    // A getter of the record may log, and so come here again: that call takes bytes of its own.
    const bytes = free ?? Buffer.allocUnsafeSlow(MAX_RECORD_BYTES);
    free = undefined;
    let end = encodeLogRecord(bytes, 0, record, limits);
    if (end === DOES_NOT_FIT) end = encodeReducedLogRecord(bytes, 0, record, bytes.length);
    let line = '';
    forEachLogRecord(bytes.subarray(0, end), (from, to) => {
      line = toLine(decodeLogRecord(bytes, from, to), group);
    });
    free = bytes;
    return line;
  };
}

/** The process's stdout. */
export function createStdoutStream(): LineStream {
  return { ...createStdio('stdout'), isIdle: () => process.stdout.writableLength === 0 };
}
