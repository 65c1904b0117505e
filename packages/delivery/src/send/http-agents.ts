import type * as http from 'node:http';
import type * as https from 'node:https';
import type { Duplex } from 'node:stream';
import { builtin } from '../builtin.ts';
import { connectDeadline } from './connect-deadline.ts';
import { openTunnel } from './open-tunnel.ts';
import type { Tunnel, TunnelOptions } from './over-tunnels.ts';

export interface TlsOptions {
  /** PEM of the authorities to trust instead of the built-in ones. */
  readonly ca?: string | Buffer | undefined;
  /** PEM of the client certificate and its key. */
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
  /** Name the server's certificate must have, also sent as SNI, where it is not the host of the URL. */
  readonly servername?: string | undefined;
}

/** What a delivery is given: for files that change, a function. It is asked often and must be quick and never throw. */
export type TlsSource = TlsOptions | (() => TlsOptions) | undefined;

/** What holds at this moment. */
export function tlsNow(source: TlsSource): TlsOptions | undefined {
  return typeof source === 'function' ? source() : source;
}

export interface AgentSettings {
  readonly connectTimeoutMs: number;
  /** Age, give or take a fifth, at which a connection is closed after its request instead of being kept; or never. */
  readonly maxSocketAgeMs?: number | undefined;
  readonly tls: TlsSource;
}

/** Connections to `host` go to `address`. Those to any other host, a proxy, go where they went. */
export interface Route {
  readonly host: string;
  readonly address: string;
}

/** Below the five seconds after which Node's own servers close an idle connection. */
const IDLE_MS = 4000;

const keepAlive = { keepAlive: true, timeout: IDLE_MS, scheduling: 'lifo' as const };

/** Share of its age by which a connection may be closed sooner or later, so that a fleet does not connect anew at once. */
const AGE_SPREAD = 0.2;

/** The two agents axios wants. */
export interface Agents {
  readonly httpAgent: http.Agent;
  readonly httpsAgent: https.Agent;
}

/** The two ways to connect. */
export interface AgentPair {
  readonly kept: Agents;
  /** A connection of its own for each request: for the one whose kept connection was closed under it. */
  readonly fresh: Agents;
}

/** The connections of one delivery, or to one address. */
export interface Connections {
  /** For the next request. They are others after the certificates changed; the ones before end when they are idle. */
  agents(): AgentPair;
  /** Closes idle connections. */
  close(): void;
}

/**
 * Connections that are kept alive and never keep the process alive. A pending `flush` or `close` holds the process by its
 * own timer; a request on its way must not, else a backend that never answers delays every exit.
 *
 * A kept connection is not used for ever: behind one virtual address it would stay with one of many servers.
 */
export function createConnections(settings: AgentSettings, route?: Route): Connections {
  let tls = tlsNow(settings.tls);
  let pair = createAgents(settings, tls, route);
  return {
    agents() {
      const current = tlsNow(settings.tls);
      // The old agent may be sending: it is left to its requests, and its idle connections to their time limit.
      if (current !== tls) pair = createAgents(settings, current, route);
      tls = current;
      return pair;
    },
    close() {
      pair.kept.httpAgent.destroy();
      pair.kept.httpsAgent.destroy();
    },
  };
}

function createAgents(
  { connectTimeoutMs, maxSocketAgeMs = Number.POSITIVE_INFINITY }: AgentSettings,
  tls: TlsOptions | undefined,
  route: Route | undefined,
): AgentPair {
  const given = Object.entries(tls ?? {}).filter(([, value]) => value !== undefined);
  const tlsOptions: https.AgentOptions = Object.fromEntries(given);
  const endMs = new WeakMap<Duplex, number>();
  const begin = <S extends Duplex | null | undefined>(socket: S, event: string, startMs = performance.now()): S => {
    const ageMs = maxSocketAgeMs * (1 - AGE_SPREAD + 2 * AGE_SPREAD * Math.random());
    if (socket) endMs.set(socket, performance.now() + ageMs);
    return prepare(socket, event, connectTimeoutMs, startMs);
  };
  const isYoung = (socket: Duplex): boolean => performance.now() < (endMs.get(socket) ?? Number.POSITIVE_INFINITY);
  const routed = <O extends http.ClientRequestArgs>(options: O): O =>
    route !== undefined && options.host === route.host ? { ...options, host: route.address } : options;

  class PlainAgent extends builtin('node:http').Agent {
    override createConnection(options: http.ClientRequestArgs, callback?: Created): Duplex | null | undefined {
      return begin(super.createConnection(routed(options), callback), 'connect');
    }

    override keepSocketAlive(socket: Duplex): boolean {
      super.keepSocketAlive(socket);
      return isYoung(socket);
    }

    override reuseSocket(socket: Duplex, request: http.ClientRequest): void {
      super.reuseSocket(socket, request);
      unref(socket);
    }
  }
  class SecureAgent extends builtin('node:https').Agent {
    override createConnection(options: TunnelOptions, callback?: Created): Duplex | null | undefined {
      if (options.tunnel === undefined) {
        return begin(super.createConnection(routed(options), callback), 'secureConnect');
      }
      const created = (...result: unknown[]) => callback && Reflect.apply(callback, undefined, result);
      this.#connectThrough(options.tunnel, options).then((socket) => created(null, socket), created);
      return undefined;
    }

    async #connectThrough({ proxy, signal }: Tunnel, options: TunnelOptions): Promise<Duplex | null | undefined> {
      const startMs = performance.now();
      const server = { host: options.host ?? '', port: Number(options.port) };
      const socket = await openTunnel({ ...server, proxy, tls: tlsOptions, connectTimeoutMs, startMs, signal });
      try {
        signal.throwIfAborted();
        const secured: TunnelOptions = { ...options, socket };
        return begin(super.createConnection(secured), 'secureConnect', startMs);
      } catch (error) {
        socket.destroy();
        throw error;
      }
    }

    /** A tunnel is kept for what goes through the same proxy to the same server. */
    override getName(options: TunnelOptions): string {
      const proxy = options.tunnel?.proxy;
      return proxy === undefined ? super.getName(options) : `${super.getName(options)}:${JSON.stringify(proxy)}`;
    }

    override keepSocketAlive(socket: Duplex): boolean {
      super.keepSocketAlive(socket);
      return isYoung(socket);
    }

    override reuseSocket(socket: Duplex, request: http.ClientRequest): void {
      super.reuseSocket(socket, request);
      unref(socket);
    }
  }
  return {
    kept: { httpAgent: new PlainAgent(keepAlive), httpsAgent: new SecureAgent({ ...keepAlive, ...tlsOptions }) },
    fresh: { httpAgent: new PlainAgent(), httpsAgent: new SecureAgent(tlsOptions) },
  };
}

type Created = (error: Error | null, stream: Duplex) => void;

/** Until `event` a connection has a deadline of its own. */
function prepare<S extends Duplex | null | undefined>(
  socket: S,
  event: string,
  connectTimeoutMs: number,
  startMs: number,
): S {
  if (!socket) return socket;
  unref(socket);
  const cancel = connectDeadline(socket, connectTimeoutMs, startMs);
  socket.once(event, cancel);
  socket.once('close', cancel);
  return socket;
}

function unref(socket: Duplex): void {
  const method: unknown = Reflect.get(socket, 'unref');
  if (typeof method === 'function') Reflect.apply(method, socket, []);
}
