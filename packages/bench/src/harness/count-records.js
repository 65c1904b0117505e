// @ts-check
/**
 * How many records came, and how many different ones, by their number. It is found by the bytes around it, as decoding
 * whole requests of every protocol would take longer than sending them: nothing else in the records reads like this.
 */
import { createRequire } from 'node:module';
import zlib from 'node:zlib';

/** OTLP JSON has it as a KeyValue; Loki has lines of JSON, whose quotes are escaped if they stand in JSON again. */
const TEXT_NUMBER = /"userId","value":\{"(?:int|double)Value":"?(\d+)|\\?"userId\\?":(\d+)/g;
/** `key: "userId"`, and the tag of `value`, of a KeyValue in protobuf. */
const PROTOBUF_KEY = Buffer.from('\x0a\x06userId\x12', 'latin1');
const INT_VALUE = 0x18;
const DOUBLE_VALUE = 0x21;

/**
 * @param {readonly { body: Buffer, encoding: string | undefined, type: string }[]} requests
 * @returns {{ records: number, unique: number }}
 */
export function countRecords(requests) {
  let records = 0;
  const numbers = new Set();
  /** @param {number} number */
  const count = (number) => {
    records++;
    numbers.add(number);
  };
  for (const { body, encoding, type } of requests) {
    const plain = decompress(body, encoding);
    if (type.includes('json')) countInText(plain.toString(), count);
    else if (plain.includes(PROTOBUF_KEY)) countInProtobuf(plain, count);
    else countInText(unsnap(plain).toString('latin1'), count);
  }
  return { records, unique: numbers.size };
}

/**
 * @param {string} text
 * @param {(number: number) => void} count
 */
export function countInText(text, count) {
  for (const [, otlp, line] of text.matchAll(TEXT_NUMBER)) count(Number(otlp ?? line));
}

/**
 * @param {Buffer} bytes
 * @param {(number: number) => void} count
 */
function countInProtobuf(bytes, count) {
  for (let at = bytes.indexOf(PROTOBUF_KEY); at >= 0; at = bytes.indexOf(PROTOBUF_KEY, at + 1)) {
    const value = at + PROTOBUF_KEY.length + 1; // Behind the length, which is one byte.
    if (bytes[value] === INT_VALUE) count(readVarint(bytes, value + 1));
    else if (bytes[value] === DOUBLE_VALUE) count(bytes.readDoubleLE(value + 1));
  }
}

/**
 * @param {Buffer} bytes
 * @param {number} at
 */
function readVarint(bytes, at) {
  let number = 0;
  for (let shift = 1; ; shift *= 128, at++) {
    const byte = /** @type {number} */ (bytes[at]);
    number += (byte & 127) * shift;
    if (byte < 128) return number;
  }
}

/**
 * @param {Buffer} body
 * @param {string | undefined} encoding
 */
function decompress(body, encoding) {
  if (encoding === 'gzip') return zlib.gunzipSync(body);
  if (encoding === 'zstd') return Reflect.get(zlib, 'zstdDecompressSync')(body);
  return body;
}

/**
 * Loki's protobuf comes in snappy.
 *
 * @param {Buffer} body
 * @returns {Buffer}
 */
function unsnap(body) {
  if (body.length === 0) return body;
  return createRequire(import.meta.url)('snappy').uncompressSync(body, { asBuffer: true });
}
