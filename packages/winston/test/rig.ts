import { createDevBackend, type DevBackend, type DevBackendOptions, type ReceivedRecord } from '@logflume/dev-backend';
import { createLogger, type Logger, type LoggerOptions } from 'logflume';
import TransportStream from 'winston-transport';

/** A backend with a logger that sends to it. */
export interface Rig {
  readonly backend: DevBackend;
  readonly logger: Logger;
  /** Flushes, and answers what has arrived so far. */
  received(): Promise<ReceivedRecord[]>;
  /** Flushes, and answers the only record. */
  single(): Promise<ReceivedRecord>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function createRig(options: LoggerOptions = {}, faults?: DevBackendOptions['faults']): Promise<Rig> {
  const backend = await createDevBackend({ maxRecords: 200_000, ...(faults === undefined ? {} : { faults }) });
  const logger = createLogger({ endpoints: [backend.url], exit: { handleSignals: false }, ...options });
  const received = async (): Promise<ReceivedRecord[]> => {
    // All there are, however long a busy machine takes for them.
    await logger.flush({ timeoutMs: 100_000 });
    return backend.records();
  };
  return {
    backend,
    logger,
    received,
    async single() {
      const [record, ...others] = await received();
      if (record === undefined || others.length > 0)
        throw new Error(`expected one record, got ${backend.records().length}`);
      return record;
    },
    async [Symbol.asyncDispose]() {
      await logger.close({ timeoutMs: 100 });
      await backend.close();
    },
  };
}

/** A transport beside ours that keeps what it sees, and calls back as it is told. */
export class SiblingTransport extends TransportStream {
  readonly seen: unknown[] = [];
  readonly #callBack: (callback: () => void) => void;

  constructor(callBack: (callback: () => void) => void = (callback) => callback()) {
    super();
    this.#callBack = callBack;
  }

  override log(info: unknown, callback: () => void): void {
    this.seen.push(info);
    this.#callBack(callback);
  }
}

/** Calls back when it is told to, as a transport does that waits for a disk or a network. */
export function createGate(): { readonly wait: (callback: () => void) => void; open(): void } {
  const waiting: (() => void)[] = [];
  let isOpen = false;
  return {
    wait: (callback) => (isOpen ? callback() : void waiting.push(callback)),
    open() {
      isOpen = true;
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) next();
    },
  };
}
