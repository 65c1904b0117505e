import type { DeliveryOptions, SpoolOptions } from '@logflume/delivery';
import type { SeededRandom } from '../seeded-random.ts';
import type { NumberedRecord } from './numbered-records.ts';

/** Small, so that segments roll, fill up and go within a few steps. */
const SPOOL_BYTES = 16 * 1024;
const SEGMENT_BYTES = 2048;

/** How a process is configured, over all its lives. */
export function drawOptions(
  random: SeededRandom,
  urls: readonly string[],
  maxBytes: number,
): Partial<DeliveryOptions<NumberedRecord>> {
  return {
    endpoints: urls.map((url) => ({ url, weight: random.between(1, 3), priority: random.between(0, 1) })),
    balance: random.pick(['least-loaded', 'least-loaded', 'round-robin', 'failover'] as const),
    batch: {
      maxRecords: random.pick([1, 10, 10, 10, 100, 1000]),
      maxBytes: random.pick([1000, 8000, 8000]),
      lingerMs: random.pick([0, 50, 200, 5000]),
    },
    queue: { maxBytes },
    retry: { maxAgeMs: random.pick([60_000, 900_000, 1e9]), maxServerErrorRetries: random.between(0, 3) },
    timeoutMs: random.pick([1000, 10_000]),
    ...(random.chance(0.3) ? { headers: flakyHeaders(random) } : {}),
  };
}

export function drawSpool(random: SeededRandom): SpoolOptions {
  return {
    dir: '/spool',
    mode: random.pick(['wal', 'wal', 'spill'] as const),
    maxBytes: random.pick([1, 1, 4]) * SPOOL_BYTES,
    segmentBytes: SEGMENT_BYTES,
    fsync: random.pick(['off', 'off', 'interval', 'each'] as const),
    maxAgeMs: random.pick([600_000, 1e9]),
  };
}

function flakyHeaders(random: SeededRandom): () => Promise<Record<string, string>> {
  return () => {
    const dice = random.next();
    if (dice < 0.1) return Promise.reject(new Error('no token'));
    return dice < 0.2 ? new Promise(() => undefined) : Promise.resolve({ authorization: 'Bearer x' });
  };
}
