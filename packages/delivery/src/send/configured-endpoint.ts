import type { EndpointTarget } from './endpoint.ts';

/** An endpoint as the options gave it. */
export interface ConfiguredEndpoint {
  /** Tells it from others: its URL as written, without credentials and fragment. */
  readonly origin: string;
  /** The http(s) URL requests are for. The port is that of the SRV record where there is one. */
  readonly url: string;
  /** How `name` becomes addresses: not at all, by its A and AAAA records, or by SRV records first. */
  readonly lookup: 'none' | 'addresses' | 'services';
  readonly name: string;
  readonly weight: number;
  readonly priority: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** One address a name stands for. */
export interface FoundAddress {
  readonly address: string;
  /** Of the SRV record; `undefined` leaves the URL's. */
  readonly port: number | undefined;
  /** Priority of the SRV record, else 0. */
  readonly rank: number;
  /** Share among the addresses of the name, > 0. */
  readonly share: number;
}

/** The target of an endpoint that is not looked up. Pure. */
export function plainTarget({ origin, url, weight, priority, headers }: ConfiguredEndpoint): EndpointTarget {
  return { origin, url, address: undefined, weight, priority, rank: 0, headers };
}

/** The targets of an endpoint whose name stands for `found`. Pure. */
export function foundTargets(endpoint: ConfiguredEndpoint, found: readonly FoundAddress[]): EndpointTarget[] {
  return found.map(({ address, port, rank, share }) => ({
    ...plainTarget(endpoint),
    url: port === undefined ? endpoint.url : withPort(endpoint.url, port),
    address,
    rank,
    weight: endpoint.weight * share,
  }));
}

function withPort(text: string, port: number): string {
  const url = new URL(text);
  url.port = String(port);
  return url.href;
}
