import { otlpEncodingOf } from './content-type.ts';
import { parseJsonObject, readEnumNumber, readString } from './json-fields.ts';
import { ProtobufReader } from './protobuf-reader.ts';
import { undefinedIfMalformed } from './response.ts';
import { toJsonBytes, writeMessage } from './small-message.ts';

/** `google.rpc.Status` without its details: the body of an OTLP error reply. */
export interface RpcStatus {
  /** A gRPC status code, 0 if the server gave none. It decides nothing: the HTTP status does. */
  code: number;
  /** The server's own words, for people; `''` if it had none. */
  message: string;
}

/**
 * Parses the body of a reply outside 2xx by its own content type, to have the server's words for a log or a dead letter.
 *
 * @returns `undefined` if the body is empty, of another type, or is no status: then the HTTP status is all there is.
 * @see https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto
 */
export function parseRpcStatus(contentType: string | undefined, body: Uint8Array): RpcStatus | undefined {
  const encoding = otlpEncodingOf(contentType);
  if (encoding === undefined || body.length === 0) return undefined;
  return undefinedIfMalformed(() => (encoding === 'json' ? readJsonStatus(body) : readProtobufStatus(body)));
}

/**
 * Encodes the body of an error reply, in JSON if `contentType` says so and else in protobuf.
 *
 * @throws RangeError if `code` is no integer.
 */
export function encodeRpcStatus(status: RpcStatus, contentType: string): Uint8Array {
  const { code, message } = status;
  const integer = BigInt(code);
  if (otlpEncodingOf(contentType) === 'json') return toJsonBytes({ code, message });
  return writeMessage([
    [1, integer],
    [2, message],
  ]);
}

function readJsonStatus(body: Uint8Array): RpcStatus | undefined {
  const object = parseJsonObject(body);
  if (object['code'] === undefined && object['message'] === undefined) return undefined;
  return { code: readEnumNumber(object['code'], 'code'), message: readString(object['message'], 'message') };
}

function readProtobufStatus(body: Uint8Array): RpcStatus {
  const reader = new ProtobufReader(body, 0, body.length);
  const status: RpcStatus = { code: 0, message: '' };
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === 0x08) {
      reader.varint();
      status.code = reader.low | 0;
    } else if (tag === 0x12) status.message = reader.string();
    else reader.skip(tag);
  }
  return status;
}
