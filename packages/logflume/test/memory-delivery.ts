import type { Delivery, DeliveryStats } from '@logflume/delivery';
import {
  decodeLogRecord,
  defaultEncodeLimits,
  type EncodeLimits,
  forEachLogRecord,
  type LogRecordInput,
  type OtlpKeyValue,
  type PlainValue,
  toPlainValue,
} from '@logflume/otlp';
import { parseLevels } from '../src/config/parse-levels.ts';
import { createLevelCell } from '../src/level-cell.ts';
import type { Logger } from '../src/logger.ts';
import { createNoDelivery } from '../src/output/console-delivery.ts';
import { createRecordCodec } from '../src/output/record-codec.ts';
import { createPipeline } from '../src/pipeline.ts';
import { PipelineLogger } from '../src/pipeline-logger.ts';
import { ScopeTable } from '../src/scope-table.ts';

/** A record as a backend would read it. */
export interface SeenRecord {
  readonly body: PlainValue;
  readonly attributes: Readonly<Record<string, PlainValue>>;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly timeUnixNano: string;
  readonly observedTimeUnixNano: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
  readonly scope: string;
}

/** A logger whose records can be looked at, each after the way through its bytes. */
export interface SeenLogger {
  readonly log: Logger;
  readonly records: readonly SeenRecord[];
  /** The bytes of each record, as a queue would hold them. */
  readonly encoded: readonly Buffer[];
  /** The last record. */
  last(): SeenRecord;
  /** Records the encoder could not take. */
  readonly lost: () => number;
}

/** What stands before a delivery. */
export type Around = (delivery: Delivery<LogRecordInput>, scopes: ScopeTable) => Delivery<LogRecordInput>;

/**
 * Makes a logger over a delivery that keeps records in memory. `levels` as `LOG_LEVEL` writes them; `around` puts
 * something before it.
 */
export function createSeenLogger(
  levels = 'trace',
  options: Partial<EncodeLimits> = {},
  around: Around = (delivery) => delivery,
): SeenLogger {
  const limits = { ...defaultEncodeLimits, ...options };
  const codec = createRecordCodec(limits);
  const scopes = new ScopeTable();
  const records: SeenRecord[] = [];
  const encoded: Buffer[] = [];
  let lost = 0;
  const delivery: Delivery<LogRecordInput> = {
    ...createNoDelivery(),
    enqueue(record, _severityNumber, group) {
      const bytes = Buffer.alloc(256 * 1024);
      let end: number;
      try {
        end = codec.encode(bytes, 0, record);
      } catch {
        lost++;
        return;
      }
      if (end < 0) end = codec.encodeReduced(bytes, 0, record, bytes.length);
      encoded.push(Buffer.from(bytes.subarray(0, end)));
      forEachLogRecord(bytes.subarray(0, end), (from, to) => {
        records.push(toSeenRecord(decodeLogRecord(bytes, from, to), scopes.scopeOf(group)?.name ?? ''));
      });
    },
    stats: (): DeliveryStats => ({ ...createNoDelivery().stats(), accepted: records.length + lost }),
  };
  const { default: level = 'trace', byName } = parseLevels(levels);
  const pipeline = createPipeline({ delivery: around(delivery, scopes), scopes, limits, version: '' });
  return {
    log: new PipelineLogger(pipeline, {
      name: '',
      group: scopes.groupOf('', ''),
      bound: undefined,
      level: createLevelCell('', { default: level, byName }),
    }),
    records,
    encoded,
    lost: () => lost,
    last() {
      const record = records.at(-1);
      if (record === undefined) throw new Error('nothing was logged');
      return record;
    },
  };
}

function toSeenRecord(record: ReturnType<typeof decodeLogRecord>, scope: string): SeenRecord {
  return {
    body: toPlainValue(record.body ?? {}),
    attributes: toPlainAttributes(record.attributes ?? []),
    severityNumber: record.severityNumber ?? 0,
    severityText: record.severityText ?? '',
    eventName: record.eventName ?? '',
    timeUnixNano: record.timeUnixNano ?? '',
    observedTimeUnixNano: record.observedTimeUnixNano ?? '',
    traceId: record.traceId ?? '',
    spanId: record.spanId ?? '',
    flags: record.flags ?? 0,
    scope,
  };
}

function toPlainAttributes(attributes: readonly OtlpKeyValue[]): Record<string, PlainValue> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, toPlainValue(value ?? {})]));
}
