import { Buffer } from 'node:buffer';
import type { Format, RecordCodec } from '@logflume/delivery';

/** A record of the simulator: its number says what every one of its bytes must be. */
export interface NumberedRecord {
  /** Integer in 0 … 2³² − 1. */
  readonly number: number;
  /** Bytes it takes, ≥ 8. */
  readonly bytes: number;
}

/** Length and number. */
const HEAD_BYTES = 8;

const TYPE = 'application/x-numbered';

const fillOf = (number: number): number => (number * 31 + 7) & 0xff;

/** Four bytes of length, four of the number, then what follows from the number. */
export const numberedCodec: RecordCodec<NumberedRecord> = {
  encode(bytes, at, record) {
    const end = at + record.bytes;
    if (end > bytes.length) return -1;
    bytes.writeUInt32LE(record.bytes, at);
    bytes.writeUInt32LE(record.number, at + 4);
    bytes.fill(fillOf(record.number), at + HEAD_BYTES, end);
    return end;
  },
  encodeReduced(bytes, at, record, maxBytes) {
    return this.encode(bytes, at, { ...record, bytes: Math.max(HEAD_BYTES, Math.min(record.bytes, maxBytes)) });
  },
  endOf: (bytes, at) => at + asBuffer(bytes).readUInt32LE(at),
};

/** Frames runs by concatenation. A reply is empty, or says `rejected|message` in our own type. */
export const numberedFormat: Format = {
  name: 'numbered',
  contentType: TYPE,
  frame(runs, allocate = Buffer.allocUnsafe) {
    const body = allocate(runs.reduce((sum, { bytes }) => sum + bytes.length, 0));
    let at = 0;
    for (const { bytes } of runs) {
      body.set(bytes, at);
      at += bytes.length;
    }
    return body;
  },
  judge(contentType, body) {
    if (body.length === 0) return { understood: true, rejectedRecords: 0, message: '' };
    const understood = contentType === TYPE;
    const [rejected = '', message = ''] = understood ? asBuffer(body).toString().split('|') : [];
    return { understood, rejectedRecords: Number(rejected), message };
  },
  lines: (runs) => runs.flatMap(({ bytes }) => numberedFormat.linesOfBody(bytes)),
  linesOfBody: (body) => numbersOf(body).map((number) => `{"number":${number}}`),
  splitBody(body) {
    const records = numbersOf(body).length;
    if (records < 2) return undefined;
    const first = records >> 1;
    let at = 0;
    for (let i = 0; i < first; i++) at = numberedCodec.endOf(body, at);
    return [
      { body: body.subarray(0, at), records: first },
      { body: body.subarray(at), records: records - first },
    ];
  },
};

/**
 * The numbers of the records of a body, in order.
 *
 * @throws Error for a body whose bytes are not what their numbers say: something was changed, cut or mixed up.
 */
export function numbersOf(body: Uint8Array): number[] {
  const bytes = asBuffer(body);
  const numbers: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = at + HEAD_BYTES <= bytes.length ? bytes.readUInt32LE(at) : 0;
    const end = at + length;
    if (length < HEAD_BYTES || end > bytes.length)
      throw new Error(`a body of ${bytes.length} bytes breaks off at ${at}`);
    const number = bytes.readUInt32LE(at + 4);
    if (!isFilled(bytes, at + HEAD_BYTES, end, fillOf(number)))
      throw new Error(`record ${number} has bytes not its own`);
    numbers.push(number);
    at = end;
  }
  return numbers;
}

/** The number a line of the fallback stands for; `undefined` for one that is no record. */
export function numberOfLine(line: string): number | undefined {
  const found = /^\{"number":(\d+)\}$/.exec(line)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** All are the same if the first is right, and each is the same as the one before it. */
function isFilled(bytes: Buffer, start: number, end: number, fill: number): boolean {
  return start === end || (bytes[start] === fill && bytes.compare(bytes, start + 1, end, start, end - 1) === 0);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
