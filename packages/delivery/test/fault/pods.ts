import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { accept, answering, Inbox } from './backend.ts';

/** A receiver with an address of its own, as a pod has: all pods of a service listen on the same port. */
export async function startPod(address: string, port = 0) {
  const inbox = new Inbox();
  const server = http.createServer({ keepAliveTimeout: 60_000 }, answering(inbox, accept(inbox)));
  server.listen(port, address);
  await once(server, 'listening');
  let connections = 0;
  server.on('connection', () => connections++);
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };
  return {
    address,
    inbox,
    port: (server.address() as AddressInfo).port,
    get connections() {
      return connections;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
