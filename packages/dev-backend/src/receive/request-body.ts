import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { decompress, supportedEncodings } from './decompress.ts';

export type RequestBody =
  | { readonly kind: 'complete'; readonly bytes: Uint8Array; readonly wireBytes: number }
  /** Above the limit, before or after decompression. */
  | { readonly kind: 'tooLarge'; readonly message: string; readonly wireBytes: number }
  | { readonly kind: 'unknownEncoding'; readonly message: string; readonly wireBytes: number }
  | { readonly kind: 'corrupt'; readonly message: string; readonly wireBytes: number }
  /** The client left before the body was complete. */
  | { readonly kind: 'aborted'; readonly wireBytes: number };

/**
 * Reads a request body and undoes its content encoding, in memory bounded by twice `maxBytes`.
 *
 * What comes after the limit is read and thrown away by node:http, so a client that sends first and listens later still
 * gets its answer instead of a broken pipe; the request timeout of the server ends that.
 */
export async function readRequestBody(request: IncomingMessage, maxBytes: number): Promise<RequestBody> {
  const encoding = request.headers['content-encoding']?.trim().toLowerCase() || 'identity';
  if (!supportedEncodings.includes(encoding)) {
    const message = `content-encoding must be one of ${supportedEncodings.join(', ')}, got "${encoding}"`;
    return { kind: 'unknownEncoding', message, wireBytes: 0 };
  }
  const wire = await readWireBytes(request, maxBytes);
  if (wire.kind !== 'complete') return wire;
  const { wireBytes } = wire;
  const decompressed = await decompress(wire.bytes, encoding, maxBytes);
  switch (decompressed.kind) {
    case 'decompressed':
      return { kind: 'complete', bytes: decompressed.bytes, wireBytes };
    case 'tooLarge':
      return { kind: 'tooLarge', message: `body is above ${maxBytes} bytes when decompressed`, wireBytes };
    case 'corrupt':
      return { kind: 'corrupt', message: `body is not ${encoding}: ${decompressed.message}`, wireBytes };
    default:
      return decompressed satisfies never;
  }
}

function readWireBytes(request: IncomingMessage, maxBytes: number): Promise<RequestBody> {
  const announcedBytes = Number(request.headers['content-length'] ?? 0);
  if (announcedBytes > maxBytes) {
    const message = `body must not be above ${maxBytes} bytes, got ${announcedBytes}`;
    return Promise.resolve({ kind: 'tooLarge', message, wireBytes: 0 });
  }
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let wireBytes = 0;
    const settle = (body: RequestBody): void => {
      request.off('data', onData).off('end', onEnd).off('close', onGone);
      resolve(body);
    };
    const onData = (chunk: Uint8Array): void => {
      wireBytes += chunk.length;
      if (wireBytes > maxBytes) settle({ kind: 'tooLarge', message: `body is above ${maxBytes} bytes`, wireBytes });
      else chunks.push(chunk);
    };
    const onEnd = (): void => settle({ kind: 'complete', bytes: Buffer.concat(chunks, wireBytes), wireBytes });
    const onGone = (): void => settle({ kind: 'aborted', wireBytes });
    // An IncomingMessage reports a client that left as a close alone unless somebody listens for its errors.
    request.on('data', onData).on('end', onEnd).on('close', onGone);
  });
}
