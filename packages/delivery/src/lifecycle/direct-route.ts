type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether requests to `url` go there without a proxy, by the variables axios reads: `http_proxy`, `https_proxy`,
 * `all_proxy` and `no_proxy`, in either case. Pure. In doubt there is a proxy.
 */
export function isDirectRoute(url: string, env: Environment): boolean {
  const { protocol, hostname, port } = new URL(url);
  const scheme = protocol.slice(0, -1);
  if (read(env, `${scheme}_proxy`) === '' && read(env, 'all_proxy') === '') return true;
  const portNumber = port === '' ? (scheme === 'https' ? '443' : '80') : port;
  return read(env, 'no_proxy')
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => entry !== '' && matches(entry, hostname, portNumber));
}

/** An entry is `*`, a host, or the end of one (`.svc`, `*.svc`), with or without a port. */
function matches(entry: string, hostname: string, port: string): boolean {
  if (entry === '*') return true;
  const [, host = entry, onlyPort] = /^(.+):(\d+)$/.exec(entry) ?? [];
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const suffix = host.startsWith('*') ? host.slice(1) : host;
  return suffix.startsWith('.') ? hostname.endsWith(suffix) : hostname === host;
}

/** An empty one is as good as none, as axios has it: the other spelling counts. */
function read(env: Environment, name: string): string {
  return env[name] || env[name.toUpperCase()] || '';
}
