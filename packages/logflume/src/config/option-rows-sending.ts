import { defaults as deliveryDefaults } from '@logflume/delivery';
import { defaults } from './defaults.ts';
import { code, type OptionRow } from './option-row.ts';

const queueBytes = `${deliveryDefaults.maxQueueBytes}, or an eighth of the memory the process may use where that is less`;

/** How batches are made and sent, and by which certificates. */
export const sendingRows: Readonly<Record<string, OptionRow>> = {
  headers: {
    section: 'sending',
    variables: {
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'as the generic one, over which it is laid name by name',
      OTEL_EXPORTER_OTLP_HEADERS:
        '`name=value,name=value`, values percent-encoded. An entry that is no header is left out, the others are used. Merged with those of code by name',
    },
    default: 'none',
    description:
      'Headers of every request; a function is asked for every attempt, for tokens that expire. Those of code are laid over those of the environment, and these over those of the file, name by name',
    example: { 'x-tenant': 'shop' },
  },
  format: {
    section: 'sending',
    variables: {
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: '',
      OTEL_EXPORTER_OTLP_PROTOCOL:
        '`http/protobuf` or `http/json`. `grpc` is not spoken: it is reported and `http/protobuf` is used',
    },
    default: code(defaults.format),
    description: 'Wire format',
    example: 'otlp-json',
  },
  compression: {
    section: 'sending',
    variables: { OTEL_EXPORTER_OTLP_LOGS_COMPRESSION: '', OTEL_EXPORTER_OTLP_COMPRESSION: '' },
    default: code(defaults.compression),
    description: 'Compression of request bodies; `zstd` needs Node ≥ 22.15',
    example: 'none',
  },
  axios: {
    section: 'sending',
    variables: {},
    default: 'one of our own',
    description: 'An axios instance to send with, for proxies and agents of your own',
  },
  timeoutMs: {
    section: 'sending',
    variables: {
      OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '',
      OTEL_EXPORTER_OTLP_TIMEOUT: '',
      OTEL_BLRP_EXPORT_TIMEOUT: 'shortens the two above where it is lower; never lengthens them; 0 has no effect',
    },
    default: String(deliveryDefaults.timeoutMs),
    unit: 'milliseconds',
    description: 'Limit of one attempt; 0 is no limit. Retries are limited by age, not by this',
    example: 2500,
  },
  strictOtlp: {
    section: 'sending',
    default: '`false`',
    description:
      'Keeps to the letter of OTLP: an answer it does not call retryable ends a batch at once, one that tells of a wrong address or credential, 413 and 500 included; `on400` has no effect then',
    example: true,
  },
  on400: {
    section: 'sending',
    default: "`'reject'`",
    description:
      'What a 400 does to a batch: `reject` counts all of it as rejected, `bisect` halves it until the record the server does not take stands alone',
    example: 'bisect',
  },
  ordered: {
    section: 'sending',
    default: '`false`',
    description:
      'Keeps the order of records: one request is under way at a time, and a batch that has to be tried again holds back those after it. Records from WARN up, those below, and what earlier processes left on disk each keep an order of their own. Costs throughput: one batch a round trip',
    example: true,
  },
  'retry.baseDelayMs': {
    section: 'sending',
    default: String(deliveryDefaults.retryBaseDelayMs),
    unit: 'milliseconds',
    description: 'Upper end of the first random delay; doubles with each attempt',
    example: 100,
  },
  'retry.maxDelayMs': {
    section: 'sending',
    default: String(deliveryDefaults.retryMaxDelayMs),
    unit: 'milliseconds',
    description: 'Longest delay',
    example: 10_000,
  },
  'retry.maxAgeMs': {
    section: 'sending',
    default: String(deliveryDefaults.retryMaxAgeMs),
    unit: 'milliseconds',
    description: 'Age at which a batch in memory goes to the fallback',
    example: 60_000,
  },
  'retry.maxServerErrorRetries': {
    section: 'sending',
    default: String(deliveryDefaults.maxServerErrorRetries),
    unit: 'attempts',
    description: 'Further attempts after an answer of 500',
    example: 1,
  },
  'tls.ca': {
    section: 'security',
    variables: { LOGFLUME_TLS_CA: 'PEM text, in which a line break may be written as `\\n`' },
    default: 'what Node trusts',
    description: 'Authorities to trust instead',
    example: '-----BEGIN CERTIFICATE-----',
  },
  'tls.cert': {
    section: 'security',
    variables: { LOGFLUME_TLS_CERT: 'as `LOGFLUME_TLS_CA`' },
    default: 'none',
    description: 'Certificate shown to the server; needs a key',
  },
  'tls.key': {
    section: 'security',
    variables: { LOGFLUME_TLS_KEY: 'as `LOGFLUME_TLS_CA`' },
    default: 'none',
    description: 'Its key',
  },
  'tls.caFile': {
    section: 'security',
    variables: { OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE: '', OTEL_EXPORTER_OTLP_CERTIFICATE: '' },
    default: 'what Node trusts',
    description: 'The same, in a file; a file that changes is read again, see [Certificates](#certificates)',
  },
  'tls.certFile': {
    section: 'security',
    variables: { OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE: '', OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: '' },
    default: 'none',
    description: 'The same, in a file',
  },
  'tls.keyFile': {
    section: 'security',
    variables: { OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY: '', OTEL_EXPORTER_OTLP_CLIENT_KEY: '' },
    default: 'none',
    description: 'The same, in a file',
  },
  'tls.serverName': {
    section: 'security',
    default: 'the host of the URL',
    description: 'Name the certificate of the server must have, where it is reached by another',
    example: 'collector.example.com',
  },
  'batch.maxRecords': {
    section: 'batches',
    variables: { OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: "the specification's default is 512" },
    default: String(deliveryDefaults.maxBatchRecords),
    unit: 'records',
    description: 'Records in a batch',
    example: 512,
  },
  'batch.maxBytes': {
    section: 'batches',
    default: String(deliveryDefaults.maxBatchBytes),
    unit: 'bytes',
    description: 'Uncompressed size of a batch',
    example: 1_048_576,
  },
  'batch.lingerMs': {
    section: 'batches',
    variables: { OTEL_BLRP_SCHEDULE_DELAY: "the specification's default is 1000" },
    default: String(deliveryDefaults.lingerMs),
    unit: 'milliseconds',
    description: 'Longest wait of a record for company',
    example: 1000,
  },
  'queue.maxBytes': {
    section: 'batches',
    default: queueBytes,
    unit: 'bytes',
    description: 'Waiting records in memory',
    example: 8_388_608,
  },
};
