import type { Socket } from 'node:net';

/** What stays the same for all requests of a connection. */
export interface Connection {
  /** Address of the other end, an IPv4 one in its usual form; `undefined` where the system does not tell it. */
  readonly address: string | undefined;
  /** `https` on a socket with TLS. */
  readonly scheme: string;
  /**
   * Whether there is no client at the other end but what takes the answer within the process: light-my-request, with it
   * Fastify's `inject` and its adapter for AWS Lambda; serverless-http; serverless-express.
   */
  readonly isInjected: boolean;
}

const CONNECTION: unique symbol = Symbol('logflume.connection');

interface Carrier extends Socket {
  [CONNECTION]?: Connection;
}

/** What is known of a connection: asked for once, as the getters of a socket take 0.1 µs for each request (Node 20). */
export function connectionOf(socket: Carrier): Connection {
  let connection = socket[CONNECTION];
  if (connection === undefined) {
    const address = socket.remoteAddress;
    connection = {
      address: address === undefined ? undefined : usualAddress(address),
      scheme: 'encrypted' in socket && socket.encrypted === true ? 'https' : 'http',
      isInjected: !('remoteAddress' in socket),
    };
    if (Object.isExtensible(socket)) socket[CONNECTION] = connection;
  }
  return connection;
}

/** An IPv4 address in its usual form, as it comes with a prefix from a socket that takes both kinds. */
export function usualAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
