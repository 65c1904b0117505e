/**
 * Ids of the batches that are being sent now, each in the `idempotency-key` of its request. Process-wide, and shared by
 * all copies of this package in a process: what records outbound requests must know those that carry records, as each
 * would be told of in another. Bounded by the requests under way.
 */
const KEY = Symbol.for('logflume.own-requests');

/** Notes that a request with this id begins. @returns what notes its end. */
export function beginOwnRequest(id: string): () => void {
  const ids = known();
  ids.add(id);
  return () => ids.delete(id);
}

/** Whether a request with this `idempotency-key` is one that carries records. Never throws. */
export function isOwnRequest(idempotencyKey: unknown): boolean {
  return typeof idempotencyKey === 'string' && known().has(idempotencyKey);
}

function known(): Set<string> {
  const shared = globalThis as { [KEY]?: Set<string> };
  shared[KEY] ??= new Set();
  return shared[KEY];
}
