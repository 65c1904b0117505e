import type { Clock } from '../clock.ts';
import { asOwnTraffic } from './own-traffic.ts';
import type { Transport } from './transport.ts';

/** Has a transport hand on what it holds itself, and waits for that, or a deadline. Never rejects. */
export async function flushTransport(transport: Transport, deadlineMs: number, clock: Clock): Promise<void> {
  if (transport.flush === undefined) return;
  await untilSettled(
    asOwnTraffic(async () => transport.flush?.()),
    deadlineMs,
    clock,
  );
}

/** Closes a transport. Never rejects: it is not used any more either way. */
export async function closeTransport(transport: Transport): Promise<void> {
  try {
    await transport.close();
  } catch {
    // Every record has its fate by its answer to `send`; what a transport loses beyond that only it knows of.
  }
}

/** Waits until something is over, well or not, or a deadline. Never rejects. */
export function untilSettled(promise: Promise<unknown>, deadlineMs: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const settle = (): void => {
      timer.cancel();
      resolve();
    };
    const timer = clock.holdFor(Math.max(0, deadlineMs - clock.nowMs()), settle);
    promise.then(settle, settle);
  });
}
