import { LogflumeError } from '@logflume/delivery';
import { parseEndpointUrl } from './endpoint-url.ts';
import type { Parsed } from './env-values.ts';
import { type GivenEndpoint, parseEndpointOptions } from './resolve-endpoints.ts';
import { showEntries } from './show-value.ts';

/** The variables that hold addresses, from the strongest to the weakest. */
export const endpointVariables = [
  'LOGFLUME_ENDPOINTS',
  'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
] as const;

/**
 * Reads one of {@link endpointVariables}. To the generic one, a base, `v1/logs` is added; the signal-specific one is
 * used as it is; ours is a list in which an address without a path gets `/v1/logs`,
 * or what `options.endpoints` may be, as JSON.
 */
export function parseEndpoints(text: string, variable: string): Parsed<readonly GivenEndpoint[]> {
  if (variable === 'LOGFLUME_ENDPOINTS') return parseEndpointList(text);
  const parsed = parseEndpointUrl(text, variable === 'OTEL_EXPORTER_OTLP_ENDPOINT' ? 'base' : 'final');
  return parsed.kind === 'ok' ? { kind: 'ok', value: [{ address: parsed.value, given: {} }] } : parsed;
}

/** One or several, separated by commas; empty entries are skipped. */
function parseEndpointList(text: string): Parsed<readonly GivenEndpoint[]> {
  if (text.startsWith('[')) return parseEndpointJson(text);
  const good: GivenEndpoint[] = [];
  const wrong: string[] = [];
  let hint: string | undefined;
  for (const entry of text.split(',')) {
    if (entry.trim() === '') continue;
    const parsed = parseEndpointUrl(entry.trim(), 'default');
    if (parsed.kind === 'ok') good.push({ address: parsed.value, given: {} });
    if (parsed.kind !== 'bad') continue;
    wrong.push(entry.trim());
    hint ??= parsed.bad.hint;
  }
  const bad = {
    expected: 'http(s), dns+http(s) or srv+http(s) URLs separated by commas',
    got: showEntries(text, wrong.length === 0 ? [text] : wrong),
    // It may repeat an entry.
    hint: text.includes('@') ? undefined : hint,
  };
  if (good.length === 0) return { kind: 'bad', bad };
  return wrong.length === 0 ? { kind: 'ok', value: good } : { kind: 'partly', value: good, bad };
}

/** All or nothing: an entry may hold headers, so what is wrong with one is told without repeating it. */
function parseEndpointJson(text: string): Parsed<readonly GivenEndpoint[]> {
  const expected =
    'http(s), dns+http(s) or srv+http(s) URLs separated by commas, or a JSON list of URLs and objects with a url';
  try {
    const value = parseEndpointOptions(JSON.parse(text));
    return value.length > 0 ? { kind: 'ok', value } : { kind: 'bad', bad: { expected, got: 'an empty list' } };
  } catch (error) {
    const got = error instanceof LogflumeError ? `a list where ${error.message}` : 'something that is no JSON';
    return { kind: 'bad', bad: { expected, got } };
  }
}
