import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Counters } from './counters.ts';
import { defaults } from './defaults.ts';

export interface HttpListener {
  /** Listens. @returns the port, which the system chose if `port` is 0. Rejects if it cannot listen. */
  open(port: number): Promise<number>;
  /** The address the system bound `host` to at the last `open`; `''` before. */
  address(): string;
  /** Stops listening, destroys every connection and aborts what its requests still wait for. */
  close(): Promise<void>;
}

export type RequestHandler = (request: IncomingMessage, response: ServerResponse, signal: AbortSignal) => void;

/** Owns the server socket and all its connections. Can be opened again after a close. */
export function createHttpListener(host: string, handle: RequestHandler, counters: Counters): HttpListener {
  let server: Server | undefined;
  let boundAddress = '';
  let abort = new AbortController();
  const sockets = new Set<Socket>();

  const track = (socket: Socket): void => {
    sockets.add(socket);
    counters.connectionOpened();
    socket.once('close', () => {
      sockets.delete(socket);
      counters.connectionClosed();
    });
  };

  return {
    open(port) {
      const { signal } = abort;
      const opening = createServer({
        headersTimeout: defaults.headersTimeoutMs,
        requestTimeout: defaults.requestTimeoutMs,
        keepAliveTimeout: defaults.keepAliveTimeoutMs,
      });
      opening.maxConnections = defaults.maxConnections;
      opening.on('connection', track).on('request', (request, response) => handle(request, response, signal));
      return new Promise((resolve, reject) => {
        opening.once('error', (error) => reject(toListenError(error, host, port)));
        opening.listen(port, host, () => {
          server = opening;
          const { port: boundPort, address } = readAddress(opening.address());
          boundAddress = address;
          resolve(boundPort);
        });
      });
    },
    address: () => boundAddress,
    async close() {
      const closing = server;
      if (closing === undefined) return;
      server = undefined;
      abort.abort();
      abort = new AbortController();
      const closed = new Promise<void>((resolve) => closing.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function readAddress(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new TypeError('a TCP server must have a port');
  return address;
}

function toListenError(error: Error & { readonly code?: string }, host: string, port: number): Error {
  const at = `port ${port} on ${host}`;
  const messages: Readonly<Record<string, string>> = {
    EADDRINUSE: `${at} is already in use; stop what listens there or choose another port`,
    EACCES: `${at} needs more rights; choose a port above 1023`,
    EADDRNOTAVAIL: `${host} is not an address of this machine`,
    ENOTFOUND: `${host} is not a known host name`,
  };
  return new Error(messages[error.code ?? ''] ?? `cannot listen: ${error.message}`, { cause: error });
}
