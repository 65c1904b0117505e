import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Tells log calls made by what carries our own requests (a patched `http` module, an interceptor of an injected axios)
 * from all others: each would be sent by another request, that logs again, without end.
 *
 * Following asynchronous calls makes every `await` of the application about three times as dear on Node 20 (0.3 to 0.9 µs
 * on a busy machine), so it is switched on for the first request and for one in thirty seconds alone, and for all of them
 * once such a call was seen. Process-wide, as the modules that may be patched are: two loggers may cause each other's.
 */
const traffic = new AsyncLocalStorage<FollowedRequest>();

/** What a request has started may run for as long as the process: it is followed no longer than the request. */
interface FollowedRequest {
  isFollowed: boolean;
}

/** Requests that are followed, or were a moment ago. */
let followed = 0;

let wasSeen = false;
let lookMs = Number.NEGATIVE_INFINITY;

const LOOK_INTERVAL_MS = 30_000;

/** Events of a request that come after its answer: its connection is set free, its span ends. */
const AFTERMATH_MS = 1000;

/** Sends a request of ours. */
export async function asOwnTraffic<T>(send: () => Promise<T>): Promise<T> {
  const nowMs = performance.now();
  if (!wasSeen && nowMs - lookMs < LOOK_INTERVAL_MS) return send();
  lookMs = nowMs;
  const request: FollowedRequest = { isFollowed: true };
  followed++;
  try {
    return await traffic.run(request, send);
  } finally {
    setTimeout(unfollow, AFTERMATH_MS, request).unref();
  }
}

/** Whether what runs now was caused by a request of ours. */
export function isOwnTraffic(): boolean {
  if (followed === 0 || traffic.getStore()?.isFollowed !== true) return false;
  wasSeen = true;
  return true;
}

function unfollow(request: FollowedRequest): void {
  request.isFollowed = false;
  followed--;
  if (followed === 0) traffic.disable();
}
