import type * as http from 'node:http';
import type * as https from 'node:https';
import type { Duplex } from 'node:stream';
import { noUpgrade } from './no-upgrade.ts';
import type { ProxyServer } from './open-tunnel.ts';

/** The options of a request, and what those have besides that go through a proxy by a tunnel. */
export interface TunnelOptions extends https.RequestOptions {
  readonly tunnel?: Tunnel | undefined;
  /** It, once it is open. */
  readonly socket?: Duplex | undefined;
}

export interface Tunnel {
  readonly proxy: ProxyServer;
  /** Of the attempt, whose end is that of a tunnel which is not open yet. */
  readonly signal: AbortSignal;
}

/**
 * Node's way to make a request, for axios, with tunnels of ours in place of its own: those know no deadline, keep the
 * process alive, and stay open when a request is aborted. Whether there is a proxy axios decides, as for everybody in the
 * process: it sets an agent that knows the proxy, which is asked for that alone.
 *
 * @param httpsAgent - ours; it opens the tunnel.
 * @param signal - of the attempt.
 */
export function overTunnels(httpsAgent: https.Agent, signal: AbortSignal): typeof noUpgrade {
  return {
    request(options, onResponse) {
      const proxy = proxyOf(options.agent);
      if (proxy === undefined) return noUpgrade.request(options, onResponse);
      const tunnelled: TunnelOptions = Object.assign(options, { agent: httpsAgent, tunnel: { proxy, signal } });
      return noUpgrade.request(tunnelled, onResponse);
    },
  };
}

/** What `https-proxy-agent`, in the version of axios, connects to. */
function proxyOf(agent: http.Agent | boolean | undefined): ProxyServer | undefined {
  const proxy = member(agent, 'proxy');
  const host = member(proxy, 'host');
  const port = member(proxy, 'port');
  const auth = member(proxy, 'auth');
  if (typeof host !== 'string' || typeof port !== 'number') return undefined;
  return {
    isSecure: member(proxy, 'protocol') === 'https:',
    host,
    port,
    auth: typeof auth === 'string' ? auth : undefined,
  };
}

function member(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null ? Reflect.get(object, name) : undefined;
}
