export { isOtlpContentType } from './content-type.ts';
export { decodeAnyValue, maxDecodedDepth } from './decode-any-value.ts';
export type { DecodeLimits } from './decode-limits.ts';
export { decodeLogRecord } from './decode-log-record.ts';
export { decodeLogsRequest } from './decode-request.ts';
export type { ErrorDescription } from './describe-error.ts';
export { describeError, isError } from './describe-error.ts';
export type { EncodedAttributes, ReadMembers } from './encode-attributes.ts';
export { encodeAttributes, mergeAttributes, readMembers } from './encode-attributes.ts';
export { encodeLogRecord } from './encode-log-record.ts';
export { toldException } from './encode-record-attributes.ts';
export { encodeReducedLogRecord } from './encode-reduced.ts';
export { encodeResource, encodeScope } from './encode-resource.ts';
export type { ScopeBlock } from './frame-request.ts';
export { frameLogsRequest } from './frame-request.ts';
export { describeHttpParts } from './http-parts.ts';
export type { EncodeLimits } from './limits.ts';
export { defaultEncodeLimits } from './limits.ts';
export type { LogRecordInput } from './log-record-input.ts';
export { endOfRecord, forEachLogRecord } from './log-record-run.ts';
export { OtlpDecodeError } from './otlp-decode-error.ts';
export type {
  OtlpAnyValue,
  OtlpKeyValue,
  OtlpLogRecord,
  OtlpLogsRequest,
  OtlpLogsResponse,
  OtlpResource,
  OtlpResourceLogs,
  OtlpScope,
  OtlpScopeLogs,
} from './otlp-json.ts';
export { toOtlpJsonLine, toOtlpJsonText } from './otlp-json-text.ts';
export { parseOtlpJsonRequest } from './parse-otlp-json.ts';
export type { PlainValue } from './plain-value.ts';
export { toPlainValue } from './plain-value.ts';
export { encodeLogsResponse, parseLogsResponse } from './response.ts';
export type { RpcStatus } from './rpc-status.ts';
export { encodeRpcStatus, parseRpcStatus } from './rpc-status.ts';
export { toSafeErrorText } from './safe-error-text.ts';
export { toSafeUrl } from './safe-url.ts';
export type { Scrub } from './scrub.ts';
export { shortenDecodedRequest, shortenLogsRequest } from './shorten-request.ts';
export { countLogRecords, splitLogsRequest } from './split-request.ts';
export { DOES_NOT_FIT } from './wire.ts';
export { mayTellHttp, safeText, withoutHttpParts } from './without-http-parts.ts';
