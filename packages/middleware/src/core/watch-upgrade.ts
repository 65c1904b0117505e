import type { Socket } from 'node:net';

const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})/;
const SWITCHING_PROTOCOLS = 101;

/**
 * Hears by what status a request for another protocol is answered: libraries for that (`ws`) write the answer to the
 * connection, past the response.
 *
 * @returns a function that says the status so far; `undefined` for none.
 */
export function watchUpgrade(socket: Socket): () => number | undefined {
  const { write, end } = socket;
  // What was sent before, if anything, was the answer: express-ws asks its application afterwards.
  let status: number | undefined = socket.bytesWritten > 0 ? SWITCHING_PROTOCOLS : undefined;
  const hear = (chunk: unknown): void => {
    const isText = typeof chunk === 'string' || chunk instanceof Uint8Array;
    const [, code] =
      STATUS_LINE.exec(isText ? Buffer.from(chunk.slice(0, 16) as Uint8Array).toString('latin1') : '') ?? [];
    if (code !== undefined) status = Number(code);
    socket.write = write; // The first piece has the status.
    socket.end = end;
  };
  socket.write = (...given: unknown[]) => {
    hear(given[0]);
    return Reflect.apply(write, socket, given);
  };
  socket.end = (...given: unknown[]) => {
    hear(given[0]);
    return Reflect.apply(end, socket, given);
  };
  return () => status;
}
