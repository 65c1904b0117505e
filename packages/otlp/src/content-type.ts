/** Says whether a content type, parameters and case aside, is one of the two OTLP bodies may have. */
export function isOtlpContentType(contentType: string | undefined): boolean {
  return otlpEncodingOf(contentType) !== undefined;
}

/** Which of the two OTLP encodings a content type names; `undefined` if neither or none. */
export function otlpEncodingOf(contentType: string | undefined): 'protobuf' | 'json' | undefined {
  const mediaType = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (mediaType === 'application/x-protobuf') return 'protobuf';
  return mediaType === 'application/json' ? 'json' : undefined;
}
