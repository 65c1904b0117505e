import { defaults as deliveryDefaults, spoolDefaults } from '@logflume/delivery';
import { defaults } from './defaults.ts';

/** Parts of docs/configuration.md, in its order. */
export const sections = ['where', 'sending', 'security', 'batches', 'records', 'process'] as const;

/** What there is to know of an option beside what its value may be, which is in option-rules.ts. */
export interface OptionRow {
  readonly section: (typeof sections)[number];
  /**
   * Variables that set it, from the strongest to the weakest, with what is special about the text of each (`''` for
   * nothing). They are read in read-environment.ts.
   *
   * Without this member the variable is `LOGFLUME_` and the path in capitals, and is read by the option's own rule:
   * nothing more has to be written. `{}` is for what only code can give, such as a function.
   */
  readonly variables?: Readonly<Record<string, string>>;
  /** What holds while nothing sets it, in Markdown. */
  readonly default: string;
  readonly unit?: 'milliseconds' | 'bytes' | 'records' | 'attributes' | 'UTF-16 units' | 'attempts' | 'records/s';
  /** What it changes, in one or two sentences of Markdown on one line. */
  readonly description: string;
  /** A usable value that is not the default, as a file would hold it. Tests set it by file and variable. */
  readonly example?: unknown;
}

const code = (value: unknown): string => `\`${typeof value === 'string' ? `'${value}'` : String(value)}\``;

const queueBytes = `${deliveryDefaults.maxQueueBytes}, or an eighth of the memory the process may use where that is less`;

/**
 * Every option there is, by path: the one table from which the variables, the keys of the configuration file, its JSON
 * Schema and docs/configuration.md come. The key in a file is the path, a dot being one step inwards.
 *
 * To add an option: a rule in option-rules.ts, a row here, a `pick` in resolve-options.ts; then `npm run docs`.
 */
