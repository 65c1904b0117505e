/** The two encodings of OTLP/HTTP, as `content-type` names them. */
export type OtlpContentType = 'application/x-protobuf' | 'application/json';

/** @returns the media type without parameters, `undefined` when it is neither of the two. */
export function parseContentType(header: string | undefined): OtlpContentType | undefined {
  const mediaType = header?.split(';', 1)[0]?.trim().toLowerCase();
  return mediaType === 'application/x-protobuf' || mediaType === 'application/json' ? mediaType : undefined;
}

/** `google.rpc.Code` for an HTTP status. @see https://cloud.google.com/apis/design/errors#handling_errors */
export function toRpcCode(status: number): number {
  switch (status) {
    case 401:
      return 16;
    case 403:
      return 7;
    case 404:
      return 5;
    case 405:
    case 501:
      return 12;
    case 413:
    case 429:
      return 8;
    case 500:
      return 13;
    case 502:
    case 503:
      return 14;
    case 408:
    case 504:
      return 4;
    default:
      return status >= 400 && status < 500 ? 3 : 2;
  }
}
