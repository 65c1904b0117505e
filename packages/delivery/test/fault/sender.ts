import { createDelivery, type Delivery, type DeliveryDiagnostic, type DeliveryOptions } from '../../src/index.ts';
import { type TextRecord, textCodec, textFormat } from '../text-records.ts';

export interface Sender extends AsyncDisposable {
  readonly delivery: Delivery<TextRecord>;
  readonly diagnostics: DeliveryDiagnostic[];
  /** What would have been on stderr. */
  readonly stderr: string[];
  /** Logs and flushes; answers whether everything has arrived by then. */
  send(...texts: string[]): Promise<boolean>;
}

/** A delivery over real sockets, in a hurry: short lingers and retries, its stderr kept in memory. */
export function createSender(urls: readonly string[], options: Partial<DeliveryOptions<TextRecord>> = {}): Sender {
  const diagnostics: DeliveryDiagnostic[] = [];
  const stderr: string[] = [];
  const delivery = createDelivery<TextRecord>({
    codec: textCodec,
    format: textFormat,
    endpoints: urls.map((url) => ({ url })),
    batch: { lingerMs: 0 },
    retry: { baseDelayMs: 50 },
    timeoutMs: 1000,
    exit: { hooks: false },
    onDiagnostic: (event) => diagnostics.push(event),
    stdio: {
      write(text, done) {
        stderr.push(text);
        setImmediate(done, true);
        return true;
      },
      writeLinesSync: (lines) => stderr.push(...lines),
    },
    ...options,
  });
  return {
    delivery,
    diagnostics,
    stderr,
    async send(...texts) {
      for (const text of texts) delivery.enqueue({ text }, 9, 0);
      const { pending } = await delivery.flush({ timeoutMs: 10_000 });
      return pending === 0;
    },
    async [Symbol.asyncDispose]() {
      await delivery.close({ timeoutMs: 100 });
    },
  };
}
