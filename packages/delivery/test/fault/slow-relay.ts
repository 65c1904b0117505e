import { connect, type Socket } from 'node:net';
import { type LoopbackServer, serveSockets } from './backend.ts';

/** How bytes of one direction travel: what a piece is, and when it may go. */
export interface Link {
  /** Bytes that travel together, ≥ 1. */
  readonly pieceBytes: number;
  /** Milliseconds from one piece to the next; 0 is the next turn of the event loop. */
  readonly paceMs: () => number;
}

/** A server on the way to another one, over a link that is slow in both directions. */
export function serveSlowly(port: number, link: Link): Promise<LoopbackServer> {
  return serveSockets((socket) => {
    const upstream = connect(port, '127.0.0.1');
    upstream.on('error', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
    carry(socket, upstream, link);
    carry(upstream, socket, link);
  });
}

/** Keeps the order of pieces, whatever their pace. */
function carry(from: Socket, to: Socket, { pieceBytes, paceMs }: Link): void {
  // Else the system puts small pieces together again, until the peer acknowledges the first.
  to.setNoDelay(true);
  let waiting = Buffer.alloc(0);
  let isMoving = false;
  let hasEnded = false;
  const move = (): void => {
    const piece = waiting.subarray(0, pieceBytes);
    waiting = waiting.subarray(piece.length);
    if (piece.length > 0 && !to.destroyed) to.write(piece);
    isMoving = waiting.length > 0;
    if (isMoving) later(move);
    else if (hasEnded) to.end();
  };
  const later = (act: () => void): void => {
    const ms = paceMs();
    if (ms > 0) setTimeout(act, ms);
    else setImmediate(act);
  };
  from.on('data', (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    if (!isMoving) later(move);
    isMoving = true;
  });
  from.on('end', () => {
    hasEnded = true;
    if (!isMoving) to.end();
  });
}
