import type { OutgoingHttpHeaders } from 'node:http';
import { decodeLogsRequest, OtlpDecodeError, parseOtlpJsonRequest } from '@logflume/otlp';
import type { Counters } from '../counters.ts';
import { defaults } from '../defaults.ts';
import { type OtlpContentType, parseContentType } from './content-type.ts';
import { supportedEncodings } from './decompress.ts';
import type { Exchange } from './exchange.ts';
import { countRecords, type Delivered } from './record-intake.ts';
import { readRequestBody } from './request-body.ts';

export type ReadDelivery =
  | { readonly kind: 'delivered'; readonly contentType: OtlpContentType; readonly delivered: Delivered }
  | {
      readonly kind: 'refused';
      readonly contentType: OtlpContentType;
      readonly status: 400 | 413 | 415;
      readonly message: string;
      readonly headers: OutgoingHttpHeaders;
    }
  | { readonly kind: 'aborted' };

/** Reads, decompresses and decodes one OTLP request, and counts its bytes. */
export async function readDelivery(
  { request, requestNumber }: Exchange,
  maxBodyBytes: number,
  counters: Counters,
): Promise<ReadDelivery> {
  const given = request.headers['content-type'];
  const contentType = parseContentType(given);
  if (contentType === undefined) {
    const message = `content-type must be application/x-protobuf or application/json, got ${JSON.stringify(given ?? '')}`;
    // An answer in the type of such a request is not possible; JSON is the one people can read.
    return { kind: 'refused', contentType: 'application/json', status: 415, message, headers: {} };
  }
  const body = await readRequestBody(request, maxBodyBytes);
  counters.bytesRead({ wire: body.wireBytes, decompressed: body.kind === 'complete' ? body.bytes.length : 0 });
  switch (body.kind) {
    case 'aborted':
      return { kind: 'aborted' };
    case 'tooLarge':
      return { kind: 'refused', contentType, status: 413, message: body.message, headers: {} };
    case 'unknownEncoding': {
      const headers = { 'accept-encoding': supportedEncodings.join(', ') };
      return { kind: 'refused', contentType, status: 415, message: body.message, headers };
    }
    case 'corrupt':
      return { kind: 'refused', contentType, status: 400, message: body.message, headers: {} };
    case 'complete':
      break;
    default:
      return body satisfies never;
  }
  try {
    const decode = contentType === 'application/json' ? parseOtlpJsonRequest : decodeLogsRequest;
    const logs = decode(body.bytes, { maxFields: defaults.maxRequestFields });
    const recordCount = countRecords(logs);
    const idempotencyKey = request.headers['idempotency-key']?.toString();
    const delivered = { logs, recordCount, bodyBytes: body.bytes.length, requestNumber, idempotencyKey };
    return { kind: 'delivered', contentType, delivered };
  } catch (error) {
    if (!(error instanceof OtlpDecodeError)) throw error;
    if (error.kind === 'tooManyFields') {
      const message = `body must not have more than ${defaults.maxRequestFields} fields, whatever its size`;
      return { kind: 'refused', contentType, status: 413, message, headers: {} };
    }
    const message = `body is not an ExportLogsServiceRequest: ${error.message}`;
    return { kind: 'refused', contentType, status: 400, message, headers: {} };
  }
}
