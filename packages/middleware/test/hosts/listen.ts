import { once } from 'node:events';
import type http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunningHost } from '../sample.ts';

/** Lets a server listen on a free port of the loopback. */
export async function listen(server: http.Server): Promise<RunningHost> {
  server.listen({ port: 0, host: '127.0.0.1', backlog: 2000 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
