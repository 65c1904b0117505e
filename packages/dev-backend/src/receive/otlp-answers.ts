import type { OutgoingHttpHeaders } from 'node:http';
import { encodeLogsResponse, encodeRpcStatus } from '@logflume/otlp';
import { type OtlpContentType, toRpcCode } from './content-type.ts';
import type { Exchange } from './exchange.ts';

/** Answers an `ExportLogsServiceResponse`: 0 rejected and no message is plain success. */
export function answerAccepted(
  exchange: Exchange,
  contentType: OtlpContentType,
  rejectedLogRecords = 0,
  errorMessage = '',
): void {
  const body = encodeLogsResponse({ rejectedLogRecords, errorMessage }, contentType);
  exchange.answer(200, { 'content-type': contentType }, body);
}

/** Answers a `google.rpc.Status`, in the type of the request as OTLP asks. */
export function answerError(
  exchange: Exchange,
  error: { readonly status: number; readonly message: string; readonly headers?: OutgoingHttpHeaders },
  contentType: OtlpContentType,
): void {
  const body = encodeRpcStatus({ code: toRpcCode(error.status), message: error.message }, contentType);
  exchange.answer(error.status, { ...error.headers, 'content-type': contentType }, body);
}
