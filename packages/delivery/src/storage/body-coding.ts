import zlib from 'node:zlib';
import type { Compression, Format, RecordRun } from '../format.ts';
import type { ChunkPool } from '../queue/chunk-pool.ts';
import type { SealedBody } from '../send/job.ts';
import type { FrameEncoding } from '../spool/segment-format.ts';

/** How records become a body, and back. */
export interface BodyCoding {
  readonly format: Format;
  readonly compression: Compression | undefined;
  readonly pool: ChunkPool;
}

/** More than any body of ours has; what claims more is damage. */
const MAX_PLAIN_BYTES = 64 * 1024 * 1024;

/** Frames and compresses a batch once, before its first attempt; every later one sends the same bytes. */
export async function sealBody(
  runs: readonly RecordRun[],
  { format, compression, pool }: BodyCoding,
): Promise<SealedBody> {
  const bytes = format.frame(runs, (length) => pool.take(length));
  if (compression === undefined) return { bytes, encoding: '' };
  try {
    const compressed = await compression.compress(bytes);
    // A coding may answer with what it was given.
    if (compressed.buffer !== bytes.buffer) pool.giveBack(bytes);
    return { bytes: compressed, encoding: compression.name };
  } catch {
    return { bytes, encoding: '' }; // No memory for the compressor: the batch travels as it is.
  }
}

/** Compresses a body where nothing can be waited for: in the exit handler, or inside a log call. */
export function compressSync(body: SealedBody, compression: Compression | undefined): SealedBody {
  if (compression === undefined) return body;
  try {
    return { ...body, bytes: compression.compressSync(body.bytes), encoding: compression.name };
  } catch {
    return body; // As above.
  }
}

/** @returns the body as `Format.frame` made it, `undefined` for one that cannot be read. Never throws. */
export function plainBody({ bytes, encoding }: SealedBody): Uint8Array | undefined {
  try {
    if (encoding === '') return bytes;
    if (encoding === 'gzip') return zlib.gunzipSync(bytes, { maxOutputLength: MAX_PLAIN_BYTES });
    if (encoding !== 'zstd') return undefined;
    // Node 22.15 and later, as the zstd that wrote it.
    const unpack: unknown = Reflect.get(zlib, 'zstdDecompressSync');
    const plain: unknown =
      typeof unpack === 'function' ? unpack(bytes, { maxOutputLength: MAX_PLAIN_BYTES }) : undefined;
    return plain instanceof Uint8Array ? plain : undefined;
  } catch {
    return undefined;
  }
}

/** @returns `undefined` for a coding a frame has no name for: such a body stays in memory. */
export function toFrameEncoding(encoding: string): FrameEncoding | undefined {
  if (encoding === '') return 'identity';
  return encoding === 'gzip' || encoding === 'zstd' ? encoding : undefined;
}

export function fromFrameEncoding(encoding: FrameEncoding): string {
  return encoding === 'identity' ? '' : encoding;
}
