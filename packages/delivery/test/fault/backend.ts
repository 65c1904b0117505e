import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { textsOf } from '../text-records.ts';

/** A server that can be taken down in one go: the test's `await using` ends it. */
export interface LoopbackServer extends AsyncDisposable {
  readonly port: number;
  /** Address of the logs endpoint. */
  readonly url: string;
  /** Connections so far. */
  readonly connections: number;
  /** Connections open now. */
  readonly open: number;
}

/** A server for raw sockets. */
export function serveSockets(onSocket: (socket: Socket, number: number) => void, port = 0): Promise<LoopbackServer> {
  return listen(net.createServer(), port, onSocket);
}

/** A server for HTTP. */
export function serveHttp(handler: http.RequestListener, port = 0): Promise<LoopbackServer> {
  return listen(http.createServer({ keepAliveTimeout: 60_000 }, handler), port);
}

export async function listen(
  server: net.Server,
  port = 0,
  onSocket: (socket: Socket, number: number) => void = () => undefined,
): Promise<LoopbackServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    onSocket(socket, connections++);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;
  return {
    port: address.port,
    url: `http://127.0.0.1:${address.port}/v1/logs`,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A port on which nothing listens. */
export async function freePort(): Promise<number> {
  const server = await serveSockets(() => undefined);
  await server[Symbol.asyncDispose]();
  return server.port;
}

/** A request as it arrived, whole. */
export interface Arrived {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  readonly atMs: number;
}

/** What arrived, and how often. */
export class Inbox {
  readonly requests: Arrived[] = [];
  /** Ids under which each text arrived. */
  readonly ids = new Map<string, Set<string>>();
  duplicates = 0;

  get texts(): string[] {
    return [...this.ids.keys()];
  }

  /** Keeps the records of a request. */
  keep(request: Arrived): void {
    for (const text of textsOf(request.body)) {
      const ids = this.ids.get(text);
      if (ids !== undefined) this.duplicates++;
      this.ids.set(text, (ids ?? new Set()).add(String(request.headers['idempotency-key'])));
    }
  }
}

export type Answer = (request: Arrived, response: http.ServerResponse, number: number) => void;

/** Says yes, and keeps what came. */
export const accept =
  (inbox: Inbox): Answer =>
  (request, response) => {
    inbox.keep(request);
    response.end();
  };

/** Answers requests one by one, each read whole before: the last answer is for all that follow. */
export function answering(inbox: Inbox, ...answers: Answer[]): http.RequestListener {
  return (request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const arrived: Arrived = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks),
        atMs: performance.now(),
      };
      const number = inbox.requests.push(arrived) - 1;
      answers[Math.min(number, answers.length - 1)]?.(arrived, response, number);
    });
  };
}
