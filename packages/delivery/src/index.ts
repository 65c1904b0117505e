export type { Clock, Random, Timer } from './clock.ts';
export { createDelivery } from './create-delivery.ts';
export type { DeliveryDefaults } from './defaults.ts';
export { defaultQueueBytes, defaults } from './defaults.ts';
export type { BackendDelivery, Delivery } from './delivery.ts';
export type { Destination, FanOutOptions, RoutedRecord } from './destinations/create-fan-out.ts';
export { createFanOut } from './destinations/create-fan-out.ts';
export type { EncodedRecord } from './destinations/encoded-record.ts';
export { encodedRecordCodec } from './destinations/encoded-record.ts';
export type { DeliveryDiagnostic, DiagnosticSink, RateLimit } from './diagnostics.ts';
export { createRateLimit } from './diagnostics.ts';
export type { LogflumeErrorCode } from './errors.ts';
export { LogflumeError } from './errors.ts';
export type { Stdio } from './fallback/stdio.ts';
export { createStdio, writeBytes, writeLines } from './fallback/stdio.ts';
export type { BodyPart, Compression, Format, RecordRun, ReplyVerdict } from './format.ts';
export type { LedgerCounts } from './ledger.ts';
export type { ExitParticipant } from './lifecycle/exit-hooks.ts';
export { onProcessEnd, runExitHooks, stayUntil } from './lifecycle/exit-hooks.ts';
export type { MakeLossRecord } from './loss-notice.ts';
export type { Loss } from './loss-tally.ts';
export { makeDirectories } from './make-directories.ts';
export type {
  BatchOptions,
  DeliveryEndpoint,
  DeliveryExitOptions,
  DeliveryOptions,
  QueueOptions,
  RetryOptions,
} from './options.ts';
export type { DropReason } from './outcome.ts';
export { dropReasons } from './outcome.ts';
export type { RecordCodec } from './queue/record-codec.ts';
export type { Reporter, ReporterParts } from './report.ts';
export { createReporter } from './report.ts';
export { toWaitMs } from './resolve-options.ts';
export type { BalanceMode } from './send/balance.ts';
export type { DnsResolverOptions } from './send/dns-resolver.ts';
export { createDnsResolver } from './send/dns-resolver.ts';
export type { EndpointStats } from './send/endpoint.ts';
export { cleanHeaderValue, isHeaderName, isHeaderValue, isOwnHeader } from './send/header-fields.ts';
export type { EndpointState } from './send/health.ts';
export type { TlsOptions } from './send/http-agents.ts';
export { isOwnRequest } from './send/own-requests.ts';
export { isOwnTraffic } from './send/own-traffic.ts';
export { patientTimeout } from './send/patient-timeout.ts';
export type { Resolver, ServiceRecord } from './send/resolver.ts';
export type { Transport, TransportRequest, TransportResult } from './send/transport.ts';
export { withoutTracing } from './send/without-tracing.ts';
export type { FileFacts, FileSystem } from './spool/file-system.ts';
export { nodeFileSystem } from './spool/file-system.ts';
export type { InstanceLocks } from './spool/instance-lock.ts';
export type { Replayed } from './spool/replay.ts';
export { replayDeadLetters } from './spool/replay.ts';
export type { OwnerVerdict } from './spool/socket-lock.ts';
export type { SpoolDiagnostic } from './spool/spool-diagnostics.ts';
export type { FsyncPolicy, SpoolDefaults, SpoolMode, SpoolOptions } from './spool/spool-options.ts';
export { spoolDefaults } from './spool/spool-options.ts';
export type { DeliveryReport, DeliveryStats } from './stats.ts';
export { systemClock, systemRandom } from './system-clock.ts';
