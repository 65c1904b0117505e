import { otlpEncodingOf } from './content-type.ts';
import { toInt64Text } from './int64-text.ts';
import { parseJsonObject, readInt64Text, readObject, readString } from './json-fields.ts';
import { OtlpDecodeError } from './otlp-decode-error.ts';
import type { OtlpLogsResponse } from './otlp-json.ts';
import { ProtobufReader } from './protobuf-reader.ts';
import { toJsonBytes, writeMessage } from './small-message.ts';

/**
 * Parses the body of a 2xx reply by its own content type.
 *
 * An empty body is the empty response whatever its type, none included: Loki answers 204 and VictoriaLogs 200 with
 * nothing in them. Unknown fields and names are ignored. Counts beyond ±2^53 lose their last digits.
 *
 * @returns `undefined` if the body is of another type or cannot be decoded; `isOtlpContentType` tells these apart. A
 *   foreign body is no acknowledgement: a login page answers 200 too.
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 */
export function parseLogsResponse(contentType: string | undefined, body: Uint8Array): OtlpLogsResponse | undefined {
  if (body.length === 0) return { rejectedLogRecords: 0, errorMessage: '' };
  const encoding = otlpEncodingOf(contentType);
  if (encoding === undefined) return undefined;
  return undefinedIfMalformed(() => (encoding === 'json' ? readJsonResponse(body) : readProtobufResponse(body)));
}

/**
 * Encodes the body of a 200 reply, in JSON if `contentType` says so and else in protobuf.
 *
 * A response that neither rejects nor says anything is empty: no bytes in protobuf, `{}` in JSON.
 *
 * @throws RangeError if `rejectedLogRecords` is no integer.
 */
export function encodeLogsResponse(response: OtlpLogsResponse, contentType: string): Uint8Array {
  const { rejectedLogRecords, errorMessage } = response;
  const isEmpty = rejectedLogRecords === 0 && errorMessage === '';
  const rejected = BigInt(rejectedLogRecords);
  if (otlpEncodingOf(contentType) === 'json') {
    return toJsonBytes(isEmpty ? {} : { partialSuccess: { rejectedLogRecords: rejected.toString(), errorMessage } });
  }
  return isEmpty
    ? new Uint8Array()
    : writeMessage([
        [
          1,
          writeMessage([
            [1, rejected],
            [2, errorMessage],
          ]),
        ],
      ]);
}

/** Runs a decoder; what it finds malformed becomes `undefined`, as no caller acts on where a reply is broken. */
export function undefinedIfMalformed<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof OtlpDecodeError) return undefined;
    throw error;
  }
}

function readJsonResponse(body: Uint8Array): OtlpLogsResponse {
  const partialSuccess = readObject(parseJsonObject(body)['partialSuccess'], 'partialSuccess') ?? {};
  const rejected = partialSuccess['rejectedLogRecords'] ?? 0;
  return {
    rejectedLogRecords: Number(readInt64Text(rejected, 'partialSuccess.rejectedLogRecords')),
    errorMessage: readString(partialSuccess['errorMessage'], 'partialSuccess.errorMessage'),
  };
}

function readProtobufResponse(body: Uint8Array): OtlpLogsResponse {
  const reader = new ProtobufReader(body, 0, body.length);
  const response: OtlpLogsResponse = { rejectedLogRecords: 0, errorMessage: '' };
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === 0x0a) readPartialSuccess(reader, response);
    else reader.skip(tag);
  }
  return response;
}

function readPartialSuccess(reader: ProtobufReader, response: OtlpLogsResponse): void {
  const outerEnd = reader.enter();
  while (reader.at < reader.end) {
    const tag = reader.tag();
    if (tag === 0x08) {
      reader.varint();
      response.rejectedLogRecords = Number(toInt64Text(reader.high, reader.low));
    } else if (tag === 0x12) response.errorMessage = reader.string();
    else reader.skip(tag);
  }
  reader.leave(outerEnd);
}
