import {
  type Compression,
  createDelivery,
  type Delivery,
  type DeliveryOptions,
  type DiagnosticSink,
  type Format,
} from '@logflume/delivery';
import { createOtlpJsonFormat, createOtlpProtobufFormat, gzip, type OtlpFormatOptions, zstd } from '@logflume/formats';
import { type EncodeLimits, encodeResource, type LogRecordInput } from '@logflume/otlp';
import type { Headers } from '../config/logger-options.ts';
import type { BackendOptions, ResolvedOptions } from '../config/resolved-options.ts';
import { tellDiagnostic } from '../own-output.ts';
import { sdkVersion } from '../resource/sdk-version.ts';
import type { ScopeTable } from '../scope-table.ts';
import { toAbsolutePath } from './absolute-path.ts';
import { createLossRecords } from './loss-record.ts';
import { createRecordCodec } from './record-codec.ts';
import { createTlsSource, systemDeps } from './tls-source.ts';

/** Makes the delivery to the backend that resolved options describe. */
export function createBackendDelivery(
  options: ResolvedOptions,
  scopes: ScopeTable,
  limits: EncodeLimits,
  onDiagnostic: DiagnosticSink | undefined,
): Delivery<LogRecordInput> {
  const codec = createRecordCodec(limits);
  const lossRecord = createLossRecords(scopes);
  return createDelivery<LogRecordInput>({ ...toDeliveryOptions(options, scopes, onDiagnostic), codec, lossRecord });
}

/** The options of a delivery to one backend, all but what depends on how records are encoded. */
export function toDeliveryOptions(
  options: BackendOptions,
  scopes: ScopeTable,
  onDiagnostic: DiagnosticSink | undefined,
): Omit<DeliveryOptions<unknown>, 'codec' | 'lossRecord'> {
  const formatParts = {
    resource: encodeResource(options.resource, scopes.scrub),
    scopeOf: scopes.encodedOf,
    scopeSchemaUrlOf: scopes.schemaUrlOf,
    resourceSchemaUrl: () => scopes.resourceSchemaUrl,
  };
  return {
    format: createFormat(options.format, formatParts),
    compression: compressionOf(options.compression),
    endpoints: options.endpoints,
    headers: withUserAgent(options.headers),
    balance: options.balance,
    timeoutMs: options.timeoutMs,
    strictOtlp: options.strictOtlp,
    on400: options.on400,
    ordered: options.ordered,
    batch: options.batch,
    queue: options.queue,
    retry: options.retry,
    tls: createTlsSource(
      withAbsolutePaths(options.tls),
      systemDeps((event) => tellDiagnostic(event, options.onDiagnostic)),
    ),
    axios: options.axios,
    spool: toSpool(options.spool),
    fallback: options.fallback,
    exit: { timeoutMs: options.exit.timeoutMs },
    transport: options.transport,
    onDiagnostic,
  };
}

/** The files are read again whenever they change. */
function withAbsolutePaths(tls: BackendOptions['tls']): BackendOptions['tls'] {
  const toAbsolute = (path: string | undefined) => (path === undefined ? undefined : toAbsolutePath(path));
  const { caFile, certFile, keyFile } = tls;
  return { ...tls, caFile: toAbsolute(caFile), certFile: toAbsolute(certFile), keyFile: toAbsolute(keyFile) };
}

function toSpool({ dir, ...others }: BackendOptions['spool']): DeliveryOptions<unknown>['spool'] {
  return dir === undefined ? undefined : { dir: toAbsolutePath(dir), ...others };
}

function createFormat(format: BackendOptions['format'], parts: OtlpFormatOptions): Format {
  if (typeof format === 'function') return format(parts);
  return format === 'otlp-json' ? createOtlpJsonFormat(parts) : createOtlpProtobufFormat(parts);
}

function compressionOf(name: ResolvedOptions['compression']): Compression | undefined {
  switch (name) {
    case 'gzip':
      return gzip();
    case 'zstd':
      return zstd();
    case 'none':
      return undefined;
  }
}

type HeaderOptions = Headers | (() => Promise<Headers>);

/** @see https://opentelemetry.io/docs/specs/otel/protocol/exporter/#user-agent */
function withUserAgent(headers: HeaderOptions): HeaderOptions {
  const own = { 'user-agent': `logflume/${sdkVersion}` };
  return typeof headers === 'function' ? async () => ({ ...own, ...(await headers()) }) : { ...own, ...headers };
}
