import type { Clock, Random } from '../clock.ts';
import type { DiagnosticSink } from '../diagnostics.ts';
import type { EndpointSample } from '../outcome.ts';
import { type BalanceMode, type Candidate, chooseEndpoint } from './balance.ts';
import { addAttempt, type Concurrency, initialConcurrency } from './concurrency.ts';
import {
  afterAttempt,
  type EndpointState,
  type Health,
  initialHealth,
  openUntil,
  probeDueMs,
  startProbe,
} from './health.ts';
import { addLatency, FAILURE_PENALTY_MS, type Latency, latencyAt, noLatency } from './latency.ts';

/** One address a batch can go to, as the options gave it. */
export interface EndpointTarget {
  /** Without credentials or fragment; a query is part of the address. */
  readonly url: string;
  readonly weight: number;
  readonly priority: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** What `stats()` says about an endpoint. */
export interface EndpointStats {
  /** Without its query. */
  readonly url: string;
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

/** An endpoint and what is known of it. The dispatcher reads; only the pool writes. */
export interface Endpoint {
  readonly target: EndpointTarget;
  /** For messages and stats: the address without its query. */
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

/** Keeps the endpoints' health, latency and concurrency, and chooses among them. */
export class EndpointPool {
  readonly endpoints: readonly Endpoint[];
  readonly #mode: BalanceMode;
  readonly #maxConcurrency: number;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #report: DiagnosticSink;

  constructor(
    targets: readonly EndpointTarget[],
    settings: { readonly mode: BalanceMode; readonly maxConcurrency: number },
    parts: { readonly clock: Clock; readonly random: Random; readonly report: DiagnosticSink },
  ) {
    this.#mode = settings.mode;
    this.#maxConcurrency = settings.maxConcurrency;
    this.#clock = parts.clock;
    this.#random = () => parts.random.next();
    this.#report = parts.report;
    this.endpoints = targets.map((target) => ({
      target,
      label: withoutQuery(target.url),
      health: initialHealth,
      latency: noLatency,
      concurrency: initialConcurrency,
      inFlight: 0,
      chosen: 0,
      attempts: 0,
      failures: 0,
      delivered: 0,
      maxBatchBytes: Number.POSITIVE_INFINITY,
    }));
  }

  /** Whether no endpoint takes ordinary traffic: only probes are sent then. */
  get isOffline(): boolean {
    return this.endpoints.every((endpoint) => endpoint.health.state !== 'closed');
  }

  /** Whether no request is under way. */
  get isIdle(): boolean {
    return this.endpoints.every((endpoint) => endpoint.inFlight === 0);
  }

  /**
   * Chooses where the next batch goes and counts it as under way. A probe that is due comes first: it is how an
   * endpoint comes back.
   *
   * @param avoid - where the batch failed last; used again only when nothing else takes traffic.
   */
  take(avoid?: Endpoint): Endpoint | undefined {
    const nowMs = this.#clock.nowMs();
    const { isOffline } = this;
    for (const endpoint of this.endpoints) {
      if (nowMs < probeDueMs(endpoint.health, isOffline) || endpoint.inFlight > 0) continue;
      endpoint.health = startProbe(endpoint.health);
      return this.#start(endpoint);
    }
    const choice = this.#choiceFor(avoid);
    if (choice.length === 0) return undefined;
    const candidates = choice.map((endpoint) => toCandidate(endpoint, nowMs));
    return this.#start(choice[chooseEndpoint(candidates, this.#mode, this.#random)] as Endpoint);
  }

  /** Takes back a `take` that led to no attempt. */
  putBack(endpoint: Endpoint): void {
    endpoint.inFlight--;
    endpoint.attempts--;
    endpoint.chosen--;
    if (endpoint.health.state === 'half-open') endpoint.health = { ...endpoint.health, state: 'open' };
  }

  /** Whether an endpoint that takes ordinary traffic has a free slot. */
  get hasFreeSlot(): boolean {
    return this.#choiceFor(undefined).length > 0;
  }

  /**
   * Lets every ejected endpoint be probed once before its time: the last chance of a closing logger. A pause the
   * server asked for is kept.
   */
  hastenProbes(): void {
    const nowMs = this.#clock.nowMs();
    for (const endpoint of this.endpoints) {
      if (endpoint.health.state === 'open') endpoint.health = openUntil(endpoint.health, nowMs);
    }
  }

  /** When the next ejected or paused endpoint may be probed; `Infinity` when none is out. */
  nextProbeMs(): number {
    const { isOffline } = this;
    const idle = this.endpoints.filter(({ inFlight }) => inFlight === 0);
    return Math.min(...idle.map(({ health }) => probeDueMs(health, isOffline)), Number.POSITIVE_INFINITY);
  }

