import { defaults as deliveryDefaults } from '@logflume/delivery';
import { defaults } from './defaults.ts';
import { code, type OptionRow } from './option-row.ts';
import { intakeRows } from './option-rows-intake.ts';
import { sendingRows } from './option-rows-sending.ts';
import { whereRows } from './option-rows-where.ts';

/**
 * Every option there is, by path: the one table from which the variables, the keys of the configuration file, its JSON
 * Schema and docs/configuration.md come. The key in a file is the path, a dot being one step inwards.
 *
 * To add an option: a rule in option-rules.ts, a row here or in option-rows-*.ts, a `pick` in resolve-options.ts, a right and
 * a wrong value in test/option-cases.ts; then `npm run docs`.
 */
export const optionTable: Readonly<Record<string, OptionRow>> = Object.freeze({
  ...whereRows,
  ...sendingRows,
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
    variables: { LOGFLUME_REDACT: 'names separated by commas or blanks, or the object as JSON' },
    default: 'nothing',
    description:
      'What is taken out of records before they are encoded, see [Security](security.md): names whose values are replaced at any depth, or an object with `keys`, `paths`, `values` (kinds of secrets to look for; `true` for all) and `replacement`',
    example: ['password', 'authorization'],
  },
  ...intakeRows,
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
