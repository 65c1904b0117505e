import { Buffer } from 'node:buffer';

/** How much of a record one rendering of its line may show. Lengths in UTF-16 units before escaping. */
export interface LineBudget {
  /** Each string of the body and of `exception.*`: message, stack, causes. */
  readonly storyUnits: number;
  /** Each string of the other attributes. */
  readonly valueUnits: number;
  /** Each fixed text: level, names, ids. */
  readonly fixedUnits: number;
  /** Attributes to leave out, by key. */
  readonly left: ReadonlySet<string>;
  /** Whether the attributes of the resource, the same on every line, are there if they were asked for. */
  readonly hasResource: boolean;
  /** Bytes of the whole line when this one is a shortened one. */
  readonly originalBytes: number | undefined;
}

/** Shows everything. */
export const wholeLine: Readonly<LineBudget> = Object.freeze({
  storyUnits: Number.POSITIVE_INFINITY,
  valueUnits: Number.POSITIVE_INFINITY,
  fixedUnits: Number.POSITIVE_INFINITY,
  left: new Set<string>(),
  hasResource: true,
  originalBytes: undefined,
});

/** A line that can be rendered again with less in it. */
export interface ShortenableLine {
  render(budget: LineBudget): string;
  /** The UTF-8 bytes each attribute takes in such a rendering, by key. */
  attributeBytes(budget: LineBudget): ReadonlyMap<string, number>;
}

/** What every text keeps as long as shortening others is enough. All three are judgements. */
const MIN_STORY_UNITS = 1024;
const MIN_VALUE_UNITS = 128;
const MIN_FIXED_UNITS = 48;

/** Below this the fixed fields alone, each character escaped to six bytes, might not fit. */
export const MIN_LINE_BYTES = 4096;

/**
 * Renders a line again, with less in it, so that it fits: first body and stacks lose their ends, then other long
 * strings, then the resource and the largest attributes go. Each step takes no more than it must.
 *
 * @param maxBytes - UTF-8 bytes of the line without a line feed, ≥ `MIN_LINE_BYTES`.
 * @param originalBytes - UTF-8 bytes of the line with everything in it.
 */
export function shortenLine(line: ShortenableLine, maxBytes: number, originalBytes: number): string {
  const fits = (budget: LineBudget) => Buffer.byteLength(line.render(budget)) <= maxBytes;
  const start: LineBudget = { ...wholeLine, originalBytes };

  const shortStory = { ...start, storyUnits: MIN_STORY_UNITS };
  if (fits(shortStory)) {
    return widest(line, fits, MIN_STORY_UNITS, maxBytes, (storyUnits) => ({ ...start, storyUnits }));
  }
  const shortValues = { ...shortStory, valueUnits: MIN_VALUE_UNITS };
  if (fits(shortValues)) {
    return widest(line, fits, MIN_VALUE_UNITS, maxBytes, (valueUnits) => ({ ...shortStory, valueUnits }));
  }
  const bare = { ...shortValues, hasResource: false };
  const fewer = { ...bare, left: largestAttributes(line, bare, maxBytes) };
  if (fits(fewer)) return line.render(fewer);

  const least = { ...fewer, fixedUnits: MIN_FIXED_UNITS };
  return widest(line, fits, 0, MIN_STORY_UNITS, (storyUnits) => ({ ...least, storyUnits }));
}

/** Bisects for the largest length that fits. `low` must fit; every answer was rendered and measured. */
function widest(
  line: ShortenableLine,
  fits: (budget: LineBudget) => boolean,
  low: number,
  high: number,
  budgetOf: (units: number) => LineBudget,
): string {
  let fitting = low;
  let beyond = high + 1;
  while (beyond - fitting > 1) {
    const middle = Math.floor((fitting + beyond) / 2);
    if (fits(budgetOf(middle))) fitting = middle;
    else beyond = middle;
  }
  return line.render(budgetOf(fitting));
}

function largestAttributes(line: ShortenableLine, budget: LineBudget, maxBytes: number): ReadonlySet<string> {
  const left = new Set<string>();
  // The counter of left-out attributes grows with them: its name and ten digits.
  let excess = Buffer.byteLength(line.render(budget)) + 42 - maxBytes;
  const largestFirst = [...line.attributeBytes(budget)].sort(([, a], [, b]) => b - a);
  for (const [key, bytes] of largestFirst) {
    if (excess <= 0) break;
    left.add(key);
    excess -= bytes;
  }
  return left;
}
