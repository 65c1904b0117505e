export type {
  DeliveryDiagnostic,
  DeliveryReport,
  DeliveryStats,
  DropReason,
  EndpointState,
  EndpointStats,
  LogflumeErrorCode,
} from '@logflume/delivery';
export { isOwnRequest, LogflumeError } from '@logflume/delivery';
export { captureConsole } from './capture-console.ts';
export type { CaptureConsoleOptions } from './capture-console-options.ts';
export type {
  ConfigDiagnostic,
  Diagnostic,
  FileNotReloaded,
  FileReloaded,
  InvalidFile,
  NotCaptured,
  ProcessorFailed,
  ProviderNotRegistered,
  RouteFailed,
} from './config/diagnostic.ts';
export type {
  BatchOptions,
  ConsoleFormat,
  ConsoleOptions,
  DestinationOptions,
  EndpointOptions,
  ExitOptions,
  FormatParts,
  Headers,
  LimitOptions,
  LoggerOptions,
  QueueOptions,
  RetryOptions,
  SpoolOptions,
  TlsOptions,
} from './config/logger-options.ts';
export type { Level, LevelThreshold } from './config/parse-levels.ts';
export { severityOfLevel, textOfLevel } from './config/parse-levels.ts';
export type { RouteRecord, RouteRule, RouteValue } from './config/route-options.ts';
export type { ContextOptions, WideEvent } from './context.ts';
export { activeTrace, addToEvent, withContext } from './context.ts';
export { createLogger } from './create-logger.ts';
export type { CallContext, HostRecord } from './emit-record.ts';
export {
  captureCall,
  captureContext,
  emitRecord,
  isLimited,
  isPrinted,
  noCall,
  runInContext,
} from './emit-record.ts';
export { asHostOutput, expectHostLine } from './host-output.ts';
export type { ProcessedRecord, Processor } from './intake/processor.ts';
export type { RateLimitOptions } from './intake/rate-limit-options.ts';
export type { RepeatsOptions } from './intake/repeats-options.ts';
export type { SamplingOptions } from './intake/sampling-options.ts';
export type { SuppressedReason, SuppressedStats } from './intake/suppressed.ts';
export { isLogger } from './is-logger.ts';
export type {
  Attributes,
  ChildOptions,
  EventOptions,
  FlushOptions,
  LazyAttributes,
  LevelLogMethod,
  Logger,
  LoggerStats,
  LogMethod,
} from './logger.ts';
export type { LoggerProvider, SharedLoggerOptions } from './logger-provider.ts';
export { createLoggerProvider } from './logger-provider.ts';
export type { FileOutputOptions } from './output/file/file-options.ts';
export type { RedactOptions } from './redact/redact-options.ts';
export type { SecretShape } from './redact/secret-shapes.ts';
export type { CaptureHost, HostCaptured, LoadedHost } from './register/host-capture.ts';
export type { LogsApi } from './register-provider.ts';
export { SharedAttributes } from './shared-attributes.ts';
export { noTrace, type TraceContext } from './trace-context.ts';
