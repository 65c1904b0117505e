import { type Clock, type Delivery, type Reporter, systemClock } from '@logflume/delivery';
import type { LogRecordInput } from '@logflume/otlp';
import { createConsoleDelivery } from '../console-delivery.ts';
import type { ToLine } from '../console-output.ts';
import { onHangup } from './hangup.ts';
import { type FileEvents, RotatingFile, type RotatingFileOptions } from './rotating-file.ts';

/** How long a close waits for a write that the disk has been given. */
const LAST_WRITE_MS = 1000;

export interface FileDeliveryOptions extends RotatingFileOptions {
  readonly toLine: ToLine;
  /** The lowest severity number that is written, 1 for all. */
  readonly minSeverity: number;
  /** Of lines that wait for the disk. */
  readonly maxQueueBytes: number | undefined;
  /** What a flush or close takes at most that asks for nothing else, in milliseconds. */
  readonly timeoutMs: number | undefined;
  /** Told of every loss. */
  readonly reporter: Reporter;
}

/**
 * A delivery whose backend is a file. A line in the file is `delivered`; one that could not be written until the file
 * was closed or the process ended is dropped as `fallback_failed`; records below its level are none of its business.
 */
export function createFileDelivery(
  options: FileDeliveryOptions,
  events: FileEvents,
  clock: Clock = systemClock,
): Delivery<LogRecordInput> {
  const file = new RotatingFile(options, clock, events);
  const { toLine, maxQueueBytes, timeoutMs, reporter } = options;
  const lines = createConsoleDelivery(toLine, file, { maxBytes: maxQueueBytes, timeoutMs, reporter });
  const release = onHangup(() => file.reopen());
  let closing: ReturnType<typeof lines.close> | undefined;
  const end = async (closeOptions: Parameters<typeof lines.close>[0]): ReturnType<typeof lines.close> => {
    await lines.close(closeOptions);
    release();
    file.close();
    // The write under way, if any, is waited for: what becomes of it is known by then.
    const report = await lines.flush({ timeoutMs: LAST_WRITE_MS });
    reporter.tell();
    return report;
  };
  return {
    ...lines,
    enqueue(record, severityNumber, group) {
      if (severityNumber >= options.minSeverity) lines.enqueue(record, severityNumber, group);
    },
    close(closeOptions) {
      closing ??= end(closeOptions);
      return closing;
    },
    async [Symbol.asyncDispose]() {
      await this.close();
    },
  };
}
