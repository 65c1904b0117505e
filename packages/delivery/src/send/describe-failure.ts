import type { TransportResult } from './transport.ts';

/** Node's codes of a header it does not send. */
const REFUSED_HEADER = /^ERR_(INVALID_CHAR|INVALID_HTTP_TOKEN|HTTP_INVALID_HEADER_VALUE)$/;

/** What OpenSSL says when the answer to its greeting is not TLS; before Node 22 in the text of an EPROTO. */
const NOT_TLS = /wrong[ _]version[ _]number|packet[ _]length[ _]too[ _]long|unknown[ _]protocol/i;

/** What Node says of a failed system call names hosts and ports, nothing secret; any other text may quote a header. */
export function describeFailure(error: unknown): TransportResult {
  const cause: unknown = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = codeOf(cause) ?? codeOf(error);
  if (code === undefined) {
    return failure('ERR_LOGFLUME_REQUEST', error instanceof Error ? error.name : 'request failed');
  }
  if (REFUSED_HEADER.test(code)) {
    return failure('ERR_LOGFLUME_HEADERS', 'a header has a name or value that HTTP does not allow');
  }
  const text = cause instanceof Error ? cause.message : '';
  if (NOT_TLS.test(code) || (code === 'EPROTO' && NOT_TLS.test(text))) {
    return failure('ERR_LOGFLUME_NOT_TLS', 'the server speaks no TLS on this port');
  }
  if (code.startsWith('HPE_') && isTlsAlert(cause))
    return failure('ERR_LOGFLUME_TLS', 'the server speaks TLS on this port');
  if (code.startsWith('HPE_') && isHttp2Greeting(cause)) {
    return failure(code, 'the server speaks HTTP/2, as gRPC does; OTLP/HTTP listens on 4318');
  }
  // What OpenSSL says is no sentence, and may be several lines.
  const isPlain =
    cause instanceof Error && code !== 'EPROTO' && ('syscall' in cause || code.startsWith('ERR_LOGFLUME_'));
  return failure(code, isPlain ? text : code);
}

export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' && code !== '' ? code : undefined;
}

export function failure(code: string, message: string): TransportResult {
  return { kind: 'failure', code, message };
}

/** Some TLS servers answer plain HTTP with an alert: a record of type 21, version 3. */
function isTlsAlert(error: unknown): boolean {
  const packet = packetOf(error);
  return packet[0] === 0x15 && packet[1] === 0x03;
}

/** A server of HTTP/2 speaks first: a frame of type 4, SETTINGS, with neither flags nor a stream. */
function isHttp2Greeting(error: unknown): boolean {
  const [, , , type, ...flagsAndStream] = packetOf(error).subarray(0, 9);
  return type === 4 && flagsAndStream.length === 5 && flagsAndStream.every((byte) => byte === 0);
}

/** What Node could not read. */
function packetOf(error: unknown): Uint8Array {
  const packet: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'rawPacket') : undefined;
  return packet instanceof Uint8Array ? packet : new Uint8Array(0);
}
