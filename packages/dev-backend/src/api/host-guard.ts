import type { IncomingHttpHeaders } from 'node:http';

const loopbackNames: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Where the server listens. */
export interface ListensOn {
  /** The host part of the backend's own URL. */
  readonly urlHost: string;
  /** The address the system bound it to: `localhost`, `127.1` and many more names mean a loopback address. */
  readonly address: string;
}

/** True if only programs of this machine can reach a server bound to `address`, as the system writes it. */
export function isLoopbackAddress(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}

/**
 * Says why a request to the page or the API is refused, `undefined` if it is not.
 *
 * A web page somewhere can make a browser on this machine send requests here. With a name of its own that it lets point
 * to 127.0.0.1 (DNS rebinding) it could even read the answers; such a request still carries that name as Host. Changing
 * requests must not come from another origin at all. Any port of the loopback names will do: it may be forwarded.
 *
 * Only on a loopback address the names a server is reached by are known.
 */
export function refuseForeign(method: string, headers: IncomingHttpHeaders, on: ListensOn): string | undefined {
  const host = headers.host ?? '';
  const hostname = host.replace(/:\d+$/, '').toLowerCase();
  if (isLoopbackAddress(on.address) && !loopbackNames.includes(hostname) && !isNamed(hostname, on.urlHost)) {
    return `Host must be one of ${loopbackNames.join(', ')}, got ${JSON.stringify(host)}`;
  }
  const { origin } = headers;
  if (method === 'GET' || method === 'HEAD' || origin === undefined) return undefined;
  if (origin.toLowerCase() === `http://${host.toLowerCase()}`) return undefined;
  return `Origin must be that of this page, got ${JSON.stringify(origin)}`;
}

/** A client sends the host as it was written, or as a URL has it: `127.1` there is `127.0.0.1`. */
function isNamed(hostname: string, urlHost: string): boolean {
  return hostname === urlHost.toLowerCase() || hostname === new URL(`http://${urlHost}`).hostname;
}