export const optionTable: Readonly<Record<string, OptionRow>> = Object.freeze({
  endpoints: {
    section: 'where',
    variables: {
      LOGFLUME_ENDPOINTS:
        'several URLs separated by commas (write a comma inside one as `%2C`); without a path each gets `/v1/logs`. Or the list as JSON, with weights, priorities and headers',
      OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'one URL, used as it is; without a path `/`, not `/v1/logs`',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'one base URL, to which `v1/logs` is added',
    },
    default: 'none',
    description:
      'Receivers; each batch goes to one of them. Without a path `/v1/logs` is used. An empty list in code means no backend, whatever the environment says',
    example: ['http://collector:4318'],
  },
  'endpoints[].url': {
    section: 'where',
    variables: {},
    default: 'required',
    description:
      'Its address. `http(s)://…` as it stands; `dns+http(s)://name:4318` for all addresses of a name, `srv+http(s)://_otlp._tcp.name` for those of its SRV records, with their ports, weights and priorities, each an endpoint of its own. Names are looked up again every 10 s and when an address cannot be reached; `Host` and TLS server name stay those of the URL',
  },
  'endpoints[].weight': {
    section: 'where',
    variables: {},
    default: String(defaults.endpointWeight),
    description: 'Share of the load',
  },
  'endpoints[].priority': {
    section: 'where',
    variables: {},
    default: 'the place in the list when no endpoint has one, else 0',
    description: "Rank for `balance: 'failover'`; lower is used first, equals share the load",
  },
  'endpoints[].headers': {
    section: 'where',
    variables: {},
    default: 'none',
    description: 'Headers for this endpoint alone, over the general ones',
  },
  destinations: {
    section: 'where',
    variables: {
      LOGFLUME_DESTINATIONS:
        '`name=URL,name=URL`, where a name that comes again has another endpoint. Or the list as JSON. A mistake anywhere leaves out all of it',
    },
    default: 'none',
    description:
      'Several backends, each with its own queue, retry and fallback, see [Several destinations](#several-destinations)',
    example: [{ name: 'audit', endpoints: ['http://audit:4318'] }],
  },
  route: {
    section: 'where',
    variables: {
      LOGFLUME_ROUTE:
        '`destination=level` and `destination=logger:level`, separated by commas: `alerts=error,audit=payments:info`. Or the list as JSON. A mistake anywhere leaves out all of it',
    },
    default: 'everything to all',
    description: 'Rules of which destination gets which records',
  },
  balance: {
    section: 'where',
    variables: { LOGFLUME_BALANCE: '' },
    default: "`'least-loaded'`",
    description: 'Choice among healthy endpoints; `failover` takes them in their order',
    example: 'round-robin',
  },
  'spool.dir': {
    section: 'where',
    default: 'none: no disk is touched',
    description:
      'Directory on a local disk for batches that are not delivered yet: they survive the process, see [spool](spool.md). In code `spool` may be this path alone',
    example: '/var/lib/shop/logs',
  },
  'spool.mode': {
    section: 'where',
    default: "`'wal'`",
    description:
      '`wal` writes every batch before it is sent; `spill` only what does not get away in time, and loses with the process what is still in memory',
    example: 'spill',
  },
  'spool.maxBytes': {
    section: 'where',
    default: String(spoolDefaults.maxBytes),
    unit: 'bytes',
    description: 'What may be on disk in all. When full, the oldest dead letters give way, then the oldest batches',
    example: 67_108_864,
  },
  'spool.fsync': {
    section: 'where',
    default: "`'off'`",
    description:
      'When batches are brought to the device, to survive a power loss too: `off` leaves it to the system, `interval` is every 500 ms, `each` at once',
    example: 'interval',
  },
  fallback: {
    section: 'where',
    variables: { LOGFLUME_FALLBACK: '' },
    default: "`'stderr'`",
    description: 'Where a record is written that would otherwise be lost',
    example: 'stdout',
  },
  console: {
    section: 'where',
    variables: { LOGFLUME_CONSOLE: 'an object is written as JSON' },
    default: '`true` without an endpoint, `false` with one',
    description:
      'Printing to stdout alongside a backend, see [Outputs](outputs.md); `true` is `pretty` on a terminal, else `json`. An object has `format`, `stderrFrom` (the level from which records go to stderr) and `maxLineBytes`',
    example: 'json',
  },
  file: {
    section: 'where',
    default: 'none',
    description:
      'Files to write records to beside a backend or instead of one, see [Outputs](outputs.md): a path, an object with `path`, `format`, `level`, `maxBytes`, `maxAgeMs`, `maxFiles` and `maxLineBytes`, or a list of these',
    example: '/var/log/app/app.log',
  },
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
  level: {
    section: 'records',
    variables: { LOG_LEVEL: 'a part that cannot be read is left out' },
    default: code(defaults.level),
    description: 'A level, or [levels](#levels) by logger name: `info,db=debug`',
    example: 'warn,db=debug',
  },
  name: {
    section: 'records',
    default: code(defaults.name),
    description: 'Name of the instrumentation scope, usually of the module that logs',
    example: 'shop',
  },
  version: { section: 'records', default: 'none', description: 'Its version', example: '1.2.3' },
  attributes: {
    section: 'records',
    variables: { LOGFLUME_ATTRIBUTES: '`key=value,key=value`, both percent-encoded, or an object as JSON' },
    default: 'none',
    description: 'Attributes of every record; those of a log call with the same name win',
    example: { team: 'checkout' },
  },
  resource: {
    section: 'records',
    variables: {
      OTEL_SERVICE_NAME: '`service.name`, over the one in the list below',
      OTEL_RESOURCE_ATTRIBUTES:
        '`key=value,key=value`, both percent-encoded. Any error discards the whole list. A value in which Kubernetes left a `$(NAME)` standing counts as absent',
    },
    default: 'detected',
    description: 'Attributes of the process, see [Resource](#resource)',
    example: { 'service.version': '1.2.3' },
  },
  redact: {
    section: 'records',
    variables: { LOGFLUME_REDACT: 'names separated by commas, or the object as JSON' },
    default: 'nothing',
    description:
      'What is taken out of records before they are encoded, see [Security](security.md): names whose values are replaced at any depth, or an object with `keys`, `paths`, `values` (kinds of secrets to look for; `true` for all) and `replacement`',
    example: ['password', 'authorization'],
  },
  processors: {
    section: 'records',
    variables: {},
    default: 'none',
    description:
      'Functions that see each record before it is encoded, in this order, and may change it, add attributes or leave it out, see [Intake](intake.md)',
  },
  'limits.maxAttributes': {
    section: 'records',
    variables: { OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '', OTEL_ATTRIBUTE_COUNT_LIMIT: '' },
    default: String(defaults.maxAttributes),
    unit: 'attributes',
    description: 'Attributes per record; the ones beyond are left out and counted',
    example: 64,
  },
  'limits.maxValueLength': {
    section: 'records',
    variables: { OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: '', OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '' },
    default: code(defaults.maxValueLength),
    unit: 'UTF-16 units',
    description: 'Length of a string value; longer ones are cut',
    example: 4096,
  },
  'exit.handleSignals': {
    section: 'process',
    default: code(defaults.handleSignals),
    description: 'Whether SIGTERM and SIGINT are met with a drain, while the application has no listener of its own',
    example: false,
  },
  'exit.timeoutMs': {
    section: 'process',
    default: String(deliveryDefaults.exitTimeoutMs),
    unit: 'milliseconds',
    description: 'Time the drain may take',
    example: 8000,
  },
  onDiagnostic: {
    section: 'process',
    variables: {},
    default: 'lines on stderr',
    description: 'Receives what logflume itself has to say',
  },
} satisfies Record<string, OptionRow>);

