import type { CallContext } from 'logflume';
import type { SdkLogRecord } from './host.ts';

/** Where the records of an exporter or a processor go. */
export interface RecordSink {
  /** @param call - `undefined` while the log call runs. */
  take(record: SdkLogRecord, call: CallContext | undefined): void;
  /** Never rejects; `timeoutMs` is that of the logger when it is `undefined`. */
  flush(timeoutMs: number | undefined): Promise<void>;
  /** Never rejects. */
  close(): Promise<void>;
}
