import { defaults as deliveryDefaults } from '@logflume/delivery';
import { closestName } from './closest-name.ts';
import { defaults } from './defaults.ts';
import type { EnvironmentVariables, EnvReader } from './env-reader.ts';

/**
 * Every variable this package looks at, with what holds while it is unset, in the words of docs/configuration.md. A
 * test compares the two.
 */
export const knownVariables: Readonly<Record<string, string>> = Object.freeze({
  OTEL_SDK_DISABLED: 'false',
  OTEL_LOGS_EXPORTER: '`otlp` with an endpoint, `console` without',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'none',
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'none',
  OTEL_EXPORTER_OTLP_HEADERS: 'none',
  OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'none',
  OTEL_EXPORTER_OTLP_TIMEOUT: String(deliveryDefaults.timeoutMs),
  OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: String(deliveryDefaults.timeoutMs),
  OTEL_EXPORTER_OTLP_COMPRESSION: defaults.compression,
  OTEL_EXPORTER_OTLP_LOGS_COMPRESSION: defaults.compression,
  OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
  OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'http/protobuf',
  OTEL_EXPORTER_OTLP_CERTIFICATE: 'what Node trusts',
  OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE: 'what Node trusts',
  OTEL_EXPORTER_OTLP_CLIENT_KEY: 'none',
  OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY: 'none',
  OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: 'none',
  OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE: 'none',
  OTEL_EXPORTER_OTLP_INSECURE: 'false',
  OTEL_EXPORTER_OTLP_LOGS_INSECURE: 'false',
  OTEL_BLRP_SCHEDULE_DELAY: String(deliveryDefaults.lingerMs),
  OTEL_BLRP_EXPORT_TIMEOUT: 'no cap',
  OTEL_BLRP_MAX_QUEUE_SIZE: 'no effect',
  OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: String(deliveryDefaults.maxBatchRecords),
  OTEL_ATTRIBUTE_COUNT_LIMIT: String(defaults.maxAttributes),
  OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: String(defaults.maxAttributes),
  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: 'no limit',
  OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: 'no limit',
  OTEL_SERVICE_NAME: '`unknown_service:node`',
  OTEL_RESOURCE_ATTRIBUTES: 'none',
  LOG_LEVEL: defaults.level,
  NO_COLOR: 'colours on a terminal',
  FORCE_COLOR: 'colours on a terminal',
  LOGFLUME_ENDPOINTS: 'none',
  LOGFLUME_BALANCE: 'least-loaded',
  LOGFLUME_FALLBACK: 'stderr',
  LOGFLUME_CONSOLE: '`true` without an endpoint, `false` with one',
  LOGFLUME_SPOOL_DIR: 'not available yet',
  LOGFLUME_CONFIG: 'not available yet',
});

/** Names of ours that later versions will read. */
const unavailable = ['LOGFLUME_SPOOL_DIR', 'LOGFLUME_CONFIG'];

/**
 * What Kubernetes puts into every container for a Service called `logflume` or `logflume-…`: nobody's setting.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
const serviceLink = /_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;

/** Reports variables named after us that have no effect: those of later versions, and typing mistakes. */
export function reportUnreadVariables(env: EnvironmentVariables, reader: EnvReader): void {
  for (const name of unavailable) {
    if (reader.text(name) === undefined) continue;
    const message = `${name} is set but this version does not read it yet; it has no effect`;
    reader.report({ kind: 'unsupportedSetting', name, source: `environment ${name}`, message });
  }
  const known = Object.keys(knownVariables).filter((name) => name.startsWith('LOGFLUME_'));
  for (const name of Object.keys(env)) {
    // Other names cannot be meant for us, and might not fit on one line.
    if (!/^LOGFLUME_\w*$/.test(name) || Object.hasOwn(knownVariables, name) || serviceLink.test(name)) continue;
    const closest = closestName(name, known);
    const advice = closest === undefined ? `known are ${known.join(', ')}` : `did you mean ${closest}?`;
    const message = `${name} is not a variable of logflume and has no effect; ${advice}`;
    reader.report({ kind: 'unknownSetting', name, source: `environment ${name}`, closest, message });
  }
}
