import type { HttpListener } from './http-listener.ts';

export interface Lifecycle {
  suspend(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}

/** Opens and closes a listener one call after the other, in the order of the calls, however they overlap. */
export function createLifecycle(listener: HttpListener, port: number): Lifecycle {
  let state: 'listening' | 'suspended' | 'closed' = 'listening';
  let last: Promise<void> = Promise.resolve();

  const enqueue = (step: () => Promise<void>): Promise<void> => {
    const turn = last.then(step);
    // Whoever asked for the turn sees its failure; the next turn must not inherit it.
    last = turn.catch(() => undefined);
    return turn;
  };

  return {
    suspend: () =>
      enqueue(async () => {
        if (state !== 'listening') return;
        state = 'suspended';
        await listener.close();
      }),
    resume: () =>
      enqueue(async () => {
        if (state === 'closed') throw new Error('the backend was closed; create another one');
        if (state === 'listening') return;
        await listener.open(port);
        state = 'listening';
      }),
    close: () =>
      enqueue(async () => {
        state = 'closed';
        await listener.close();
      }),
  };
}
