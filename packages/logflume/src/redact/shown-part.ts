import { inspect } from 'node:util';

/** How much of a value a text of the console shows. */
export interface ShownPart {
  /** Steps inwards; what stands deeper is told by its class alone. */
  readonly depth: number;
  /** Of a list, a map or a set. */
  readonly items: number;
  /** Whether getters are asked. */
  readonly getters: boolean;
  /** Whether an object is asked what JSON has for it. */
  readonly json: boolean;
  /** Objects looked into for one value: a judgement, a millisecond, or a few where more is asked for. */
  readonly maxObjects: number;
}

/** Deeper than anything is printed unless that is asked for. */
export const MAX_DEPTH = 12;

const EVERYTHING: ShownPart = Object.freeze({
  depth: MAX_DEPTH,
  items: Number.POSITIVE_INFINITY,
  getters: true,
  json: false,
  maxObjects: 10_000,
});

/** What a method of the console shows of its arguments. */
export function shownPart(method: string, [first, options]: readonly unknown[]): ShownPart {
  if (method === 'table') return EVERYTHING;
  if (method === 'dir' && typeof options === 'object' && options !== null) {
    return { ...EVERYTHING, getters: 'getters' in options && Boolean(options.getters) };
  }
  const { depth, maxArrayLength } = inspect.defaultOptions; // An application may set them.
  const usual = {
    depth: Math.min(depth ?? MAX_DEPTH, MAX_DEPTH),
    items: maxArrayLength ?? EVERYTHING.items,
    getters: inspect.defaultOptions.getters !== false,
    json: false,
    maxObjects: 1000,
  };
  if (method === 'dir' || typeof first !== 'string') return usual;
  if (first.includes('%j')) return { ...EVERYTHING, json: true };
  return first.includes('%o') ? { ...usual, depth: MAX_DEPTH, maxObjects: EVERYTHING.maxObjects } : usual;
}

/** What an object may show that prints itself. */
export function wholeOf(part: ShownPart): ShownPart {
  return { ...EVERYTHING, json: part.json, maxObjects: part.maxObjects };
}
