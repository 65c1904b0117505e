import { createDevBackend, type DevBackend, type ReceivedRecord } from '@logflume/dev-backend';
import { createLogger, type Logger, type LoggerOptions } from 'logflume';

/** A backend, and a logger that delivers to it. */
export interface Receiver {
  readonly backend: DevBackend;
  readonly url: string;
  readonly logger: Logger;
  /** Flushes, and answers all that arrived, by the number of its line where it has one in `i`, else as it came. */
  records(): Promise<ReceivedRecord[]>;
  /** The same when it is one record. */
  record(): Promise<ReceivedRecord>;
  [Symbol.asyncDispose](): Promise<void>;
}

export async function createReceiver(options: LoggerOptions = {}): Promise<Receiver> {
  const backend = await createDevBackend({ maxRecords: 20_000 });
  const logger = createLogger({ endpoints: [backend.url], exit: { handleSignals: false }, ...options });
  const records = async (): Promise<ReceivedRecord[]> => {
    // All there are, however long a busy machine takes for them.
    await logger.flush({ timeoutMs: 100_000 });
    const all = [...backend.records()];
    return all.sort((a, b) => Number(a.attributes['i'] ?? 0) - Number(b.attributes['i'] ?? 0));
  };
  return {
    backend,
    url: backend.url,
    logger,
    records,
    async record() {
      const [first, ...others] = await records();
      if (first === undefined || others.length > 0) throw new Error(`expected one record, got ${others.length + 1}`);
      return first;
    },
    async [Symbol.asyncDispose]() {
      await logger.close();
      await backend.close();
    },
  };
}
