import { inspect, types } from 'node:util';
import { isError, type Scrub } from '@logflume/otlp';
import { MAX_DEPTH, type ShownPart, wholeOf } from './shown-part.ts';

/** Instead of what was not looked into, and so may hold a secret. */
const UNSEEN = '[object]';

/** Longer lists are not asked for members beside their items, which takes a text of every index. */
const MAX_NAMED_ITEMS = 1000;

/**
 * Values of which a text may be made: one that holds a secret, by its name or place, is a copy with a replacement, any
 * other is itself. Never throws.
 *
 * @param part - how much the text will show: no more is looked into, or copied.
 */
export function withoutSecrets(values: readonly unknown[], scrub: Scrub, part: ShownPart): readonly unknown[] {
  return values.map((value) => {
    const search = new Search(part);
    try {
      // The error of a record is its `exception`.
      const copy = search.copy(value, isError(value) ? scrub.under('exception') : scrub, 0);
      if (!search.hasFound) return value;
      search.fill();
      return copy;
    } catch {
      return UNSEEN; // A getter or a trap throws.
    }
  });
}

type Collection = ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>;

/** One pass through a value, which makes the copy on its way. */
class Search {
  hasFound = false;
  #part: ShownPart;
  #objects = 0;
  /** Copies of the objects one stands in: a circle leads back to them. */
  readonly #around = new Map<object, object>();
  /** Maps and sets that were copied in part. */
  readonly #parts: (readonly [Map<unknown, unknown> | Set<unknown>, Collection])[] = [];

  constructor(part: ShownPart) {
    this.#part = part;
  }

