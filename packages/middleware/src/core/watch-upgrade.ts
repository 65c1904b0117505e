import type { Socket } from 'node:net';

const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})/;
/** Characters of a status line up to its status. */
const STATUS_UNITS = 12;
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
  let isFirst = true;
  const hear = (chunk: unknown): void => {
    if (!isFirst) return;
    isFirst = false;
    const [, code] = STATUS_LINE.exec(beginningOf(chunk)) ?? [];
    if (code !== undefined) status = Number(code);
  };
  // They stay: whoever stands before them by then would be taken away with them.
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

function beginningOf(chunk: unknown): string {
  if (typeof chunk === 'string') return chunk.slice(0, STATUS_UNITS);
  return chunk instanceof Uint8Array ? Buffer.from(chunk.subarray(0, STATUS_UNITS)).toString('latin1') : '';
}
