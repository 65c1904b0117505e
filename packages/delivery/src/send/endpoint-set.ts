import { createEndpoint, type Endpoint, type EndpointTarget } from './endpoint.ts';

/** Addresses that left and whose ejections are remembered, should they come back: pods come and go, the set is bounded. */
const MAX_REMEMBERED = 256;

/**
 * The endpoints there are now. The list of targets may change at any time; an endpoint that stays keeps all that is
 * known of it, one that leaves is `gone`: nothing new is sent there, and it is dropped once its requests have ended.
 */
export class EndpointSet {
  readonly #onGone: (target: EndpointTarget) => void;
  readonly #ejections = new Map<string, number>();
  #endpoints: Endpoint[] = [];

  /** @param onGone - told of a target that left, once nothing is under way there: its connections can go. */
  constructor(onGone: (target: EndpointTarget) => void) {
    this.#onGone = onGone;
  }

  /** In the order of the targets, then those that are gone and still have requests under way. */
  get endpoints(): readonly Endpoint[] {
    return this.#endpoints;
  }

  /** Takes a new list. What differs in weight, priority or rank alone is the same endpoint. */
  replace(targets: readonly EndpointTarget[]): void {
    const known = new Map<string, Endpoint[]>();
    for (const endpoint of this.#endpoints) {
      const key = keyOf(endpoint.target);
      known.set(key, [...(known.get(key) ?? []), endpoint]);
    }
    const next = targets.map((target) => {
      const endpoint = known.get(keyOf(target))?.shift();
      return endpoint === undefined ? this.#arrive(target) : stay(endpoint, target);
    });
    const left = [...known.values()].flat();
    for (const endpoint of left) leave(endpoint);
    this.#endpoints = [...next, ...left];
    this.sweep();
  }

  /** Drops endpoints that are gone and have nothing under way. */
  sweep(): void {
    const done = this.#endpoints.filter(({ health, inFlight }) => health.state === 'gone' && inFlight === 0);
    if (done.length === 0) return;
    this.#endpoints = this.#endpoints.filter((endpoint) => !done.includes(endpoint));
    for (const { target, health } of done) {
      this.#remember(keyOf(target), health.ejections);
      this.#onGone(target);
    }
  }

  #arrive(target: EndpointTarget): Endpoint {
    const key = keyOf(target);
    const ejections = this.#ejections.get(key);
    this.#ejections.delete(key);
    return createEndpoint(target, ejections);
  }

  #remember(key: string, ejections: number): void {
    if (ejections === 0) return;
    this.#ejections.set(key, ejections);
    for (const oldest of this.#ejections.keys()) {
      if (this.#ejections.size <= MAX_REMEMBERED) return;
      this.#ejections.delete(oldest);
    }
  }
}

function stay(endpoint: Endpoint, target: EndpointTarget): Endpoint {
  if (endpoint.health.state === 'gone') {
    const { concurrency, health, latency, maxBatchBytes } = createEndpoint(target, endpoint.health.ejections);
    Object.assign(endpoint, { concurrency, health, latency, maxBatchBytes });
  }
  endpoint.target = target;
  return endpoint;
}

function leave(endpoint: Endpoint): void {
  if (endpoint.health.state !== 'gone') endpoint.health = { ...endpoint.health, state: 'gone' };
}

/** Other credentials make another endpoint: what was learned of the old ones, a refusal say, is not true of the new. */
function keyOf({ origin, url, address, headers }: EndpointTarget): string {
  return JSON.stringify([origin, url, address ?? '', Object.entries(headers).sort()]);
}
