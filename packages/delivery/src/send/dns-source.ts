import type { Clock, Timer } from '../clock.ts';
import type { FoundAddress } from './configured-endpoint.ts';

/** Between two lookups of a name. */
export const POLL_MS = 10_000;
/** Between two lookups somebody asked for: a refused connection, a name nothing is known of. */
export const MIN_INTERVAL_MS = 1000;
/** An answer that takes longer counts as none. */
export const LOOKUP_TIMEOUT_MS = 1000;

export interface DnsSourceParts {
  readonly clock: Clock;
  /** Asks; may reject. An answer is never empty. */
  readonly find: () => Promise<readonly FoundAddress[]>;
  /** Told after every lookup: whether the list is another one now. */
  readonly onLookup: (changed: boolean) => void;
  /** Told of each failed lookup, with the resolver's code. */
  readonly onFailed: (code: string, hasLastGood: boolean) => void;
}

/**
 * What one name stands for, kept up to date: asked every ten seconds, and at once when somebody has reason to doubt the
 * answer. A lookup that fails or answers nothing changes nothing: the last good list stays.
 */
export class DnsSource {
  readonly #parts: DnsSourceParts;
  #found: readonly FoundAddress[] = [];
  #timer: Timer | undefined;
  #startMs = Number.NEGATIVE_INFINITY;
  #dueMs = Number.POSITIVE_INFINITY;
  /** Counts lookups: the answer of one that was given up is nobody's. */
  #lookup = 0;
  #running = false;
  #failures = 0;
  #stopped = false;

  constructor(parts: DnsSourceParts) {
    this.#parts = parts;
  }

  /** The last good list; empty before the first. */
  get found(): readonly FoundAddress[] {
    return this.#found;
  }

  /** Whether a lookup is under way that may bring the first list. */
  get isFirstLookup(): boolean {
    return this.#running && this.#found.length === 0;
  }

  /** When the next answer is to be had, for a name nothing is known of; `Infinity` otherwise. */
  get nextChanceMs(): number {
    if (this.#found.length > 0) return Number.POSITIVE_INFINITY;
    return this.#running ? this.#startMs + LOOKUP_TIMEOUT_MS : this.#dueMs;
  }

  /** Begins to look the name up; later calls change nothing. */
  start(): void {
    if (this.#startMs === Number.NEGATIVE_INFINITY) this.#ask();
  }

  /** Looks the name up now, or a second after the last time. */
  refresh(): void {
    if (this.#running || this.#stopped) return;
    this.#askAt(Math.max(this.#parts.clock.nowMs(), this.#startMs + MIN_INTERVAL_MS));
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #ask(): void {
    if (this.#stopped) return;
    const { clock, find } = this.#parts;
    this.#running = true;
    this.#startMs = clock.nowMs();
    this.#dueMs = Number.POSITIVE_INFINITY;
    const lookup = ++this.#lookup;
    this.#timer?.cancel();
    this.#timer = clock.after(LOOKUP_TIMEOUT_MS, () => this.#end(lookup, undefined, 'ETIMEOUT'));
    void find().then(
      (found) => this.#end(lookup, found, ''),
      (error: unknown) => this.#end(lookup, undefined, codeOf(error)),
    );
  }

  #end(lookup: number, found: readonly FoundAddress[] | undefined, code: string): void {
    if (lookup !== this.#lookup || !this.#running || this.#stopped) return;
    this.#running = false;
    const changed = found !== undefined && textOf(found) !== textOf(this.#found);
    if (found === undefined) {
      this.#failures++;
      this.#parts.onFailed(code, this.#found.length > 0);
    } else {
      this.#failures = 0;
      this.#found = found;
    }
    this.#askAt(this.#parts.clock.nowMs() + this.#pauseMs());
    this.#parts.onLookup(changed);
  }

  /** With nothing to send to, soon; the longer it fails, the less often. */
  #pauseMs(): number {
    if (this.#found.length > 0) return POLL_MS;
    return Math.min(POLL_MS, MIN_INTERVAL_MS * 2 ** Math.min(this.#failures - 1, 10));
  }

  #askAt(atMs: number): void {
    if (atMs >= this.#dueMs) return;
    this.#dueMs = atMs;
    this.#timer?.cancel();
    this.#timer = this.#parts.clock.after(Math.max(0, atMs - this.#parts.clock.nowMs()), () => this.#ask());
  }
}

function textOf(found: readonly FoundAddress[]): string {
  return JSON.stringify(found.map(({ address, port, rank, share }) => [address, port, rank, share]).sort());
}

function codeOf(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? code : 'no answer';
}
