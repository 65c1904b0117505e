import { createHash } from 'node:crypto';

/** Idempotency keys of requests that were accepted in full: the last `maxKeys` of them, oldest forgotten first. */
export interface AcceptedKeys {
  has(key: string): boolean;
  add(key: string): void;
}

/** Longer keys are kept as a hash, so that the memory of one key is bounded: a judgement, a UUID has 36. */
const maxKeptKeyLength = 64;

export function createAcceptedKeys(maxKeys: number): AcceptedKeys {
  // A Set iterates in the order of insertion, so its first key is the oldest.
  const keys = new Set<string>();
  return {
    has: (key) => keys.has(toKeptKey(key)),
    add(key) {
      const kept = toKeptKey(key);
      keys.delete(kept);
      keys.add(kept);
      if (keys.size <= maxKeys) return;
      for (const oldest of keys) {
        keys.delete(oldest);
        break;
      }
    },
  };
}

function toKeptKey(key: string): string {
  return key.length < maxKeptKeyLength ? key : createHash('sha256').update(key).digest('hex');
}
