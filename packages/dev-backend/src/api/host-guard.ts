import type { IncomingHttpHeaders } from 'node:http';

const loopbackNames: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** True if only programs of this machine can reach a server that listens on `host`. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Says why a request to the page or the API is refused, `undefined` if it is not.
 *
 * A web page somewhere can make a browser on this machine send requests here. With a name of its own that it lets point
 * to 127.0.0.1 (DNS rebinding) it could even read the answers; such a request still carries that name as Host. Changing
 * requests must not come from another origin at all. Any port of the loopback names will do: it may be forwarded.
 *
 * @param listenHost - what the server is bound to. Only on loopback the names it is reached by are known.
 */
export function refuseForeign(method: string, headers: IncomingHttpHeaders, listenHost: string): string | undefined {
  const host = headers.host ?? '';
  const hostname = host.replace(/:\d+$/, '').toLowerCase();
  if (isLoopbackHost(listenHost) && !loopbackNames.includes(hostname) && hostname !== listenHost) {
    return `Host must be one of ${loopbackNames.join(', ')}, got ${JSON.stringify(host)}`;
  }
  const { origin } = headers;
  if (method === 'GET' || method === 'HEAD' || origin === undefined) return undefined;
  if (origin.toLowerCase() === `http://${host.toLowerCase()}`) return undefined;
  return `Origin must be that of this page, got ${JSON.stringify(origin)}`;
}
