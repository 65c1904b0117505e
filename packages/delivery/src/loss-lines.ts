import { REPORT_INTERVAL_MS } from './diagnostics.ts';

/** Something about a number of records that is said in a line. */
export interface CountedNews {
  /** What is added up, and said once per interval. */
  readonly key: string;
  readonly records: number;
  /** When, in milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  /** @param when - such as `at 2026-01-01T00:00:00Z`. */
  readonly say: (records: number, when: string) => string;
}

/**
 * Lines about numbers of records: the first at once, then at most one per thirty seconds and key, with the sum of what
 * came in between. Nothing is left unsaid: what waits is due at its time, and at the end.
 */
export class LossLines {
  readonly #printedMs = new Map<string, number>();
  #waiting = new Map<string, CountedNews>();

  add(news: CountedNews): void {
    const sum = this.#waiting.get(news.key);
    this.#waiting.set(
      news.key,
      sum === undefined
        ? news
        : {
            ...news,
            records: sum.records + news.records,
            fromMs: Math.min(sum.fromMs, news.fromMs),
            toMs: Math.max(sum.toMs, news.toMs),
          },
    );
  }

  /** When the next line is due, on the clock of `take`; `Infinity` for none. */
  get nextMs(): number {
    return Math.min(...[...this.#waiting.keys()].map((key) => this.#dueMs(key)), Number.POSITIVE_INFINITY);
  }

  /** @param all - of what is not due too: there is no later. */
  take(nowMs: number, all: boolean): string[] {
    const lines: string[] = [];
    for (const [key, { records, fromMs, toMs, say }] of this.#waiting) {
      if (!all && this.#dueMs(key) > nowMs) continue;
      this.#waiting.delete(key);
      this.#printedMs.set(key, nowMs);
      lines.push(say(records, timeSpan(fromMs, toMs)));
    }
    return lines;
  }

  #dueMs(key: string): number {
    return (this.#printedMs.get(key) ?? Number.NEGATIVE_INFINITY) + REPORT_INTERVAL_MS;
  }
}

function timeSpan(fromMs: number, toMs: number): string {
  const [from, to] = [toSecond(fromMs), toSecond(toMs)];
  return from === to ? `at ${from}` : `from ${from} to ${to}`;
}

function toSecond(wallMs: number): string {
  return new Date(wallMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
