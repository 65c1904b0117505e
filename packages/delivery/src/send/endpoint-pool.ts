import type { Clock, Random } from '../clock.ts';
import type { DiagnosticSink } from '../diagnostics.ts';
import type { EndpointSample } from '../outcome.ts';
import { type BalanceMode, type Candidate, chooseEndpoint, inTurn } from './balance.ts';
import { addAttempt, initialConcurrency } from './concurrency.ts';
import { describeChange } from './describe-change.ts';
import { type Endpoint, type EndpointStats, statsOf } from './endpoint.ts';
import type { EndpointSet } from './endpoint-set.ts';
import { afterAttempt, afterNothingSent, openUntil, probeDueMs, startProbe } from './health.ts';
import { addLatency, FAILURE_PENALTY_MS, latencyAt, noLatency } from './latency.ts';

/** What the pool asks of whoever finds endpoints. */
export interface Discovery {
  /** Something is to be sent. */
  start(): void;
  /** An endpoint of this origin cannot be reached. */
  doubt(origin: string): void;
  readonly isFirstLookup: boolean;
  readonly nextChanceMs: number;
}

export interface PoolSettings {
  readonly mode: BalanceMode;
  /** Requests at once to one endpoint. */
  readonly maxConcurrency: number;
}

export interface PoolParts {
  readonly set: EndpointSet;
  readonly discovery: Discovery;
  readonly clock: Clock;
  readonly random: Random;
  readonly report: DiagnosticSink;
}

/** Keeps the endpoints' health, latency and concurrency, and chooses among them. */
export class EndpointPool {
  readonly #settings: PoolSettings;
  readonly #parts: PoolParts;
  readonly #random: () => number;

  constructor(settings: PoolSettings, parts: PoolParts) {
    this.#settings = settings;
    this.#parts = parts;
    this.#random = () => parts.random.next();
  }

  get endpoints(): readonly Endpoint[] {
    return this.#parts.set.endpoints;
  }

  /** Whether no endpoint takes ordinary traffic: only probes are sent then. */
  get isOffline(): boolean {
    return this.endpoints.every((endpoint) => endpoint.health.state !== 'closed');
  }

  /** Whether nothing is under way that could change what is known: no request, no first lookup of a name. */
  get isIdle(): boolean {
    return !this.#parts.discovery.isFirstLookup && this.endpoints.every((endpoint) => endpoint.inFlight === 0);
  }