/** A variable that no option corresponds to. */
export interface VariableRow {
  readonly default: string;
  readonly description: string;
}

/** Variables beside those of the options. They are read in read-environment.ts. */
export const otherVariables: Readonly<Record<string, VariableRow>> = Object.freeze({
  OTEL_SDK_DISABLED: {
    default: 'false',
    description:
      '`true` silences the logger: nothing is sent, nothing is printed. Beats code, so that a deployment can switch logging off without changing the application',
  },
  OTEL_LOGS_EXPORTER: {
    default: '`otlp` with an endpoint, `console` without',
    description: `\`otlp\`, \`console\`, \`none\`, or several separated by commas. \`none\` anywhere silences the logger and beats code. \`otlp\` without an endpoint means \`${defaults.endpoint}\`. \`console\` without \`otlp\` leaves out the endpoints of the environment and the file, not those of code. \`logging\` is an old word for \`console\`; \`otlp/stdout\` prints \`otlp-json\` lines`,
  },
  OTEL_BLRP_MAX_QUEUE_SIZE: {
    default: 'no effect',
    description:
      'Counts records; our queue is bounded in bytes, so no factor would be right: one line says so. Use `LOGFLUME_QUEUE_MAX_BYTES`',
  },
  OTEL_EXPORTER_OTLP_INSECURE: {
    default: 'false',
    description: 'For gRPC alone; has no effect. HTTP takes the scheme of the URL',
  },
  OTEL_EXPORTER_OTLP_LOGS_INSECURE: { default: 'false', description: 'The same' },
  CI: {
    default: 'unset',
    description:
      'Any value but `false` and `0`: stdout counts as no terminal, so `true` prints JSON lines, and `pretty` no colours',
  },
  NO_COLOR: { default: 'colours on a terminal', description: 'Any value: `pretty` prints without colours' },
  FORCE_COLOR: {
    default: 'colours on a terminal',
    description: '`0` or `false`: no colours; any other value: colours. Wins over `NO_COLOR`, as in Node',
  },
  LOGFLUME_CONFIG: { default: 'none', description: 'Path of a [configuration file](#configuration-file)' },
  OTEL_CONFIG_FILE: {
    default: 'none',
    description:
      'Path of an [OpenTelemetry configuration file](#opentelemetry-configuration-file). While it is used no other `OTEL_…` variable is',
  },
} satisfies Record<string, VariableRow>);
