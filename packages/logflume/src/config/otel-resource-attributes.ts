import type { Parsed } from './env-values.ts';
import { showList } from './show-value.ts';
import { isUnexpanded } from './unexpanded.ts';

/**
 * Reads `OTEL_RESOURCE_ATTRIBUTES`: `key=value,key=value`, both percent-encoded; every value stays a string.
 *
 * Any error discards the whole text, as the specification wants: half an identity is worse than none. The one
 * exception are values Kubernetes left unexpanded (`$(POD_NAME)`): those pairs count as absent, the others are used.
 * Empty entries are skipped; of a key given twice the last counts.
 *
 * @see https://opentelemetry.io/docs/specs/otel/resource/sdk/#specifying-resource-information-via-an-environment-variable
 */
export function parseResourceAttributes(text: string): Parsed<ReadonlyMap<string, string>> {
  const attributes = new Map<string, string>();
  const unexpanded: string[] = [];
  const entries = text.split(',').filter((entry) => entry.trim() !== '');
  for (const [index, entry] of entries.entries()) {
    const pair = parsePair(entry);
    if (pair === undefined) {
      const got = `something else in entry ${index + 1} of ${entries.length}`;
      return { kind: 'bad', bad: { expected: 'key=value pairs separated by commas, percent-encoded', got } };
    }
    if (isUnexpanded(pair.value)) unexpanded.push(pair.key);
    else attributes.set(pair.key, pair.value);
  }
  if (unexpanded.length === 0) return { kind: 'ok', value: attributes };
  const bad = {
    expected: 'free of "$(…)" references that Kubernetes could not expand',
    got: `one in ${showList(unexpanded)}`,
    hint: 'define the variable it refers to before this one',
  };
  return attributes.size === 0 ? { kind: 'bad', bad } : { kind: 'partly', value: attributes, bad };
}

/** Reads `LOGFLUME_ATTRIBUTES`: pairs as above, or an object as JSON, whose values may be anything. */
export function parseAttributes(text: string): Parsed<Readonly<Record<string, unknown>>> {
  if (text.startsWith('{')) {
    const value = parseObject(text);
    if (value !== undefined) return { kind: 'ok', value };
    const expected = 'key=value pairs separated by commas, percent-encoded, or a JSON object';
    return { kind: 'bad', bad: { expected, got: 'something that begins with "{" and is no JSON' } };
  }
  const parsed = parseResourceAttributes(text);
  return parsed.kind === 'bad' ? parsed : { ...parsed, value: Object.fromEntries(parsed.value) };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(text); // Begins with a brace: an object or nothing.
  } catch {
    return undefined; // The caller says so; the error would repeat the text.
  }
}

function parsePair(entry: string): { readonly key: string; readonly value: string } | undefined {
  const [rawKey, rawValue, ...rest] = entry.split('=');
  if (rawKey === undefined || rawValue === undefined || rest.length > 0) return undefined;
  try {
    const key = decodeURIComponent(rawKey.trim());
    return key === '' ? undefined : { key, value: decodeURIComponent(rawValue.trim()) };
  } catch {
    return undefined; // A "%" that escapes nothing: an error of the pair, so of the text.
  }
}