  /**
   * Chooses where the next batch goes and counts it as under way. A probe that is due comes first: it is how an
   * endpoint comes back.
   *
   * @param avoid - where the batch failed last; used again only when nothing else takes traffic.
   */
  take(avoid?: Endpoint): Endpoint | undefined {
    this.#parts.discovery.start();
    const nowMs = this.#parts.clock.nowMs();
    const { isOffline } = this;
    for (const endpoint of this.endpoints) {
      if (nowMs < probeDueMs(endpoint.health, isOffline) || endpoint.inFlight > 0) continue;
      endpoint.health = startProbe(endpoint.health);
      return start(endpoint);
    }
    const choice = this.#choiceFor(avoid);
    if (choice.length === 0) return undefined;
    const candidates = choice.map((endpoint) => toCandidate(endpoint, nowMs));
    return start(choice[chooseEndpoint(candidates, this.#settings.mode, this.#random)] as Endpoint);
  }

  /** Takes back a `take` that led to no attempt. */
  putBack(endpoint: Endpoint): void {
    unstart(endpoint);
    if (endpoint.health.state === 'half-open') endpoint.health = { ...endpoint.health, state: 'open' };
    this.#parts.set.sweep();
  }

  /** As `putBack`, for want of something of ours, `reason`: one batch finds out in a second whether it is there. */
  rest(endpoint: Endpoint, reason: string): void {
    unstart(endpoint);
    const before = endpoint.health;
    endpoint.health = afterNothingSent(before, this.#parts.clock.nowMs());
    const change = { before, sample: { kind: 'none' }, reason, isOffline: this.isOffline } as const;
    for (const event of describeChange(endpoint, change)) this.#parts.report(event);
    this.#parts.set.sweep();
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
    const nowMs = this.#parts.clock.nowMs();
    for (const endpoint of this.endpoints) {
      if (endpoint.health.state === 'open') endpoint.health = openUntil(endpoint.health, nowMs);
    }
  }

  /** When the next endpoint may come or come back: by a probe, or by its name; `Infinity` when none is out. */
  nextProbeMs(): number {
    const { isOffline } = this;
    const idle = this.endpoints.filter(({ inFlight }) => inFlight === 0);
    return Math.min(...idle.map(({ health }) => probeDueMs(health, isOffline)), this.#parts.discovery.nextChanceMs);
  }

  /**
   * Takes the end of an attempt into account. `rttMs` is the time it took, `undefined` if that says nothing; `reason` why
   * it failed, for the message.
   */
  finish(endpoint: Endpoint, sample: EndpointSample, rttMs: number | undefined, reason: string): void {
    const nowMs = this.#parts.clock.nowMs();
    const reachedLimit = endpoint.inFlight >= endpoint.concurrency.limit;
    endpoint.inFlight--;
    const failed = sample.kind === 'failure' || sample.kind === 'backpressure' || sample.kind === 'hold';
    if (failed) endpoint.failures++;
    const sampleMs = failed ? Math.max(rttMs ?? 0, FAILURE_PENALTY_MS) : rttMs;
    if (sample.kind !== 'none' && sampleMs !== undefined) {
      endpoint.latency = addLatency(endpoint.latency, sampleMs, nowMs);
    }
    const successMs = sample.kind === 'success' ? rttMs : undefined;
    const backpressure = sample.kind === 'failure' || sample.kind === 'backpressure';
    const before = endpoint.health;
    endpoint.health = afterAttempt(before, sample, nowMs, this.#random);
    if (before.state === 'half-open' && endpoint.health.state === 'closed') {
      endpoint.concurrency = initialConcurrency;
      // What it cost before it was out says nothing now: with the old penalty it would get no traffic for half a minute.
      endpoint.latency = rttMs === undefined ? noLatency : addLatency(noLatency, rttMs, nowMs);
      this.#rejoin(endpoint);
    } else {
      const concurrencySample = { successMs, backpressure, reachedLimit };
      const { maxConcurrency } = this.#settings;
      endpoint.concurrency = addAttempt(endpoint.concurrency, concurrencySample, nowMs, maxConcurrency);
    }
    const isOut = before.state !== endpoint.health.state && endpoint.health.state === 'open';
    if (isOut || (sample.kind === 'failure' && sample.isUnreached)) this.#parts.discovery.doubt(endpoint.target.origin);
    const change = { before, sample, reason, isOffline: this.isOffline };
    for (const event of describeChange(endpoint, change)) this.#parts.report(event);
    this.#parts.set.sweep();
  }

  stats(): EndpointStats[] {
    const nowMs = this.#parts.clock.nowMs();
    return this.endpoints.map((endpoint) => statsOf(endpoint, nowMs));
  }

  /** Those with a free slot, `avoid` only when there is no other. */
  #choiceFor(avoid: Endpoint | undefined): Endpoint[] {
    const up = this.endpoints.filter(({ health }) => health.state === 'closed');
    const others = this.#freeOf(up.filter((endpoint) => endpoint !== avoid));
    return others.length > 0 ? others : this.#freeOf(up);
  }

  /** A busy endpoint keeps its turn: a batch waits for a slot there instead of going to a backup. */
  #freeOf(up: readonly Endpoint[]): Endpoint[] {
    const turn = inTurn(up, ({ target }) => target, this.#settings.mode);
    return turn.filter(({ inFlight, concurrency }) => inFlight < concurrency.limit);
  }

  /** An endpoint that was out must not make up for all the turns it missed. */
  #rejoin(endpoint: Endpoint): void {
    const turns = this.endpoints
      .filter((other) => other !== endpoint && other.health.state === 'closed')
      .map((other) => other.chosen / other.target.weight);
    if (turns.length > 0) endpoint.chosen = Math.max(endpoint.chosen, Math.min(...turns) * endpoint.target.weight);
  }
}

function start(endpoint: Endpoint): Endpoint {
  endpoint.inFlight++;
  endpoint.attempts++;
  endpoint.chosen++;
  return endpoint;
}

function unstart(endpoint: Endpoint): void {
  endpoint.inFlight--;
  endpoint.attempts--;
  endpoint.chosen--;
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
