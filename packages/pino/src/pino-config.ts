import { setImmediate } from 'node:timers/promises';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';

/** What pino tells a target of its logger, as it came. */
export interface ToldConfig {
  readonly levels?: unknown;
  readonly messageKey?: unknown;
  readonly errorKey?: unknown;
}

/** Whether pino has told what it tells a target. */
export interface PinoConfig {
  /** Asked before a line is read: `undefined` when there is nothing to wait for. */
  settled(): Promise<void> | undefined;
}

/**
 * Listens for the message in which pino tells a target its keys and levels; older versions do not announce it.
 *
 * pino posts it once, before the first line, and the port hands it to whoever listens at that moment: another target may
 * have listened before this one was loaded. So it is here two turns of the event loop after a line at the latest, or it
 * never comes.
 *
 * @param apply - called when it comes.
 */
export function listenForPinoConfig(apply: (config: ToldConfig) => void): PinoConfig {
  const port = parentPort;
  const announced: unknown = Object(Object(workerData).workerData).pinoWillSendConfig;
  let isAwaited = port !== null && announced === true;
  let waiting: Promise<void> | undefined;
  const take = (message: unknown): void => {
    const { code, config } = Object(message) as { readonly code?: unknown; readonly config?: unknown };
    if (code !== 'PINO_CONFIG' || port === null) return;
    port.off('message', take);
    repeatFor(port, message);
    isAwaited = false;
    apply(Object(config) as ToldConfig);
  };
  if (isAwaited) port?.on('message', take);
  const wait = async (): Promise<void> => {
    // The first may come in the turn that is running; the port is read between it and the second.
    await setImmediate();
    await setImmediate();
    isAwaited = false;
    waiting = undefined;
  };
  return {
    settled() {
      if (isAwaited) waiting ??= wait();
      return waiting;
    },
  };
}

/** Notes on a port that it repeats the message: in a thread there may be several of this target, also of several copies. */
const REPEATS: unique symbol = Symbol.for('logflume.pinoConfigRepeated');

/** Hands a message to those too who begin to listen later: targets that are still being loaded wait for it. */
function repeatFor(port: MessagePort, message: unknown): void {
  if (Object.hasOwn(port, REPEATS)) return;
  Object.defineProperty(port, REPEATS, { value: true });
  const on = port.on.bind(port);
  Reflect.set(port, 'on', (name: string, listener: (message: unknown) => void) => {
    on(name, listener);
    if (name === 'message') queueMicrotask(() => listener(message));
    return port;
  });
}
