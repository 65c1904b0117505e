/** One line of a SRV answer. */
export interface ServiceRecord {
  readonly host: string;
  readonly port: number;
  /** Lower is used first. */
  readonly priority: number;
  /** Share among those of one priority, ≥ 0. */
  readonly weight: number;
}

/**
 * How names become addresses. Both methods may reject, with an error that has a `code` as those of `node:dns` have; an
 * empty answer counts as none. Their own deadlines do not matter: an answer is waited for one second.
 */
export interface Resolver {
  /** All IPv4 and IPv6 addresses of a host, as text. */
  addresses(host: string): Promise<readonly string[]>;
  /** The SRV records of a service, such as `_otlp._tcp.collector.example`. */
  services(name: string): Promise<readonly ServiceRecord[]>;
}
