import type { Delivery } from '../delivery.ts';
import type { RecordCodec } from '../queue/record-codec.ts';
import type { DeliveryReport } from '../stats.ts';
import { addUpReports, addUpStats } from './add-up.ts';
import type { EncodedRecord } from './encoded-record.ts';

/** A record as a route sees it. */
export interface RoutedRecord {
  /** Its encoded bytes, read before the call returns and not kept; empty if it could not be encoded whole. */
  readonly bytes: Uint8Array;
  readonly severityNumber: number;
  readonly group: number;
}

/** One of several places records go to. */
export interface Destination<R> {
  /** Distinct among the destinations: its key in `stats().destinations`. */
  readonly name: string;
  /** Made with `encodedRecordCodec(codec)`, and its own queue, endpoints, retry and fallback. */
  readonly delivery: Delivery<EncodedRecord<R>>;
  /** Whether a record goes there. Runs inside the log call. @defaultValue every record */
  readonly accepts?: ((record: RoutedRecord) => boolean) | undefined;
}

export interface FanOutOptions<R> {
  readonly codec: RecordCodec<R>;
  /** At least one. */
  readonly destinations: readonly Destination<R>[];
  /** Bytes a record may have before each destination cuts it to its own limit, integer ≥ 1. */
  readonly maxRecordBytes: number;
  /** Told that an `accepts` threw, inside the log call: must not throw, log or do I/O. */
  readonly onRouteFailed?: ((error: unknown) => void) | undefined;
}

/**
 * One delivery over several: a record is encoded once, and its bytes are copied into the lanes of every destination it
 * is routed to. They share nothing else, so that a dead one takes neither room nor time from another.
 *
 * A record that no destination accepts is filtered, as by a level: it is counted nowhere. If an `accepts` throws, the
 * record goes to all destinations: sent twice is better than lost by a mistake in a predicate.
 *
 * `stats()` and reports are sums over the destinations; `stats().destinations` has each by name.
 */
export function createFanOut<R>(options: FanOutOptions<R>): Delivery<R> {
  const { codec, destinations, maxRecordBytes, onRouteFailed } = options;
  const isRouted = destinations.some(({ accepts }) => accepts !== undefined);
  let free: Buffer | undefined;

  function encode(record: R): EncodedRecord<R> {
    // A getter of the record may log, and so come here again: that call takes bytes of its own.
    let bytes = free;
    free = undefined;
    try {
      bytes ??= Buffer.allocUnsafeSlow(maxRecordBytes);
      return { bytes, end: codec.encode(bytes, 0, record), record };
    } catch {
      // A full stack, a lack of memory: each destination tries the short form, and counts its failure.
      return { bytes: bytes ?? Buffer.alloc(0), end: -1, record };
    }
  }

  /** @returns the destinations of a record, `undefined` for all. */
  function choose(record: RoutedRecord): ReadonlySet<Destination<R>> | undefined {
    try {
      return new Set(destinations.filter(({ accepts }) => accepts?.(record) ?? true));
    } catch (error) {
      onRouteFailed?.(error);
      return undefined;
    }
  }

  const together = async (
    run: (delivery: Delivery<EncodedRecord<R>>) => Promise<DeliveryReport>,
  ): Promise<DeliveryReport> => addUpReports(await Promise.all(destinations.map(({ delivery }) => run(delivery))));

  return {
    enqueue(record, severityNumber, group) {
      const encoded = encode(record);
      const { bytes, end } = encoded;
      const chosen = isRouted
        ? choose({ bytes: bytes.subarray(0, Math.max(0, end)), severityNumber, group })
        : undefined;
      for (const destination of destinations) {
        if (chosen === undefined || chosen.has(destination)) {
          destination.delivery.enqueue(encoded, severityNumber, group);
        }
      }
      if (bytes.length === maxRecordBytes) free = bytes;
    },
    flush: (flushOptions) => together((delivery) => delivery.flush(flushOptions)),
    close: (closeOptions) => together((delivery) => delivery.close(closeOptions)),
    stats: () => addUpStats(destinations.map(({ name, delivery }) => [name, delivery.stats()])),
    async [Symbol.asyncDispose]() {
      await this.close();
    },
  };
}
