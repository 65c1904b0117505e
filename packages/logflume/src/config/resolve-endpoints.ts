import { checkGroup, invalidOption } from './check-options.ts';
import { defaults } from './defaults.ts';
import { anyUrl, type EndpointUrl, parseEndpointUrl } from './endpoint-url.ts';
import type { EndpointOptions, Headers, LoggerOptions } from './logger-options.ts';
import { isRecord } from './option-rule.ts';
import { endpointRules } from './option-rules.ts';
import type { ResolvedEndpoint } from './resolved-options.ts';
import { showValue } from './show-value.ts';

/** An address and what was said about it. */
export interface GivenEndpoint {
  readonly address: EndpointUrl;
  readonly given: Partial<EndpointOptions>;
}

/**
 * Checks `options.endpoints`.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION`, naming the entry by its index.
 */
export function parseEndpointOptions(entries: readonly (string | EndpointOptions)[]): readonly GivenEndpoint[] {
  return entries.map((entry, index) => {
    const path = `endpoints[${index}]`;
    if (typeof entry === 'string') return { address: parseUrl(entry, path), given: {} };
    if (!isRecord(entry))
      throw invalidOption(path, { expected: 'a URL or an object with a url', got: showValue(entry) });
    checkGroup(entry, path, endpointRules.fields);
    return { address: parseUrl(entry.url, `${path}.url`), given: entry };
  });
}

/**
 * Completes endpoints. Where failover is wanted and no endpoint has a priority, their order is the priority: a plain
 * list then means "the first that works".
 */
export function resolveEndpoints(
  endpoints: readonly GivenEndpoint[],
  balance: LoggerOptions['balance'],
): readonly ResolvedEndpoint[] {
  const isRanked = endpoints.some(({ given }) => given.priority !== undefined);
  const byOrder = balance === 'failover' && !isRanked;
  return endpoints.map(({ address, given }, index) => {
    const basic = address.authorization === undefined ? {} : { authorization: address.authorization };
    return Object.freeze({
      url: address.url,
      weight: given.weight ?? defaults.endpointWeight,
      priority: given.priority ?? (byOrder ? index : 0),
      headers: Object.freeze({ ...basic, ...toLowerCaseNames(given.headers ?? {}) }),
    });
  });
}

/**
 * Headers in the spelling in which they can be merged; of a name given twice the last counts. What a function answers with
 * may as well be a `Headers` object or a `Map`.
 */
export function toLowerCaseNames(headers: Headers | Iterable<readonly [string, string]>): Headers {
  const entries = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  return Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value]));
}

function parseUrl(text: unknown, path: string): EndpointUrl {
  if (typeof text !== 'string') throw invalidOption(path, { expected: anyUrl, got: showValue(text) });
  const parsed = parseEndpointUrl(text.trim(), 'default');
  if (parsed.kind === 'ok') return parsed.value;
  const { expected, hint } = parsed.bad;
  throw invalidOption(path, { expected, got: showValue(text), hint });
}