  copy(value: unknown, scrub: Scrub, depth: number): unknown {
    if (!isObject(value)) return value;
    const around = this.#around.get(value);
    if (around !== undefined) return around;
    if (this.#part.getters || !(inspect.custom in value)) return this.#copyObject(value, scrub, depth);
    const part = this.#part;
    this.#part = wholeOf(part);
    const copy = this.#copyObject(value, scrub, depth);
    this.#part = part;
    return copy;
  }

  /** Gives partial copies the size of what they were made of: the text tells how many more there are. */
  fill(): void {
    for (const [copy, from] of this.#parts) {
      let at = 0;
      for (const key of from.keys()) {
        if (at++ < this.#part.items) continue;
        if (copy instanceof Map) copy.set(key, UNSEEN);
        else copy.add(key);
      }
    }
  }

  #copyObject(value: object, scrub: Scrub, depth: number): unknown {
    const { depth: maxDepth, maxObjects } = this.#part;
    if (depth > maxDepth && maxDepth < MAX_DEPTH) return value;
    if (depth > maxDepth || ++this.#objects > maxObjects) return this.#replace(UNSEEN);
    if (typeof value === 'function') return this.#copyFunction(value, scrub, depth);
    if (Array.isArray(value)) return this.#copyList(value, scrub, depth);
    if (types.isMap(value)) {
      return this.#inside(value, new Map<unknown, unknown>(), (map) => {
        this.#copyItems(map, value, ([key, item]) => {
          map.set(this.copy(key, scrub, depth + 1), this.#member(key, item, scrub, depth));
        });
      });
    }
    if (types.isSet(value)) {
      return this.#inside(value, new Set<unknown>(), (set) => {
        this.#copyItems(set, value, (item) => set.add(this.copy(item, scrub, depth + 1)));
      });
    }
    if (value instanceof URLSearchParams) {
      const copy = new URLSearchParams();
      for (const [key, text] of value) copy.append(key, String(this.#member(key, text, scrub, depth)));
      return copy;
    }
    return isShownByKind(value) ? value : this.#copyMembers(value, scrub, depth);
  }

  #copyList(list: readonly unknown[], scrub: Scrub, depth: number): unknown {
    return this.#inside<unknown[]>(list, [], (copy) => {
      const length = Math.min(list.length, this.#part.items);
      for (let at = 0; at < length; at++) if (at in list) copy[at] = this.copy(list[at], scrub, depth + 1);
      copy.length = list.length;
      if (list.length > MAX_NAMED_ITEMS) return;
      const names = Object.keys(list);
      // Indexes come first.
      if (isIndex(names.at(-1))) return;
      for (const name of names) if (!isIndex(name)) this.#copyMember(copy, name, list, scrub, depth);
    });
  }

  #copyItems<T>(
    copy: Map<unknown, unknown> | Set<unknown>,
    from: Collection & Iterable<T>,
    add: (item: T) => void,
  ): void {
    let left = this.#part.items;
    if (from.size > left) this.#parts.push([copy, from]);
    for (const item of from) {
      if (left-- <= 0) return;
      add(item);
    }
  }

  /** Printed as the function is: by its kind, its name and its members. */
  #copyFunction(value: object, scrub: Scrub, depth: number): unknown {
    const names = Object.keys(value);
    if (names.length === 0) return value;
    const isClass = Function.prototype.toString.call(value).startsWith('class');
    return this.#inside(value, isClass ? class {} : () => undefined, (copy) => {
      Object.setPrototypeOf(copy, Object.getPrototypeOf(value));
      define(copy, 'name', Reflect.getOwnPropertyDescriptor(value, 'name')?.value, false);
      for (const name of names) this.#copyMember(copy, name, value, scrub, depth);
    });
  }

  /** Of the same class, so that it is printed as the object is; one without members of its own is itself. */
  #copyMembers(value: object, scrub: Scrub, depth: number): object {
    const keys = Reflect.ownKeys(value);
    const toJson: unknown = this.#part.json ? Reflect.get(value, 'toJSON') : undefined;
    if (keys.length === 0 && typeof toJson !== 'function') return value;
    return this.#inside(value, Object.create(Object.getPrototypeOf(value)) as object, (copy) => {
      for (const key of keys) this.#copyMember(copy, key, value, scrub, depth);
      if (typeof toJson !== 'function') return;
      const json = this.copy(Reflect.apply(toJson, value, ['']), scrub, depth + 1);
      define(copy, 'toJSON', () => json, false);
    });
  }

  #copyMember(copy: object, key: string | symbol, value: object, scrub: Scrub, depth: number): void {
    const own = Reflect.getOwnPropertyDescriptor(value, key);
    if (own === undefined) return;
    // Newer V8 has the stack of an error behind a getter that knows no copy.
    if (!('value' in own || this.#part.getters || key === 'stack')) Object.defineProperty(copy, key, own);
    else define(copy, key, this.#member(key, Reflect.get(value, key), scrub, depth), own.enumerable === true);
  }

  #member(key: unknown, value: unknown, scrub: Scrub, depth: number): unknown {
    if (typeof key !== 'string') return this.copy(value, scrub, depth + 1);
    const replacement = scrub.replacementOf(key);
    if (replacement !== undefined) return this.#replace(replacement);
    return isObject(value) ? this.copy(value, scrub.under(key), depth + 1) : value;
  }

  #inside<T extends object>(value: object, copy: T, fill: (copy: T) => void): T {
    this.#around.set(value, copy);
    fill(copy);
    this.#around.delete(value);
    return copy;
  }

  #replace(replacement: string): string {
    this.hasFound = true;
    return replacement;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'function' || (typeof value === 'object' && value !== null);
}

function isIndex(name: string | undefined): boolean {
  return name === undefined || /^\d+$/.test(name);
}

/** Dates, bytes and the like: printed by what they are. */
function isShownByKind(value: object): boolean {
  return ArrayBuffer.isView(value) || types.isDate(value) || types.isRegExp(value) || types.isBoxedPrimitive(value);
}

function define(object: object, key: string | symbol, value: unknown, enumerable: boolean): void {
  Object.defineProperty(object, key, { value, enumerable, writable: true, configurable: true });
}
