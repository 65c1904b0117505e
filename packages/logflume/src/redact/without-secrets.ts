import { types } from 'node:util';
import { isError, type Scrub } from '@logflume/otlp';

/** Deeper than anything is printed unless that is asked for. */
const MAX_DEPTH = 12;

/** Objects looked into for one value: a judgement, a few milliseconds. */
const MAX_OBJECTS = 10_000;

/** Instead of what was not looked into, and so may hold a secret. */
const UNSEEN = '[object]';

/**
 * Values of which a text may be made: one that holds a secret, by its name or place, is a copy with a replacement, any
 * other is itself. Reads getters, as encoding does. Never throws.
 *
 * @param asJson - whether the text may ask an object what JSON has for it.
 */
export function withoutSecrets(values: readonly unknown[], scrub: Scrub, asJson: boolean): readonly unknown[] {
  return values.map((value) => {
    const search = new Search(asJson);
    try {
      // The error of a record is its `exception`.
      const copy = search.copy(value, isError(value) ? scrub.under('exception') : scrub, 0);
      return search.hasFound ? copy : value;
    } catch {
      return UNSEEN; // A getter or a trap throws.
    }
  });
}

/** One pass through a value, which makes the copy on its way. */
class Search {
  hasFound = false;
  readonly #asJson: boolean;
  #objects = 0;
  /** Copies of the objects one stands in: a circle leads back to them. */
  readonly #around = new Map<object, object>();

  constructor(asJson: boolean) {
    this.#asJson = asJson;
  }

  copy(value: unknown, scrub: Scrub, depth: number): unknown {
    if (typeof value !== 'object' || value === null) return value;
    const around = this.#around.get(value);
    if (around !== undefined) return around;
    if (depth > MAX_DEPTH || ++this.#objects > MAX_OBJECTS) return this.#replace(UNSEEN);
    if (Array.isArray(value)) {
      return this.#inside<unknown[]>(value, [], (items) => {
        for (const item of value) items.push(this.copy(item, scrub, depth + 1));
      });
    }
    if (types.isMap(value)) {
      return this.#inside(value, new Map<unknown, unknown>(), (map) => {
        for (const [key, item] of value) map.set(key, this.#member(key, item, scrub, depth));
      });
    }
    if (types.isSet(value)) {
      return this.#inside(value, new Set<unknown>(), (set) => {
        for (const item of value) set.add(this.copy(item, scrub, depth + 1));
      });
    }
    return isShownByKind(value) ? value : this.#copyMembers(value, scrub, depth);
  }

  /** Of the same class, so that it is printed as the object is; one without members of its own is itself. */
  #copyMembers(value: object, scrub: Scrub, depth: number): object {
    const keys = Reflect.ownKeys(value);
    const toJson: unknown = this.#asJson ? Reflect.get(value, 'toJSON') : undefined;
    if (keys.length === 0 && typeof toJson !== 'function') return value;
    return this.#inside(value, Object.create(Object.getPrototypeOf(value)) as object, (copy) => {
      for (const key of keys) {
        const enumerable = Object.prototype.propertyIsEnumerable.call(value, key);
        define(copy, key, this.#member(key, Reflect.get(value, key), scrub, depth), enumerable);
      }
      if (typeof toJson !== 'function') return;
      const json = this.copy(Reflect.apply(toJson, value, ['']), scrub, depth + 1);
      define(copy, 'toJSON', () => json, false);
    });
  }

  #member(key: unknown, value: unknown, scrub: Scrub, depth: number): unknown {
    if (typeof key !== 'string') return this.copy(value, scrub, depth + 1);
    const replacement = scrub.replacementOf(key);
    if (replacement !== undefined) return this.#replace(replacement);
    return typeof value === 'object' && value !== null ? this.copy(value, scrub.under(key), depth + 1) : value;
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

/** Dates, bytes and the like: printed by what they are. */
function isShownByKind(value: object): boolean {
  return ArrayBuffer.isView(value) || types.isDate(value) || types.isRegExp(value) || types.isBoxedPrimitive(value);
}

function define(object: object, key: string | symbol, value: unknown, enumerable: boolean): void {
  Object.defineProperty(object, key, { value, enumerable, writable: true, configurable: true });
}
