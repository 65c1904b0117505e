import { OtlpDecodeError } from './otlp-decode-error.ts';
import { ProtobufReader } from './protobuf-reader.ts';

// A run is how records wait and travel: field 2 of ScopeLogs, again and again, nothing between.
//
//   12 <length> <LogRecord>  12 <length> <LogRecord>  12 <length> <LogRecord>
//   ^ at                     ^ endOfRecord(run, at)
//               ^ start      ^ end, as `visit` gets them

const logRecordTag = 0x12;

/**
 * Finds where the log record field that starts at `at` ends, which is where the next one starts.
 *
 * @param at - offset of the tag byte `12`.
 * @returns an offset in `at` + 2 … `run.length`.
 * @throws OtlpDecodeError if no log record field starts there or the run ends before it does.
 */
export function endOfRecord(run: Uint8Array, at: number): number {
  const reader = new ProtobufReader(run, at, run.length);
  enterLogRecord(reader);
  return reader.end;
}

/**
 * Calls `visit` with the bounds of each record's content, in order, without decoding any: `decodeLogRecord(run, start,
 * end)` does that.
 *
 * Strict on purpose: a run is of our own making, so a foreign byte in it is damage and not an extension.
 *
 * @throws OtlpDecodeError at the first byte that is not part of the run; the records before it have been visited.
 */
export function forEachLogRecord(run: Uint8Array, visit: (start: number, end: number) => void): void {
  const reader = new ProtobufReader(run, 0, run.length);
  while (reader.at < reader.end) {
    const runEnd = enterLogRecord(reader);
    visit(reader.at, reader.end);
    reader.leave(runEnd);
  }
}

function enterLogRecord(reader: ProtobufReader): number {
  const offset = reader.at;
  const tag = reader.tag();
  if (tag !== logRecordTag) {
    throw new OtlpDecodeError(`a log record (tag 12) expected at offset ${offset}, got tag ${tag.toString(16)}`, {
      offset,
    });
  }
  return reader.enter();
}
