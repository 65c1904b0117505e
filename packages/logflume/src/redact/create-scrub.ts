import { Buffer } from 'node:buffer';
import type { Scrub } from '@logflume/otlp';
import { createKeyMatcher } from './key-matcher.ts';
import type { RedactOptions } from './redact-options.ts';
import { type Places, parsePaths } from './redact-paths.ts';
import { createHint, type ReplaceSecrets, secretNames, secretShapeNames, secretShapes } from './secret-shapes.ts';

const REPLACEMENT = '[redacted]';

/** Longer texts are cut before they are searched: no record can hold more, and a search must end. */
const MAX_SEARCHED_UNITS = 256 * 1024;

/** Shorter than any secret that is told by its looks. */
const MIN_SECRET_UNITS = 8;

/** Makes what the encoder asks; `undefined` when there is nothing to take out. */
export function createScrub(redact: readonly string[] | RedactOptions | undefined): Scrub | undefined {
  const { keys = [], paths = [], values = false, replacement = REPLACEMENT } = toOptions(redact);
  const names = values === true ? secretShapeNames : values === false ? [] : values;
  const shapes = names.map((name) => secretShapes[name]);
  if (keys.length === 0 && paths.length === 0 && shapes.length === 0) return undefined;
  const patterns = names.map((name) => secretNames[name]).filter((pattern) => pattern !== undefined);
  const parts: ScrubParts = {
    hasNames: keys.length > 0 || patterns.length > 0 || paths.length > 0,
    isSecretKey: createKeyMatcher(keys, patterns),
    mayHold: createHint(names),
    shapes,
    replacement,
  };
  const anywhere = new RecordScrub(parts, undefined, undefined);
  // A name with dots is met as a flat one; the same may stand in objects inside each other.
  const places = [...paths, ...keys.filter((key) => key.includes('.'))];
  return places.length === 0 ? anywhere : new RecordScrub(parts, parsePaths(places), anywhere);
}

/** A scrub that knows secrets by their names or places, not by their looks alone. */
interface NamedScrub extends Scrub {
  readonly hasNames: true;
}

/** Asked by its shape: an application may hold two copies of this package, which `instanceof` would tell apart. */
export function hasNames(scrub: Scrub | undefined): scrub is NamedScrub {
  return scrub !== undefined && 'hasNames' in scrub && scrub.hasNames === true;
}

function toOptions(redact: readonly string[] | RedactOptions | undefined): RedactOptions {
  return redact === undefined ? {} : isList(redact) ? { keys: redact } : redact;
}

function isList(redact: readonly string[] | RedactOptions): redact is readonly string[] {
  return Array.isArray(redact);
}

interface ScrubParts {
  readonly hasNames: boolean;
  readonly isSecretKey: (key: string) => boolean;
  /** Whether a text is worth searching. */
  readonly mayHold: (text: string) => boolean;
  readonly shapes: readonly ReplaceSecrets[];
  readonly replacement: string;
}

class RecordScrub implements Scrub {
  readonly hasNames: boolean;
  readonly #parts: ScrubParts;
  /** The places still ahead on the way that led here; `undefined` when there are none. */
  readonly #places: Places | undefined;
  /** The scrub where no place is ahead any more. */
  readonly #anywhere: Scrub;

  constructor(parts: ScrubParts, places: Places | undefined, anywhere: Scrub | undefined) {
    this.hasNames = parts.hasNames;
    this.#parts = parts;
    this.#places = places;
    this.#anywhere = anywhere ?? this;
  }

  replacementOf(key: string): string | undefined {
    const isSecret = this.#parts.isSecretKey(key) || this.#places?.after(key)?.isEnd === true;
    return isSecret ? this.#parts.replacement : undefined;
  }

  under(key: string): Scrub {
    if (this.#places === undefined) return this;
    const places = this.#places.after(key);
    return places === undefined ? this.#anywhere : new RecordScrub(this.#parts, places, this.#anywhere);
  }

  text(text: string): string {
    const { shapes, mayHold, replacement } = this.#parts;
    if (shapes.length === 0 || text.length < MIN_SECRET_UNITS) return text;
    const missing = text.length - MAX_SEARCHED_UNITS;
    let safe = missing > 0 ? text.slice(0, MAX_SEARCHED_UNITS) : text;
    if (!mayHold(safe)) return text;
    for (const replaceSecrets of shapes) safe = replaceSecrets(safe, replacement);
    return missing > 0 ? `${safe}… [${missing} characters cut]` : safe;
  }

  replacementOfValue(value: number | bigint | Uint8Array): string | undefined {
    const { shapes, replacement } = this.#parts;
    // The shortest card number has thirteen digits.
    if (shapes.length === 0 || (typeof value === 'number' && !(value >= 1e12))) return undefined;
    const text =
      typeof value === 'object' ? bytesText(value) : typeof value === 'number' ? value.toFixed(0) : digits(value);
    return this.text(text) === text ? undefined : replacement;
  }
}

/** Larger ones are no card numbers, and their digits cost the square of their number. */
function digits(value: bigint): string {
  return value < 10n ** 19n && value > 0n ? String(value) : '';
}

function bytesText(bytes: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = bytes;
  return Buffer.from(buffer, byteOffset, Math.min(byteLength, MAX_SEARCHED_UNITS)).toString('latin1');
}
