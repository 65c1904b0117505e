import type { LinePreset } from '@logflume/formats';
import type { Level, LevelThreshold } from './parse-levels.ts';

/** What this package decides when nothing was set. Delivery fills in what is its own: batches, queue, retry, time. */
export interface LoggerDefaults {
  /** No name: the scope of the application itself. */
  readonly name: string;
  readonly level: LevelThreshold;
  readonly format: 'otlp-protobuf' | 'otlp-json';
  readonly compression: 'gzip' | 'zstd' | 'none';
  /** Only where an exporter was asked for without an address; otherwise no endpoint means the console. */
  readonly endpoint: string;
  readonly endpointWeight: number;
  readonly maxAttributes: number;
  readonly maxValueLength: number;
  readonly samplingRatio: number;
  readonly maxRepeatMessages: number;
  readonly rateLimitBy: 'logger' | 'message';
  readonly rateLimitUpTo: Level;
  readonly handleSignals: boolean;
  readonly fileFormat: LinePreset;
  readonly maxFileBytes: number;
  readonly maxFiles: number;
}

/**
 * The only place where these values are written.
 *
 * Level: a judgement, the level most loggers start with. Endpoint and limits: the OpenTelemetry specification.
 * Compression: gzip at level 1 makes a batch about seven times smaller for less than a microsecond per record, off the
 * main thread, and every OTLP receiver takes it. Rate limit: by logger, as only that bounds what a program can send.
 * Files: size and number are those of the kubelet for a container's own log.
 */
export const defaults: Readonly<LoggerDefaults> = Object.freeze({
  name: '',
  level: 'info',
  format: 'otlp-protobuf',
  compression: 'gzip',
  endpoint: 'http://localhost:4318/v1/logs',
  endpointWeight: 1,
  maxAttributes: 128,
  maxValueLength: Number.POSITIVE_INFINITY,
  samplingRatio: 1,
  maxRepeatMessages: 1000,
  rateLimitBy: 'logger',
  rateLimitUpTo: 'info',
  handleSignals: true,
  fileFormat: 'json',
  maxFileBytes: 10 * 1024 * 1024,
  maxFiles: 5,
});