  /** Takes the end of an attempt into account. `rttMs` is the time it took; `reason` why it failed, for the message. */
  finish(endpoint: Endpoint, sample: EndpointSample, rttMs: number, reason: string): void {
    const nowMs = this.#clock.nowMs();
    const reachedLimit = endpoint.inFlight >= endpoint.concurrency.limit;
    endpoint.inFlight--;
    const failed = sample.kind === 'failure' || sample.kind === 'backpressure' || sample.kind === 'hold';
    if (failed) endpoint.failures++;
    if (sample.kind !== 'none') {
      const sampleMs = failed ? Math.max(rttMs, FAILURE_PENALTY_MS) : rttMs;
      endpoint.latency = addLatency(endpoint.latency, sampleMs, nowMs);
    }
    const successMs = sample.kind === 'success' ? rttMs : undefined;
    const backpressure = sample.kind === 'failure' || sample.kind === 'backpressure';
    const before = endpoint.health;
    endpoint.health = afterAttempt(before, sample, nowMs, this.#random);
    if (before.state === 'half-open' && endpoint.health.state === 'closed') {
      endpoint.concurrency = initialConcurrency;
      // What it cost before it was out says nothing now: with the old penalty it would get no traffic for half a minute.
      endpoint.latency = addLatency(noLatency, rttMs, nowMs);
      this.#rejoin(endpoint);
    } else {
      const concurrencySample = { successMs, backpressure, reachedLimit };
      endpoint.concurrency = addAttempt(endpoint.concurrency, concurrencySample, nowMs, this.#maxConcurrency);
    }
    this.#reportChange(endpoint, before.state, sample, reason);
  }

  stats(): EndpointStats[] {
    const nowMs = this.#clock.nowMs();
    return this.endpoints.map((endpoint) => ({
      url: endpoint.label,
      state: endpoint.health.state,
      inFlight: endpoint.inFlight,
      delivered: endpoint.delivered,
      attempts: endpoint.attempts,
      failures: endpoint.failures,
      latencyMs: latencyAt(endpoint.latency, nowMs),
    }));
  }

  /** Those with a free slot, `avoid` only when there is no other. */
  #choiceFor(avoid: Endpoint | undefined): Endpoint[] {
    const up = this.endpoints.filter(({ health }) => health.state === 'closed');
    const others = this.#freeOf(up.filter((endpoint) => endpoint !== avoid));
    return others.length > 0 ? others : this.#freeOf(up);
  }

  /**
   * With `failover` the best rank that is up keeps the traffic while it is busy: a batch waits for a slot there instead
   * of going to the backup.
   */
  #freeOf(up: readonly Endpoint[]): Endpoint[] {
    const best = this.#mode === 'failover' ? Math.min(...up.map(({ target }) => target.priority)) : undefined;
    return up.filter(
      ({ inFlight, concurrency, target }) =>
        inFlight < concurrency.limit && (best === undefined || target.priority === best),
    );
  }

  /** An endpoint that was out must not make up for all the turns it missed. */
  #rejoin(endpoint: Endpoint): void {
    const turns = this.endpoints
      .filter((other) => other !== endpoint && other.health.state === 'closed')
      .map((other) => other.chosen / other.target.weight);
    if (turns.length > 0) endpoint.chosen = Math.max(endpoint.chosen, Math.min(...turns) * endpoint.target.weight);
  }

  #start(endpoint: Endpoint): Endpoint {
    endpoint.inFlight++;
    endpoint.attempts++;
    endpoint.chosen++;
    return endpoint;
  }

  #reportChange(endpoint: Endpoint, before: EndpointState, sample: EndpointSample, reason: string): void {
    const { state } = endpoint.health;
    const url = endpoint.label;
    if (sample.kind === 'hold') {
      this.#report({
        kind: 'endpointHeld',
        url,
        reason,
        message: `${url} answers ${reason}: nothing is sent there for 60 s; check the address, the credentials and the certificate`,
      });
    } else if (before === 'closed' && (state === 'open' || state === 'paused')) {
      this.#report({ kind: 'endpointEjected', url, reason, message: `${url} is out: ${reason}` });
    } else if (before === 'half-open' && state === 'closed') {
      this.#report({ kind: 'endpointRecovered', url, message: `${url} is back` });
    }
    if (before === 'closed' && state !== 'closed' && this.isOffline) {
      this.#report({
        kind: 'allEndpointsOut',
        message: `no endpoint takes logs now (last: ${url}, ${reason}); records are kept until one does`,
      });
    }
  }
}

function toCandidate(endpoint: Endpoint, nowMs: number): Candidate {
  return {
    costMs: latencyAt(endpoint.latency, nowMs),
    inFlight: endpoint.inFlight,
    weight: endpoint.target.weight,
    priority: endpoint.target.priority,
    chosen: endpoint.chosen,
  };
}

/** A query may hold a token; nothing that is printed or counted shows it. */
export function withoutQuery(url: string): string {
  const end = url.search(/[?#]/);
  return end < 0 ? url : url.slice(0, end);
}
