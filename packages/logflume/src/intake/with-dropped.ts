import type { EncodedAttributes } from '@logflume/otlp';

const NONE_BOUND: EncodedAttributes = { bytes: Buffer.alloc(0), keys: new Map(), ends: [], dropped: 0 };

const MAX_UINT32 = 2 ** 32 - 1;

/**
 * What was left out of the bound attributes is counted with the record: so is what was left out elsewhere.
 *
 * @param count - attributes left out, `undefined` for none.
 */
export function withDropped(
  bound: EncodedAttributes | undefined,
  count: number | undefined,
): EncodedAttributes | undefined {
  if (count === undefined || !(count >= 1)) return bound;
  const known = bound ?? NONE_BOUND;
  return { ...known, dropped: Math.min(known.dropped + Math.floor(count), MAX_UINT32) };
}
