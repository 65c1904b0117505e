import { crc32 } from 'node:zlib';

/*
 * A segment is a run of frames and nothing else; each frame says all about itself. Little-endian, layout version 1.
 *
 *   0        4    5     6     7    8         12        16         24         32          48         52          56
 *   +--------+----+-----+-----+----+---------+---------+----------+----------+-----------+----------+-----------+-------
 *   | magic  | v  |flags|sever| 0  | payload | records | first    | created  | batch id  | header   | payload   | payload
 *   | u32    | u8 | u8  | u8  | u8 | bytes   | u32     | sequence | ms       | 16 bytes  | CRC u32  | CRC u32   | bytes…
 *   |        |    |     |     |    | u32     |         | u64      | u64      |           | of 0..47 |           |
 *   +--------+----+-----+-----+----+---------+---------+----------+----------+-----------+----------+-----------+-------
 *
 * flags      bits 0-1: encoding (0 identity, 1 gzip, 2 zstd); bits 2-4: content type of the body, see BODY_TYPES; the
 *            others are 0.
 * magic      FF 4C 46 53: the byte FF occurs in no UTF-8 text, so no string inside a record can look like a frame.
 * header CRC apart from that of the payload: a flipped bit in the payload costs one frame, one in the header the way to
 *            the next frame, which is found again by its magic and its own header CRC.
 * sequence   records this writer had put on disk before. Where it jumps, the records between are lost, and counted.
 *
 * A version we do not know keeps bytes 0..11 and the place of the header CRC, or its frames count as damage.
 */

/** What the body of a frame is encoded with: the `Content-Encoding` it is sent with. */
export type FrameEncoding = 'identity' | 'gzip' | 'zstd';

/** What the engine says about a sealed batch. */
export interface FrameMeta {
  /** 32 lower-case hex digits. */
  readonly batchId: string;
  /** ≥ 1. */
  readonly records: number;
  /** Wall clock, when the batch was sealed. */
  readonly createdMs: number;
  /** Lowest severity number in it, 0 … 255. */
  readonly minSeverity: number;
  readonly encoding: FrameEncoding;
  /**
   * The `Content-Type` of the body: a process that speaks another format must not send it as its own.
   * @defaultValue that of whoever reads it
   */
  readonly contentType?: string | undefined;
}

/** All of a frame but its payload. */
export interface FrameHeader extends FrameMeta {
  /** Records the same writer had stored before this frame. */
  readonly firstSequence: number;
  readonly payloadBytes: number;
  readonly payloadCrc: number;
  /** Also what an acknowledgement refers to. */
  readonly headerCrc: number;
}

/** What stands at an offset of a segment. */
export type ParsedHeader =
  | { readonly kind: 'ok'; readonly header: FrameHeader }
  /** Fewer bytes than a header has. */
  | { readonly kind: 'torn' }
  /** No header, or one with a flipped bit. */
  | { readonly kind: 'badHeader' }
  /** Whole, written by a later version: hop over `frameBytes`. */
  | { readonly kind: 'futureVersion'; readonly version: number; readonly frameBytes: number };

export const HEADER_BYTES = 56;
export const LAYOUT_VERSION = 1;
/** The first four bytes of every frame. */
export const MAGIC: Uint8Array = Uint8Array.of(0xff, 0x4c, 0x46, 0x53);

const MAGIC_U32 = 0x53464cff;
const CRC_AT = 48;
const PAYLOAD_CRC_AT = 52;
const TWO_32 = 2 ** 32;
/** Content types a frame has a number for; any other is left to whoever reads it. Append only, eight at most. */
const BODY_TYPES = [undefined, 'application/x-protobuf', 'application/json', 'application/x-ndjson', 'text/plain'];
const encodings: readonly FrameEncoding[] = ['identity', 'gzip', 'zstd'];

/**
 * The header that goes in front of `payload`. Pure.
 *
 * @throws RangeError if `batchId` is not 32 hex digits or a number does not fit its field: a bug of the caller.
 */
export function encodeFrameHeader(meta: FrameMeta, firstSequence: number, payload: Uint8Array): Uint8Array {
  if (!/^[0-9a-f]{32}$/.test(meta.batchId)) throw new RangeError(`batchId must be 32 hex digits, got ${meta.batchId}`);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(MAGIC_U32, 0);
  header[4] = LAYOUT_VERSION;
  header[5] = encodings.indexOf(meta.encoding) | (Math.max(0, BODY_TYPES.indexOf(meta.contentType)) << 2);
  header.writeUInt8(meta.minSeverity, 6);
  header.writeUInt32LE(payload.length, 8);
  header.writeUInt32LE(meta.records, 12);
  writeUInt64(header, firstSequence, 16);
  writeUInt64(header, Math.max(0, Math.floor(meta.createdMs)), 24);
  header.write(meta.batchId, 32, 'hex');
  header.writeUInt32LE(crc32(header.subarray(0, CRC_AT)), CRC_AT);
  header.writeUInt32LE(crc32(payload), PAYLOAD_CRC_AT);
  return header;
}

/** Reads the header at `at`. Pure; believes nothing whose CRC does not match. */
export function parseFrameHeader(bytes: Uint8Array, at = 0): ParsedHeader {
  if (bytes.length - at < HEADER_BYTES) return { kind: 'torn' };
  const view = Buffer.from(bytes.buffer, bytes.byteOffset + at, HEADER_BYTES);
  if (view.readUInt32LE(0) !== MAGIC_U32) return { kind: 'badHeader' };
  const headerCrc = view.readUInt32LE(CRC_AT);
  if (crc32(view.subarray(0, CRC_AT)) !== headerCrc) return { kind: 'badHeader' };
  const payloadBytes = view.readUInt32LE(8);
  const version = view.readUInt8(4);
  const flags = view.readUInt8(5);
  const encoding = encodings[flags & 3];
  const bodyType = flags >> 2;
  // Flags we do not know are a later version's as well: we could not send such a body.
  if (version !== LAYOUT_VERSION || encoding === undefined || bodyType >= BODY_TYPES.length) {
    return { kind: 'futureVersion', version, frameBytes: HEADER_BYTES + payloadBytes };
  }
  return {
    kind: 'ok',
    header: {
      batchId: view.toString('hex', 32, 48),
      records: view.readUInt32LE(12),
      createdMs: readUInt64(view, 24),
      minSeverity: view.readUInt8(6),
      encoding,
      contentType: BODY_TYPES[bodyType],
      firstSequence: readUInt64(view, 16),
      payloadBytes,
      payloadCrc: view.readUInt32LE(PAYLOAD_CRC_AT),
      headerCrc,
    },
  };
}

/** Whether the payload is the one the header was written for. */
export function isPayloadIntact(header: FrameHeader, payload: Uint8Array): boolean {
  return payload.length === header.payloadBytes && crc32(payload) === header.payloadCrc;
}

function writeUInt64(into: Buffer, value: number, at: number): void {
  into.writeUInt32LE(value % TWO_32, at);
  into.writeUInt32LE(Math.floor(value / TWO_32), at + 4);
}

function readUInt64(from: Buffer, at: number): number {
  return from.readUInt32LE(at) + from.readUInt32LE(at + 4) * TWO_32;
}
