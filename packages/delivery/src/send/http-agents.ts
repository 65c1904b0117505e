import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { patientTimeout } from './patient-timeout.ts';

export interface TlsOptions {
  /** PEM of the authorities to trust instead of the built-in ones. */
  readonly ca?: string | Buffer | undefined;
  /** PEM of the client certificate and its key. */
  readonly cert?: string | Buffer | undefined;
  readonly key?: string | Buffer | undefined;
}

export interface AgentSettings {
  readonly connectTimeoutMs: number;
  readonly tls: TlsOptions | undefined;
}

/** Below the five seconds after which Node's own servers close an idle connection. */
const IDLE_MS = 4000;

const keepAlive = { keepAlive: true, timeout: IDLE_MS, scheduling: 'lifo' as const };

/** The two agents axios wants. */
export interface Agents {
  readonly httpAgent: http.Agent;
  readonly httpsAgent: https.Agent;
}

/** The connections of one delivery. */
export interface Connections {
  readonly kept: Agents;
  /** A connection of its own for each request: for the one whose kept connection was closed under it. */
  readonly fresh: Agents;
  /** Closes idle connections. */
  close(): void;
}

/**
 * Connections that are kept alive and never keep the process alive. A pending `flush` or `close` holds the process by its
 * own timer; a request on its way must not, else a backend that never answers delays every exit.
 */
export function createConnections(settings: AgentSettings): Connections {
  class PlainAgent extends http.Agent {
    override createConnection(options: http.ClientRequestArgs, callback?: Created): Duplex | null | undefined {
      return prepare(super.createConnection(options, callback), 'connect', settings.connectTimeoutMs);
    }

    override reuseSocket(socket: Duplex, request: http.ClientRequest): void {
      super.reuseSocket(socket, request);
      unref(socket);
    }
  }
  class SecureAgent extends https.Agent {
    override createConnection(options: https.RequestOptions, callback?: Created): Duplex | null | undefined {
      return prepare(super.createConnection(options, callback), 'secureConnect', settings.connectTimeoutMs);
    }

    override reuseSocket(socket: Duplex, request: http.ClientRequest): void {
      super.reuseSocket(socket, request);
      unref(socket);
    }
  }
  const { ca, cert, key } = settings.tls ?? {};
  const tlsOptions = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
  const kept = { httpAgent: new PlainAgent(keepAlive), httpsAgent: new SecureAgent({ ...keepAlive, ...tlsOptions }) };
  return {
    kept,
    fresh: { httpAgent: new PlainAgent(), httpsAgent: new SecureAgent(tlsOptions) },
    close() {
      kept.httpAgent.destroy();
      kept.httpsAgent.destroy();
    },
  };
}

type Created = (error: Error | null, stream: Duplex) => void;

/** Until `event` a connection has a deadline of its own: a lost SYN or a stalled handshake must not cost a whole attempt. */
function prepare<S extends Duplex | null | undefined>(socket: S, event: string, connectTimeoutMs: number): S {
  if (!socket) return socket;
  unref(socket);
  if (connectTimeoutMs > 0) {
    const cancel = patientTimeout(connectTimeoutMs, () => {
      socket.destroy(
        Object.assign(new Error(`no connection within ${connectTimeoutMs} ms`), {
          code: 'ERR_LOGFLUME_CONNECT_TIMEOUT',
        }),
      );
    });
    const connected = () => cancel();
    socket.once(event, connected);
    socket.once('close', connected);
  }
  return socket;
}

function unref(socket: Duplex): void {
  const method: unknown = Reflect.get(socket, 'unref');
  if (typeof method === 'function') Reflect.apply(method, socket, []);
}
