import { type EndpointUrl, parseEndpointUrl } from './endpoint-url.ts';
import type { Parsed } from './env-values.ts';
import { showList } from './show-value.ts';

/** The variables that hold addresses, from the strongest to the weakest. */
export const endpointVariables = [
  'LOGFLUME_ENDPOINTS',
  'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
] as const;

/**
 * Reads one of {@link endpointVariables}. To the generic one, a base, `v1/logs` is added; the signal-specific one is
 * used as it is; ours is a list in which an address without a path gets `/v1/logs`.
 */
export function parseEndpoints(text: string, variable: string): Parsed<readonly EndpointUrl[]> {
  if (variable === 'LOGFLUME_ENDPOINTS') return parseEndpointList(text);
  const parsed = parseEndpointUrl(text, variable === 'OTEL_EXPORTER_OTLP_ENDPOINT' ? 'base' : 'final');
  return parsed.kind === 'ok' ? { kind: 'ok', value: [parsed.value] } : parsed;
}

/** One or several, separated by commas; empty entries are skipped. */
function parseEndpointList(text: string): Parsed<readonly EndpointUrl[]> {
  const good: EndpointUrl[] = [];
  const wrong: string[] = [];
  let hint: string | undefined;
  for (const entry of text.split(',')) {
    if (entry.trim() === '') continue;
    const parsed = parseEndpointUrl(entry.trim(), 'default');
    if (parsed.kind === 'ok') good.push(parsed.value);
    if (parsed.kind !== 'bad') continue;
    wrong.push(entry.trim());
    hint ??= parsed.bad.hint;
  }
  const bad = {
    expected: 'http(s) URLs separated by commas',
    got: showList(wrong.length === 0 ? [text] : wrong),
    hint,
  };
  if (good.length === 0) return { kind: 'bad', bad };
  return wrong.length === 0 ? { kind: 'ok', value: good } : { kind: 'partly', value: good, bad };
}
