import zlib from 'node:zlib';

type Decompressor = (
  input: Uint8Array,
  options: { readonly maxOutputLength: number },
  done: (error: (Error & { readonly code?: string }) | null, output: Uint8Array) => void,
) => void;

export type Decompressed =
  | { readonly kind: 'decompressed'; readonly bytes: Uint8Array }
  | { readonly kind: 'tooLarge' }
  | { readonly kind: 'corrupt'; readonly message: string };

/** Only `node:zlib` of Node 22.15, 23.8 and later has zstd, and the types follow the oldest Node supported. */
const zstdDecompress: unknown = Reflect.get(zlib, 'zstdDecompress');

const decompressors: ReadonlyMap<string, Decompressor> = new Map([
  ['gzip', zlib.gunzip],
  // An old name of the same: https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.3
  ['x-gzip', zlib.gunzip],
  ['deflate', zlib.inflate],
  ...(isDecompressor(zstdDecompress) ? [['zstd', zstdDecompress] as const] : []),
]);

/** What `content-encoding` may say, as `accept-encoding` of a 415 lists it. */
export const supportedEncodings: readonly string[] = ['identity', ...decompressors.keys()];

/**
 * Undoes a content encoding in bounded memory: zlib stops at the first output byte above the limit, however small the
 * input of a decompression bomb is.
 *
 * @param encoding - one of `supportedEncodings`.
 */
export async function decompress(bytes: Uint8Array, encoding: string, maxBytes: number): Promise<Decompressed> {
  const decompressor = decompressors.get(encoding);
  if (decompressor === undefined) return { kind: 'decompressed', bytes };
  return new Promise((resolve) => {
    decompressor(bytes, { maxOutputLength: maxBytes }, (error, output) => {
      if (error === null) resolve({ kind: 'decompressed', bytes: output });
      else if (error.code === 'ERR_BUFFER_TOO_LARGE') resolve({ kind: 'tooLarge' });
      else resolve({ kind: 'corrupt', message: error.message });
    });
  });
}

function isDecompressor(value: unknown): value is Decompressor {
  return typeof value === 'function';
}
