import type { EncodedAttributes } from './encode-attributes.ts';

/**
 * One record on its way into bytes. Every field is always present, in this order, so that all records share one shape.
 * The encoder reads it once and keeps nothing of it.
 */
export interface LogRecordInput {
  /**
   * Time of the event: integer milliseconds since the epoch. 0, and what lies outside the years 1970 … 2554 that OTLP can
   * say, is "unknown" and left out.
   */
  readonly timeMs: number;
  /** Nanoseconds within that millisecond, 0 … 999999. */
  readonly timeNanos: number;
  /** When it was seen; the same as the time unless the record comes from somewhere else. */
  readonly observedTimeMs: number;
  readonly observedTimeNanos: number;
  /** 1 … 24; 0 and any other number is unspecified and left out. */
  readonly severityNumber: number;
  /** `''` is left out. */
  readonly severityText: string;
  /** Any value; `undefined` is left out. */
  readonly body: unknown;
  /** Attributes of this record alone; they win over `bound`. */
  readonly attributes: object | undefined;
  /** What was thrown, written as `exception.*`; attributes of the same names win, one that holds it is left out. */
  readonly exception: unknown;
  /** Attributes encoded before, of the logger and its context. */
  readonly bound: EncodedAttributes | undefined;
  /** `''`, or what makes the record an event. */
  readonly eventName: string;
  /** 32 hex digits, or `''`. */
  readonly traceId: string;
  /** 16 hex digits, or `''`; left out without a trace id. */
  readonly spanId: string;
  /** W3C trace flags, 0 … 255; higher bits are left out. */
  readonly traceFlags: number;
}
