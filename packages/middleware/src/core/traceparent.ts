import type { TraceContext } from 'logflume';
import { randomHex } from './random-hex.ts';

const FORM = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;

/**
 * Reads a W3C `traceparent`. Pure.
 *
 * @returns `undefined` for none and for one that breaks the rules: version `ff`, ids of zeros only, capital letters, a
 *   version `00` with anything behind its flags. Of later versions the first four fields count.
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function parseTraceparent(header: unknown): TraceContext | undefined {
  if (typeof header !== 'string' || header.length < 55 || header.length > 512) return undefined;
  const [, version, traceId, spanId, flags, rest] = FORM.exec(header) ?? [];
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isLocal: false };
}

/**
 * A trace for a request that came without one: it ties records together, and is known to nobody else. No tracer decided
 * about it, so it is not handed on unless that is asked for.
 *
 * Its ids are made when somebody first asks for one, a record inside or a call to another service: the one record of a
 * request that does neither has nothing to be tied to.
 */
export class LocalTrace implements TraceContext {
  readonly traceFlags = 0;
  readonly isLocal = true;
  #traceId: string | undefined;
  #spanId: string | undefined;

  get traceId(): string {
    this.#traceId ??= randomHex(16);
    return this.#traceId;
  }

  get spanId(): string {
    this.#spanId ??= randomHex(8);
    return this.#spanId;
  }

  /** Whether its ids are on anything yet. */
  get isUsed(): boolean {
    return this.#traceId !== undefined;
  }
}

/** Writes the `traceparent` of a trace, version `00`. Pure. */
export function formatTraceparent({ traceId, spanId, traceFlags }: TraceContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, '0')}`;
}
