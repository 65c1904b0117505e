// @ts-check
// A client that costs little itself: connections that stay open, on each a request that waits for its answer. (autocannon
// ends a run at whole seconds, which is longer than a burst.)
import { once } from 'node:events';
import net from 'node:net';

/**
 * Sends a bounded number of requests.
 *
 * @param {{ port: number, path: string, connections: number, amount: number }} order
 * @returns {Promise<number[]>} how long each answer took, in microseconds.
 * @throws Error for an answer that is not 200, or a connection that ends.
 */
export async function sendBurst({ port, path, connections, amount }) {
  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
      await once(socket, 'connect');
      return socket;
    }),
  );
  const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: keep-alive\r\nAccept: application/json\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64) bench/1.0\r\n\r\n`;
  let left = amount;
  /** @type {number[]} */
  const latenciesUs = [];
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise((resolve, reject) => {
          let answer = '';
          let sentMs = 0;
          const next = () => {
            if (left-- <= 0) return resolve(undefined);
            sentMs = performance.now();
            socket.write(request);
          };
          socket.on('data', (chunk) => {
            answer += chunk.latin1Slice();
            if (!isWhole(answer)) return;
            if (!answer.startsWith('HTTP/1.1 200')) reject(new Error(`got ${answer.slice(0, 200)}`));
            latenciesUs.push((performance.now() - sentMs) * 1000);
            answer = '';
            next();
          });
          socket.on('close', () => reject(new Error('a connection ended')));
          next();
        }),
    ),
  );
  for (const socket of sockets) socket.removeAllListeners('close').destroy();
  return latenciesUs;
}

/** @param {string} answer */
function isWhole(answer) {
  const end = answer.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer);
  return answer.length >= end + 4 + Number(length?.[1]);
}
