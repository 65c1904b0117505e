import type { OtlpLogsRequest } from './otlp-json.ts';

/**
 * Writes a request as OTLP/JSON: the body of an `application/json` request. No line feed, no space between tokens.
 *
 * The model already is the mapping; JSON alone would only take the sign of a double −0.
 *
 * @throws RangeError if the text passes the longest string the engine can hold (about 512 MiB).
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function toOtlpJsonText(request: OtlpLogsRequest): string {
  const text = JSON.stringify(request);
  // Inside a string this token would have its quotes escaped, so it only ever is a double that is 0 or −0: rare,
  // because integral numbers travel as intValue. Only then is the slow way taken, which looks at every value.
  if (!text.includes('"doubleValue":0}')) return text;
  return JSON.stringify(request, markNegativeZero).replaceAll('"doubleValue":"-0"', '"doubleValue":-0');
}

/**
 * Writes a request as one line of an OTLP JSON lines file, without the line feed that ends it.
 *
 * Line feeds inside strings are escaped, so the answer never spans lines.
 *
 * @see https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/
 */
export function toOtlpJsonLine(request: OtlpLogsRequest): string {
  return toOtlpJsonText(request);
}

function markNegativeZero(key: string, value: unknown): unknown {
  return key === 'doubleValue' && Object.is(value, -0) ? '-0' : value;
}
