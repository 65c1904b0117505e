// What this package knows of the OpenTelemetry SDK: both generations fit, and neither is imported.

import type { TraceContext } from 'logflume';

/** Seconds and nanoseconds since the epoch. */
export type HrTime = readonly [seconds: number, nanoseconds: number];

/** What describes the process that logs; some of it may still be on its way. */
export interface SdkResource {
  readonly attributes: object;
  readonly schemaUrl?: string | undefined;
  readonly asyncAttributesPending?: boolean | undefined;
  /** Resolves when all attributes are there; does not reject. */
  waitForAsyncAttributes?(): Promise<void>;
}

/** The logger of the SDK that made a record. */
export interface SdkScope {
  readonly name: string;
  readonly version?: string | undefined;
  readonly schemaUrl?: string | undefined;
  readonly attributes?: object | undefined;
}

/** A record as the SDK hands it on. Never changed, and not kept. */
export interface SdkLogRecord {
  readonly hrTime: HrTime;
  readonly hrTimeObserved: HrTime;
  readonly spanContext?: TraceContext | undefined;
  readonly severityText?: string | undefined;
  readonly severityNumber?: number | undefined;
  readonly body?: unknown;
  readonly eventName?: string | undefined;
  readonly resource: SdkResource;
  readonly instrumentationScope: SdkScope;
  readonly attributes: object;
  readonly droppedAttributesCount: number;
}

/** 0 is success, 1 is failure. */
export interface ExportResult {
  readonly code: 0 | 1;
  readonly error?: Error;
}

/** What a processor of the SDK sends through. */
export interface LogRecordExporter {
  /**
   * Takes records into the queue, then calls `done` once, before it returns. Never throws. What cannot be read of a
   * batch is told in the result; the other records of the batch are taken.
   */
  export(records: readonly SdkLogRecord[], done: (result: ExportResult) => void): void;
  /** Sends what is pending. Never rejects; settles by its deadline. */
  forceFlush(): Promise<void>;
  /** Sends what is pending, hands the rest to the fallback, and ends. Never rejects; the same for every call. */
  shutdown(): Promise<void>;
}

/** What a `LoggerProvider` of the SDK hands its records to. */
export interface LogRecordProcessor {
  /** Takes a record into the queue. Never blocks. */
  onEmit(record: SdkLogRecord): void;
  /** True until the shutdown: which records are wanted is for the SDK to decide. */
  enabled(): boolean;
  /**
   * Sends what is pending. Never rejects.
   *
   * @param options - `timeoutMillis`, the deadline. Default: `exit.timeoutMs` of the logger, which is 5000.
   */
  forceFlush(options?: { readonly timeoutMillis?: number }): Promise<void>;
  /** Sends what is pending, hands the rest to the fallback, and ends. Never rejects; the same for every call. */
  shutdown(): Promise<void>;
}

/** An exporter of somebody else, as every generation of the SDK has it. */
export interface ForeignLogRecordExporter {
  /** `done` is called once: 0 is success; `error` may have the status of a reply as its `code`. */
  export(records: SdkLogRecord[], done: (result: { code: number; error?: Error }) => void): void;
  /** Sends what it holds of what it has answered for already. */
  forceFlush?(): Promise<void>;
  shutdown(): Promise<void>;
}
