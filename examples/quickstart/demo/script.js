// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @import { DevBackend } from '@logflume/dev-backend'
 * @typedef {{ share: number, title: string, begin(): Promise<void> | void }} Phase
 *   `share` of the time, 0 … 1. All of them make 1.
 */

const crashWithinMs = 500;

/**
 * What happens to the backends, phase after phase.
 *
 * @param {{ b: DevBackend, c: DevBackend }} backends
 * @returns {Phase[]}
 */
export function createScript({ b, c }) {
  return [
    { share: 0.15, title: 'all three backends are healthy', begin: () => undefined },
    {
      share: 0.25,
      title: 'B answers 503, now and then with Retry-After: 1',
      begin: () =>
        b.setFaults([
          { kind: 'status', status: 503, retryAfter: 1, every: 3 },
          { kind: 'status', status: 503 },
        ]),
    },
    {
      share: 0.15,
      title: 'B is healthy again; C crashes before it can answer its last request',
      async begin() {
        b.setFaults([]);
        await crash(c);
      },
    },
    { share: 0.45, title: 'C is back: all three are healthy', begin: () => c.resume() },
  ];
}

/**
 * A crash at the worst moment: the records of the last request are stored, and the sender never learns it.
 *
 * @param {DevBackend} backend
 */
async function crash(backend) {
  const before = backend.stats().requests.unanswered;
  const deadline = performance.now() + crashWithinMs;
  backend.setFaults([{ kind: 'reset', after: 'request' }]);
  while (backend.stats().requests.unanswered === before && performance.now() < deadline) await sleep(5);
  await backend.suspend();
  backend.setFaults([]);
}
