import type { Clock, Random } from '../clock.ts';
import type { DiagnosticSink } from '../diagnostics.ts';
import { type ConfiguredEndpoint, foundTargets, plainTarget } from './configured-endpoint.ts';
import { DnsSource } from './dns-source.ts';
import { type EndpointTarget, withoutQuery } from './endpoint.ts';
import { findAddresses } from './find-addresses.ts';
import type { Resolver } from './resolver.ts';

export interface EndpointSourceParts {
  readonly resolver: Resolver;
  readonly clock: Clock;
  readonly random: Random;
  readonly report: DiagnosticSink;
  /** Told when there is another list of targets. */
  readonly onTargets: (targets: readonly EndpointTarget[]) => void;
  /** Told after every lookup, whatever it answered. */
  readonly onLookup: () => void;
}

interface Entry {
  readonly endpoint: ConfiguredEndpoint;
  /** `undefined` for a URL that is used as it stands. */
  readonly dns: DnsSource | undefined;
}

/** Turns configured endpoints into targets, and goes on doing so as names change their meaning. */
export class EndpointSource {
  readonly #parts: EndpointSourceParts;
  #entries: readonly Entry[] = [];
  #started = false;
  #stopped = false;
  /** Chooses among too many addresses; drawn when the first name needs it. */
  #seed: string | undefined;

  constructor(endpoints: readonly ConfiguredEndpoint[], parts: EndpointSourceParts) {
    this.#parts = parts;
    this.#take(endpoints);
  }

  get targets(): EndpointTarget[] {
    return this.#entries.flatMap(({ endpoint, dns }) =>
      dns === undefined ? [plainTarget(endpoint)] : foundTargets(endpoint, dns.found),
    );
  }

  /**
   * As `targets`, for a process that ends: a name nothing is known of yet is used as it stands, for whoever sends then to
   * look up.
   */
  get lastTargets(): EndpointTarget[] {
    return this.#entries.flatMap(({ endpoint, dns }) =>
      dns === undefined || (dns.found.length === 0 && endpoint.lookup === 'addresses')
        ? [plainTarget(endpoint)]
        : foundTargets(endpoint, dns.found),
    );
  }

  /** Whether a lookup is under way that may bring the first addresses of a name. */
  get isFirstLookup(): boolean {
    return this.#entries.some(({ dns }) => dns?.isFirstLookup === true);
  }

  /** When a name nothing is known of may have an answer; `Infinity` if there is none. */
  get nextChanceMs(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.#entries.map(({ dns }) => dns?.nextChanceMs ?? Infinity));
  }

  /** Begins to look names up: with the first record to send, not before. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    for (const { dns } of this.#entries) dns?.start();
  }

  /** Takes another list. A name that stays keeps its answer. */
  replace(endpoints: readonly ConfiguredEndpoint[]): void {
    if (this.#stopped) return;
    this.#take(endpoints);
    this.#parts.onTargets(this.targets);
  }

  /** An address of this origin cannot be reached: its name may mean others by now. */
  doubt(origin: string): void {
    for (const { endpoint, dns } of this.#entries) if (endpoint.origin === origin) dns?.refresh();
  }

  /** Looks nothing up any more; the targets stay as they are. */
  stop(): void {
    this.#stopped = true;
    for (const { dns } of this.#entries) dns?.stop();
  }

  #take(endpoints: readonly ConfiguredEndpoint[]): void {
    const before = [...this.#entries];
    this.#entries = endpoints.map((endpoint) => {
      const at = before.findIndex((entry) => entry.endpoint.origin === endpoint.origin);
      const known = at < 0 ? undefined : before.splice(at, 1)[0];
      return { endpoint, dns: known === undefined ? this.#sourceOf(endpoint) : known.dns };
    });
    for (const { dns } of before) dns?.stop();
    if (this.#started) for (const { dns } of this.#entries) dns?.start();
  }

  #sourceOf({ lookup, name, origin }: ConfiguredEndpoint): DnsSource | undefined {
    if (lookup === 'none') return undefined;
    const { resolver, clock, random, report, onTargets, onLookup } = this.#parts;
    this.#seed ??= random.id();
    const seed = this.#seed;
    const url = withoutQuery(origin);
    return new DnsSource({
      clock,
      find: () => findAddresses(name, lookup, { resolver, seed }),
      onLookup: (changed) => {
        if (changed) onTargets(this.targets);
        onLookup();
      },
      onFailed: (reason, hasLastGood) => {
        const meanwhile = hasLastGood ? 'the last addresses it had are used' : 'nothing can be sent there';
        report({ kind: 'lookupFailed', url, reason, message: `cannot resolve ${name} (${reason}); ${meanwhile}` });
      },
    });
  }
}
