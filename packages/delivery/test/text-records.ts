import { Buffer } from 'node:buffer';
import type { Format, RecordCodec, RecordRun } from '../src/index.ts';

/** How ids of halves are made: a receiver that splits must arrive at the same ones. */
export { deriveBatchId } from '../src/queue/batch.ts';

/** The simplest record there is: a text, and what its encoding does on the way. */
export interface TextRecord {
  readonly text: string;
  readonly onEncode?: () => void;
}

const PREFIX_BYTES = 4;

/** Four bytes of length, then the text in UTF-8: a text of n ASCII letters takes n + 4 bytes. */
export const textCodec: RecordCodec<TextRecord> = {
  encode(bytes, at, { text, onEncode }) {
    onEncode?.();
    const end = at + PREFIX_BYTES + Buffer.byteLength(text);
    if (end > bytes.length) return -1;
    bytes.writeUInt32LE(end - at - PREFIX_BYTES, at);
    bytes.write(text, at + PREFIX_BYTES);
    return end;
  },
  encodeReduced(bytes, at, { text }, maxBytes) {
    const marker = '...cut';
    const kept =
      Buffer.from(text)
        .toString('latin1')
        .slice(0, maxBytes - PREFIX_BYTES - marker.length) + marker;
    return this.encode(bytes, at, { text: kept });
  },
  endOf: (bytes, at) => at + PREFIX_BYTES + asBuffer(bytes).readUInt32LE(at),
};

/** Frames runs by concatenation; a reply of any other type than ours is foreign. */
export const textFormat: Format = {
  name: 'text',
  contentType: 'application/x-texts',
  frame: (runs) => Buffer.concat(runs.map(({ bytes }) => bytes)),
  judge(contentType, body) {
    const understood = body.length === 0 || contentType === 'application/x-texts';
    const [rejected = '', message = ''] = understood ? Buffer.from(body).toString().split('|') : [];
    return { understood, rejectedRecords: Number(rejected), message };
  },
  lines: (runs) => runs.flatMap((run) => textFormat.linesOfBody(run.bytes)),
  linesOfBody: (body) => textsOf(body).map((text) => JSON.stringify({ text })),
  splitBody(body) {
    const records = textsOf(body).length;
    if (records < 2) return undefined;
    const first = records >> 1;
    let at = 0;
    for (let i = 0; i < first; i++) at = textCodec.endOf(body, at);
    return [
      { body: body.subarray(0, at), records: first },
      { body: body.subarray(at), records: records - first },
    ];
  },
};

/** `textFormat`, which can cut a text to eight characters. */
export const cuttingFormat: Format = {
  ...textFormat,
  shortenBody(body) {
    const [text = ''] = textsOf(body);
    if (text.length <= 8) return undefined;
    const bytes = Buffer.alloc(PREFIX_BYTES + 11);
    return bytes.subarray(0, textCodec.encode(bytes, 0, { text: `${text.slice(0, 8)}...` }));
  },
};

/** The texts of a body that `textFormat` framed. */
export function textsOf(body: Uint8Array): string[] {
  const bytes = asBuffer(body);
  const texts: string[] = [];
  for (let at = 0; at < bytes.length; at = textCodec.endOf(bytes, at)) {
    texts.push(bytes.toString('utf8', at + PREFIX_BYTES, textCodec.endOf(bytes, at)));
  }
  return texts;
}

/** All texts of some runs, in order. */
export function textsOfRuns(runs: readonly RecordRun[]): string[] {
  return runs.flatMap(({ bytes }) => textsOf(bytes));
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
