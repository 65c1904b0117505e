import { Buffer } from 'node:buffer';
import { decodeAnyValue } from '../src/decode-any-value.ts';
import { encodeAnyValue } from '../src/encode-any-value.ts';
import { defaultEncodeLimits, type EncodeLimits } from '../src/limits.ts';
import type { OtlpAnyValue } from '../src/otlp-json.ts';

/** Encodes one value into bytes of exactly its length. */
export function encodeValue(value: unknown, limits?: Partial<EncodeLimits>): Buffer {
  const bytes = Buffer.alloc(1 << 20);
  const end = encodeAnyValue(bytes, 0, value, { ...defaultEncodeLimits, ...limits });
  if (end > bytes.length) throw new Error('the value does not fit into a mebibyte');
  return bytes.subarray(0, end);
}

/** What a value is once it has been on the wire. */
export function decoded(value: unknown, limits?: Partial<EncodeLimits>): OtlpAnyValue {
  return decodeAnyValue(encodeValue(value, limits));
}

/** Levels of arrays and maps around the innermost value. */
export function depthOf(value: OtlpAnyValue): number {
  const inner = value.arrayValue?.values ?? value.kvlistValue?.values.map((entry) => entry.value);
  return inner === undefined ? 0 : 1 + Math.max(0, ...inner.map(depthOf));
}

export function fail(): never {
  throw new Error('trapped');
}

export function revoked<T extends object>(target: T): T {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

export function withoutStack<T extends Error>(error: T): T {
  return Object.defineProperty(error, 'stack', { value: undefined });
}
