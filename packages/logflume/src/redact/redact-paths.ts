import { MAX_KNOWN_KEYS, MAX_KNOWN_UNITS } from './key-matcher.ts';

/** Places ahead of where one stands: a tree of names, each level one step inwards. */
export class Places {
  readonly #next = new Map<string, Places>();
  /** Answers of `after`, as far as they are kept. */
  readonly #known = new Map<string, Places | undefined>();
  /** Whether a place is here. */
  isEnd = false;

  /** Adds a place: the names that lead to it. */
  add(names: readonly string[]): void {
    const [name, ...rest] = names;
    if (name === undefined) {
      this.isEnd = true;
      return;
    }
    const next = this.#next.get(name) ?? new Places();
    this.#next.set(name, next);
    next.add(rest);
  }

  /**
   * What is ahead behind a name, which may be a flat one of several parts; `undefined` when nothing is. A place on the
   * way counts: what stands inside a secret value is secret.
   */
  after(key: string): Places | undefined {
    const known = this.#known.get(key);
    if (known !== undefined || this.#known.has(key)) return known;
    const start: Walk = { ahead: [this], passed: false };
    const { ahead, passed } = key.split('.').reduce(step, start);
    const places = passed ? END : merge(ahead);
    if (this.#known.size < MAX_KNOWN_KEYS && key.length <= MAX_KNOWN_UNITS) this.#known.set(key, places);
    return places;
  }

  /** The branches a name leads into: its own, and that of `*`. */
  branches(name: string): readonly Places[] {
    return [this.#next.get(name), this.#next.get('*')].filter((branch) => branch !== undefined);
  }

  /** Takes the branches of another over. */
  take(other: Places): void {
    this.isEnd ||= other.isEnd;
    for (const [name, branch] of other.#next) {
      const own = this.#next.get(name);
      if (own === undefined) this.#next.set(name, branch);
      else this.#next.set(name, merge([own, branch]) ?? own);
    }
  }
}

interface Walk {
  readonly ahead: readonly Places[];
  /** Whether a place was passed. */
  readonly passed: boolean;
}

function step({ ahead, passed }: Walk, name: string): Walk {
  const next = ahead.flatMap((places) => places.branches(name));
  return { ahead: next, passed: passed || next.some(({ isEnd }) => isEnd) };
}

function merge(places: readonly Places[]): Places | undefined {
  const [first, ...others] = places;
  if (first === undefined || others.length === 0) return first;
  const merged = new Places();
  for (const each of places) merged.take(each);
  return merged;
}

const END = new Places();
END.isEnd = true;

/** Makes the places of paths such as `user.password` or `headers.*`. */
export function parsePaths(paths: readonly string[]): Places {
  const root = new Places();
  for (const path of paths) addPath(root, path.split('.'));
  return root;
}

/** Adds a place, and where it is once an error is written: its members have other names there than in the program. */
function addPath(root: Places, names: readonly string[]): void {
  root.add(names);
  const [first, ...rest] = names;
  if (rest.length === 0) return;
  addErrorMember(root, names);
  if (first !== 'err' && first !== 'error') return;
  root.add(['exception', ...rest]);
  addErrorMember(root, ['exception', ...rest]);
}

/** What an error may be called. Below other names `properties` are those of the application, as in GeoJSON. */
const ERROR_NAME = /^(?:\*|e|ex)$|(?:err|error|exception|cause|failure|reason)s?$/i;

function addErrorMember(root: Places, names: readonly string[]): void {
  const [outer, last] = [names.slice(0, -1), names.slice(-1)];
  if (!ERROR_NAME.test(outer.at(-1) ?? '')) return;
  root.add([...outer, 'properties', ...last]);
  if (last[0] === 'stack') root.add([...outer, 'stacktrace']);
}
