import { type Compression, createDelivery, type Delivery, type DiagnosticSink } from '@logflume/delivery';
import { createOtlpJsonFormat, createOtlpProtobufFormat, gzip, zstd } from '@logflume/formats';
import { type EncodeLimits, encodeResource, type LogRecordInput } from '@logflume/otlp';
import type { Headers } from '../config/logger-options.ts';
import type { ResolvedOptions } from '../config/resolved-options.ts';
import { tellDiagnostic } from '../own-output.ts';
import { sdkVersion } from '../resource/sdk-version.ts';
import type { ScopeTable } from '../scope-table.ts';
import { createRecordCodec } from './record-codec.ts';
import { createTlsSource, systemDeps } from './tls-source.ts';

/** Makes the delivery to the backend that resolved options describe. */
export function createBackendDelivery(
  options: ResolvedOptions,
  scopes: ScopeTable,
  limits: EncodeLimits,
  onDiagnostic: DiagnosticSink | undefined,
): Delivery<LogRecordInput> {
  const formatOptions = {
    resource: encodeResource(options.resource),
    scopeOf: scopes.encodedOf,
    scopeSchemaUrlOf: scopes.schemaUrlOf,
    resourceSchemaUrl: () => scopes.resourceSchemaUrl,
  };
  const format =
    options.format === 'otlp-json' ? createOtlpJsonFormat(formatOptions) : createOtlpProtobufFormat(formatOptions);
  return createDelivery<LogRecordInput>({
    codec: createRecordCodec(limits),
    format,
    compression: compressionOf(options.compression),
    endpoints: options.endpoints,
    headers: withUserAgent(options.headers),
    balance: options.balance,
    timeoutMs: options.timeoutMs,
    batch: options.batch,
    queue: options.queue,
    retry: options.retry,
    tls: createTlsSource(
      options.tls,
      systemDeps((event) => tellDiagnostic(event, options.onDiagnostic)),
    ),
    axios: options.axios,
    fallback: options.fallback,
    exit: { timeoutMs: options.exit.timeoutMs },
    onDiagnostic,
  });
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
