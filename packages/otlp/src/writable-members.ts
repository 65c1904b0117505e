import type { Scrub } from './scrub.ts';
import { toWellFormedText } from './write-string.ts';

/**
 * Members under keys that can be written: well-formed, and without secrets. No two are one: of keys that are the same in
 * UTF-8 the last one counts, but what stood under a secret keeps a place of its own, `[redacted]_2` beside `[redacted]`.
 */
export class WritableMembers {
  /** No prototype, so that a key such as `__proto__` is a key. */
  readonly members: Record<string, unknown> = Object.create(null);
  count = 0;
  readonly #scrub: Scrub | undefined;
  readonly #others: ReadonlyMap<string, unknown> | undefined;
  /** Keys that stand for one with a secret. */
  readonly #given = new Set<string>();
  /** Of each such key the number that is next. */
  readonly #next = new Map<string, number>();

  /** @param others - keys beside them that are not theirs. */
  constructor(scrub: Scrub | undefined, others?: ReadonlyMap<string, unknown>) {
    this.#scrub = scrub;
    this.#others = others;
  }

  add(key: string, value: unknown): void {
    const text = toWellFormedText(key);
    const safe = this.#scrub === undefined ? text : this.#scrub.text(text);
    if (safe !== text) {
      // Asked now, as the key is not known any more when it is written.
      this.#set(this.#numbered(safe), this.#scrub?.replacementOf(key) ?? value);
    } else {
      this.#set(this.#given.has(text) ? this.#numbered(text) : text, value);
    }
  }

  #set(key: string, value: unknown): void {
    if (!(key in this.members)) this.count++;
    this.members[key] = value;
  }

  #numbered(key: string): string {
    let number = this.#next.get(key) ?? 1;
    let numbered = number === 1 ? key : `${key}_${number}`;
    while (numbered in this.members || this.#others?.has(numbered) === true) numbered = `${key}_${++number}`;
    this.#next.set(key, number + 1);
    this.#given.add(numbered);
    return numbered;
  }
}

/** Whether a key may be written as it stands, as far as secrets go. */
export function isSafeKey(key: string, scrub: Scrub | undefined): boolean {
  return scrub === undefined || scrub.text(key) === key;
}
