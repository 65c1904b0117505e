import type * as http from 'node:http';
import type * as https from 'node:https';
import type { Socket } from 'node:net';
import { builtin } from '../builtin.ts';
import { connectDeadline } from './connect-deadline.ts';
import { codeOf } from './describe-failure.ts';

export interface ProxyServer {
  /** Whether TLS is spoken with the proxy itself. */
  readonly isSecure: boolean;
  /** Name or address; of IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** `user:password`, for the proxy alone. */
  readonly auth: string | undefined;
}

export interface TunnelRequest {
  readonly proxy: ProxyServer;
  /** The server to get to, by the name that the proxy looks up; an address of IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  /** For TLS with the proxy itself: authority and client certificate. */
  readonly tls: https.AgentOptions;
  readonly connectTimeoutMs: number;
  /** When connecting began, by `performance.now()`. */
  readonly startMs: number;
  /** Ends what is not open yet. */
  readonly signal: AbortSignal;
}

/**
 * Asks a proxy for a connection to a server, by CONNECT. Nothing of it keeps the process alive, and whatever ends it
 * before it is open destroys the connection to the proxy.
 *
 * @returns the open connection, the caller's from then on.
 * @throws an error with Node's code; `ERR_LOGFLUME_CONNECT_TIMEOUT`; or `ERR_LOGFLUME_PROXY_REFUSED` for an answer that
 *   stays the same until a setting is changed, `ERR_LOGFLUME_PROXY` for any other that is no yes.
 */
export async function openTunnel(tunnel: TunnelRequest): Promise<Socket> {
  const { signal } = tunnel;
  const request = connectRequest(tunnel);
  const cancel = connectDeadline(request, tunnel.connectTimeoutMs, tunnel.startMs);
  const onAbort = () => request.destroy();
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await new Promise<Socket>((resolve, reject) => {
      request.on('socket', (socket) => socket.unref());
      request.on('error', (error) => reject(isOfParser(error) ? refusal('speaks no HTTP on its port') : error));
      request.on('connect', ({ statusCode = 0 }, socket) => {
        if (statusCode >= 200 && statusCode < 300) return resolve(socket);
        socket.destroy();
        reject(refusal(`answered HTTP ${statusCode}`, isSetting(statusCode)));
      });
      request.end();
    });
  } finally {
    cancel();
    signal.removeEventListener('abort', onAbort);
  }
}

function connectRequest({ proxy, host, port, tls }: TunnelRequest): http.ClientRequest {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const node = proxy.isSecure ? builtin('node:https') : builtin('node:http');
  const headers: Record<string, string> = { host: authority };
  if (proxy.auth !== undefined) {
    headers['proxy-authorization'] = `Basic ${Buffer.from(proxy.auth).toString('base64')}`;
  }
  // A name other than that of the URL is the server's, not the proxy's.
  const secure = proxy.isSecure ? { ...tls, servername: undefined } : {};
  const to = { host: proxy.host, port: proxy.port, method: 'CONNECT', path: authority };
  return node.request({ ...secure, ...to, headers, agent: false });
}

/** Whether an answer stays until somebody changes credentials, address or what the proxy allows. */
function isSetting(status: number): boolean {
  return status >= 300 && status < 500 && status !== 408 && status !== 429;
}

function isOfParser(error: Error): boolean {
  return codeOf(error)?.startsWith('HPE_') === true;
}

function refusal(what: string, isForGood = false): Error {
  const code = isForGood ? 'ERR_LOGFLUME_PROXY_REFUSED' : 'ERR_LOGFLUME_PROXY';
  return Object.assign(new Error(`the proxy ${what}`), { code });
}
