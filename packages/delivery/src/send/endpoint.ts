import { type Concurrency, initialConcurrency } from './concurrency.ts';
import { type EndpointState, type Health, initialHealth } from './health.ts';
import { type Latency, latencyAt, noLatency } from './latency.ts';

/** One address a batch can go to: a URL of the options, or one of the addresses its name stands for. */
export interface EndpointTarget {
  /** The configured URL it comes from: all addresses of one name have the same. */
  readonly origin: string;
  /** What requests are for: without credentials or fragment; a query is part of it. */
  readonly url: string;
  /** Where to connect; `Host` and TLS server name stay those of the URL. `undefined`: wherever its host leads. */
  readonly address: string | undefined;
  readonly weight: number;
  /** Only `failover` looks at it. */
  readonly priority: number;
  /** Among those of one origin, a higher number takes traffic only while no lower one does: the priority of a SRV record. */
  readonly rank: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** What `stats()` says about an endpoint. */
export interface EndpointStats {
  /** Without its query. */
  readonly url: string;
  /** The IP address behind the name, for endpoints that come from DNS. */
  readonly address: string | undefined;
  readonly state: EndpointState;
  /** Requests under way. */
  readonly inFlight: number;
  /** Records it took. */
  readonly delivered: number;
  /** Requests, whatever came of them. */
  readonly attempts: number;
  /** Requests that count against it: refused connections, 5xx, 429, foreign replies; not refused records. */
  readonly failures: number;
  /** Peak-sensitive average of its response time, in milliseconds. */
  readonly latencyMs: number;
}

/** An endpoint and what is known of it. The dispatcher reads; only pool and set write. */
export interface Endpoint {
  /** Same origin, URL and address always; weight, priority and rank may change. */
  target: EndpointTarget;
  /** For messages: the URL without its query, and the address if it has one of its own. */
  readonly label: string;
  health: Health;
  latency: Latency;
  concurrency: Concurrency;
  inFlight: number;
  chosen: number;
  attempts: number;
  failures: number;
  delivered: number;
  /** Raw bytes a batch may have since the endpoint answered 413. */
  maxBatchBytes: number;
}

/** An endpoint nothing is known of; `ejections` if it was here before. */
export function createEndpoint(target: EndpointTarget, ejections = 0): Endpoint {
  return {
    target,
    label: labelOf(target),
    health: { ...initialHealth, ejections },
    latency: noLatency,
    concurrency: initialConcurrency,
    inFlight: 0,
    chosen: 0,
    attempts: 0,
    failures: 0,
    delivered: 0,
    maxBatchBytes: Number.POSITIVE_INFINITY,
  };
}

export function statsOf(endpoint: Endpoint, nowMs: number): EndpointStats {
  const { target, health, latency, inFlight, delivered, attempts, failures } = endpoint;
  return {
    url: withoutQuery(target.url),
    address: target.address,
    state: health.state,
    inFlight,
    delivered,
    attempts,
    failures,
    latencyMs: latencyAt(latency, nowMs),
  };
}

function labelOf({ url, address }: EndpointTarget): string {
  return address === undefined ? withoutQuery(url) : `${withoutQuery(url)} (${address})`;
}

/** A query may hold a token; nothing that is printed or counted shows it. */
export function withoutQuery(url: string): string {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}
