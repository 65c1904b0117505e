export interface DevBackendDefaults {
  readonly host: string;
  readonly port: number;
  /** Port of the command, where an application without an endpoint setting sends its logs. */
  readonly commandPort: number;
  readonly logsPath: string;
  readonly maxRecords: number;
  readonly maxStoredBytes: number;
  readonly maxBodyBytes: number;
  readonly maxRequestFields: number;
  readonly maxIdempotencyKeys: number;
  readonly maxFaultsBodyBytes: number;
  readonly maxConnections: number;
  readonly maxListedRecords: number;
  readonly maxListedChars: number;
  readonly waitTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  readonly seed: number;
}

export const defaults: Readonly<DevBackendDefaults> = Object.freeze({
  // Nobody else on the network reads logs of a developer's machine unless asked for.
  host: '127.0.0.1',
  port: 0,
  // The registered OTLP/HTTP port: https://opentelemetry.io/docs/specs/otlp/#otlphttp-default-port
  commandPort: 4318,
  logsPath: '/v1/logs',
  maxRecords: 10_000,
  // A judgement: 10,000 records of 6 KiB, which is long for a log record.
  maxStoredBytes: 64 * 1024 * 1024,
  // The limit of the Collector's OTLP receiver, so that what fits here fits there.
  maxBodyBytes: 20 * 1024 * 1024,
  // Up to 170 MB while one is decoded. A judgement: 8192 records, the batch of the Collector, of 30 attributes each.
  maxRequestFields: 1_000_000,
  maxIdempotencyKeys: 10_000,
  maxFaultsBodyBytes: 256 * 1024,
  maxConnections: 1_024,
  maxListedRecords: 1_000,
  // A judgement: 1000 records of 16 KiB, far above what people read, and quickly printed and parsed.
  maxListedChars: 16 * 1024 * 1024,
  waitTimeoutMs: 5_000,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 60_000,
  // Longer than the pauses of a batching client, so a reused connection is rarely closed under it.
  keepAliveTimeoutMs: 30_000,
  seed: 1,
});
