import { inRange, invalid } from './check-option.ts';
import type { DeliveryEndpoint } from './options.ts';
import type { ConfiguredEndpoint } from './send/configured-endpoint.ts';
import { checkHeaders } from './send/header-source.ts';

/**
 * Reads endpoints: `http(s)://…` is used as it stands, `dns+http(s)://name` stands for all addresses of the name,
 * `srv+http(s)://_service._proto.name` for those of its SRV records. Pure.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION`, naming the entry by its index.
 */
export function parseEndpoints(endpoints: readonly DeliveryEndpoint[]): ConfiguredEndpoint[] {
  if ((endpoints?.length ?? 0) === 0) throw invalid('endpoints', 'at least one endpoint', 'none');
  return endpoints.map((endpoint, index) => {
    const { lookup, prefix, url } = parseUrl(endpoint.url, `endpoints[${index}].url`);
    const headers: Record<string, string> = { ...checkHeaders(`endpoints[${index}].headers`, endpoint.headers ?? {}) };
    if (url.username !== '' || url.password !== '') {
      const credentials = `${decodePercent(url.username)}:${decodePercent(url.password)}`;
      headers['authorization'] ??= `Basic ${Buffer.from(credentials).toString('base64')}`;
      url.username = '';
      url.password = '';
    }
    url.hash = '';
    const origin = `${prefix}${url.href}`;
    const name = lookup === 'none' ? '' : url.hostname.replace(/^\[|\]$/g, '');
    // The name a certificate is made for is that of the service's domain: its owner chose it, not the answer of a DNS server.
    if (lookup === 'services') url.hostname = url.hostname.replace(SERVICE, '');
    return {
      origin,
      url: url.href,
      lookup,
      name,
      weight: inRange(`endpoints[${index}].weight`, endpoint.weight ?? 1, Number.MIN_VALUE),
      priority: inRange(`endpoints[${index}].priority`, endpoint.priority ?? 0, 0),
      headers,
    };
  });
}

/** The labels in front of a service's domain. */
const SERVICE = /^_[^.]+\._[^.]+\./;

const LOOKUPS = { '': 'none', 'dns+': 'addresses', 'srv+': 'services' } as const;

function parseUrl(text: string, option: string) {
  const [, scheme = '', rest = ''] = /^(dns\+|srv\+)?(.*)$/is.exec(String(text).trim()) ?? [];
  const prefix = scheme.toLowerCase() === 'dns+' ? 'dns+' : scheme.toLowerCase() === 'srv+' ? 'srv+' : '';
  const expected = 'an http(s) URL, or one with dns+ or srv+ in front of it';
  if (!URL.canParse(rest)) throw invalid(option, expected, 'text that is no URL');
  const url = new URL(rest);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw invalid(option, expected, `the scheme ${url.protocol}`);
  const lookup = LOOKUPS[prefix];
  if (lookup === 'services') {
    if (!SERVICE.test(url.hostname)) {
      throw invalid(option, 'srv+http://_service._tcp.name, such as srv+http://_otlp._tcp.example.com', 'another name');
    }
    if (url.port !== '') throw invalid(option, 'without a port, which the SRV record gives', `the port ${url.port}`);
  }
  return { lookup, prefix, url };
}

/** What is not percent-encoded text is taken as it stands: the URL parser lets it through. */
function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
