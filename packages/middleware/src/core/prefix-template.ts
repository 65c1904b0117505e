/**
 * Makes the template of a prefix from its text and the parameters that were read from it: `/users/42` with
 * `{ id: '42' }` is `/users/:id`. Pure.
 *
 * The parameters are sought from the end on, as `/users/users` is `/users/:id` far more often than `/:id/users`.
 */
export function templateOfPrefix(prefix: string, params: unknown): string {
  if (typeof params !== 'object' || params === null) return prefix;
  const segments = prefix.split('/');
  let end = segments.length;
  for (const [name, value] of Object.entries(params).reverse()) {
    const found = lastPlaceOf(segments, Array.isArray(value) ? value.map(String) : [String(value)], end);
    if (found === undefined) continue;
    segments.splice(found.at, found.length, found.isPart ? found.text.replace(found.value, `:${name}`) : `:${name}`);
    end = found.at;
  }
  return segments.join('/');
}

interface Place {
  readonly at: number;
  readonly length: number;
  readonly isPart: boolean;
  readonly text: string;
  readonly value: string;
}

/** Whole segments first; a value may also be a part of one, as in `/v:major`. */
function lastPlaceOf(segments: readonly string[], values: readonly string[], end: number): Place | undefined {
  const value = values.join('/');
  if (value === '') return undefined;
  for (let at = end - values.length; at >= 0; at--) {
    if (values.every((each, index) => decoded(segments[at + index] ?? '') === each)) {
      return { at, length: values.length, isPart: false, text: '', value };
    }
  }
  for (let at = end - 1; at >= 0; at--) {
    const text = decoded(segments[at] ?? '');
    if (text.includes(value)) return { at, length: 1, isPart: true, text, value };
  }
  return undefined;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // Express answered 400 by then; compared as it came.
  }
}
