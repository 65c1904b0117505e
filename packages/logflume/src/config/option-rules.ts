import { linePresets } from '@logflume/formats';
import type { FileOutputOptions } from '../output/file/file-options.ts';
import { intakeRules } from './intake-rules.ts';
import type { ConsoleFormat, LoggerOptions } from './logger-options.ts';
import { integer, isFunction, isRecord, maxInteger, type OptionRule, text, word } from './option-rule.ts';
import { severityOfLevel } from './parse-levels.ts';
import { redactRule } from './redact-rules.ts';

/** What delivery takes; a value beyond would stop the application when the logger is made, so variables end here too. */
export const maxBatchRecords = 100_000;
export const maxLingerMs = 60_000;
const maxBatchBytes = 4 * 1024 * 1024;
/** What a spool takes at least. */
export const minSpoolBytes: number = 16 * 1024;
export const minQueueBytes: number = 64 * 1024;
const minLineBytes = 4096;
const maxLineBytes = 1024 * 1024;
const minFileBytes = 64 * 1024;
const maxFileBytes = 1024 ** 4;

const record: OptionRule = { kind: 'value', expected: 'an object', accepts: isRecord, schema: { type: 'object' } };
const flag: OptionRule = {
  kind: 'value',
  expected: 'true or false',
  accepts: (value) => typeof value === 'boolean',
  schema: { type: 'boolean' },
};
const pem: OptionRule = {
  kind: 'value',
  expected: 'PEM text or bytes',
  accepts: isPem,
  secret: true,
  schema: { type: 'string' },
};

const filePath: OptionRule = {
  kind: 'value',
  expected: 'the path of a PEM file',
  // A PEM text in the wrong option would be taken for a path, and a path is printed.
  accepts: (value) => typeof value === 'string' && value !== '' && !value.includes('-----BEGIN '),
  secret: true,
  schema: { type: 'string', minLength: 1 },
};

const directory: OptionRule = {
  kind: 'value',
  expected: 'the path of a directory',
  accepts: (value) => typeof value === 'string' && value.trim() !== '' && !value.includes('\0'),
  schema: { type: 'string', minLength: 1 },
};

/** One entry of `endpoints` that is an object; its `url` is judged where it is parsed. */
export const endpointRules: Extract<OptionRule, { kind: 'group' }> = {
  kind: 'group',
  fields: {
    url: text,
    weight: {
      kind: 'value',
      expected: 'a number above 0, up to 1000',
      accepts: (value) => typeof value === 'number' && value > 0 && value <= 1000,
      schema: { type: 'number', exclusiveMinimum: 0, maximum: 1000 },
    },
    priority: integer(0, 1000),
    headers: { kind: 'headers', orFunction: false },
  },
};

/** What `console` may be beside a flag. */
export const consoleFormats: readonly ConsoleFormat[] = ['pretty', ...linePresets];

export const consoleRule: Extract<OptionRule, { kind: 'value' }> = {
  kind: 'value',
  expected: `true, false, ${consoleFormats.map((format) => `"${format}"`).join(', ')} or an object`,
  accepts: (value) =>
    typeof value === 'boolean' || isRecord(value) || consoleFormats.some((format) => format === value),
  words: consoleFormats,
  schema: { anyOf: [{ enum: [true, false, ...consoleFormats] }, { type: 'object' }] },
  members: {
    format: word(...consoleFormats),
    stderrFrom: word(...Object.keys(severityOfLevel)),
    maxLineBytes: integer(minLineBytes, maxLineBytes),
  },
};

export const fileRule: Extract<OptionRule, { kind: 'value' }> = {
  kind: 'value',
  expected: 'a path, an object with a path, or a list of these',
  accepts: (value) => (Array.isArray(value) ? value.every(isFileOutput) : isFileOutput(value)),
  schema: { anyOf: [{ type: 'string', minLength: 1 }, { type: 'object' }, { type: 'array' }] },
  required: 'path',
  members: {
    path: { kind: 'value', expected: 'a path', accepts: isName, schema: { type: 'string', minLength: 1 } },
    format: word(...linePresets),
    level: word(...Object.keys(severityOfLevel)),
    maxBytes: integer(minFileBytes, maxFileBytes),
    maxAgeMs: integer(1000),
    maxFiles: integer(2, 1000),
    maxLineBytes: integer(minLineBytes, maxLineBytes),
  } satisfies Record<keyof FileOutputOptions, OptionRule>,
};

/** The rule of every option there is; what is not here is an unknown option. */
export const optionRules: Readonly<Record<keyof LoggerOptions, OptionRule>> = {
  name: text,
  version: text,
  level: text,
  attributes: record,
  resource: record,
  endpoints: { kind: 'value', expected: 'an array of URLs or objects with a url', accepts: Array.isArray },
  headers: { kind: 'headers', orFunction: true },
  format: word('otlp-protobuf', 'otlp-json'),
  compression: word('gzip', 'zstd', 'none'),
  balance: word('least-loaded', 'round-robin', 'failover'),
  tls: {
    kind: 'group',
    fields: {
      ca: pem,
      cert: pem,
      key: pem,
      caFile: filePath,
      certFile: filePath,
      keyFile: filePath,
      serverName: {
        kind: 'value',
        expected: 'a host name',
        accepts: (value) => typeof value === 'string' && /^[A-Za-z0-9._-]+$/.test(value),
        schema: { type: 'string', pattern: '^[A-Za-z0-9._-]+$' },
      },
    },
  },
  axios: { kind: 'value', expected: 'an axios instance', accepts: hasRequest },
  timeoutMs: integer(0),
  strictOtlp: flag,
  on400: word('reject', 'bisect'),
  ordered: flag,
  batch: {
    kind: 'group',
    fields: {
      maxRecords: integer(1, maxBatchRecords),
      maxBytes: integer(1024, maxBatchBytes),
      lingerMs: integer(0, maxLingerMs),
    },
  },
  queue: { kind: 'group', fields: { maxBytes: integer(minQueueBytes, Number.MAX_SAFE_INTEGER) } },
  retry: {
    kind: 'group',
    fields: {
      baseDelayMs: integer(1),
      maxDelayMs: integer(1),
      maxAgeMs: integer(1),
      maxServerErrorRetries: integer(0),
    },
  },
  spool: {
    kind: 'group',
    fields: {
      dir: directory,
      mode: word('wal', 'spill'),
      maxBytes: integer(minSpoolBytes, Number.MAX_SAFE_INTEGER),
      fsync: word('off', 'interval', 'each'),
    },
  },
  fallback: word('stderr', 'stdout', 'none'),
  destinations: {
    kind: 'value',
    expected: 'an array of objects with a name',
    accepts: Array.isArray,
    schema: { type: 'array' },
  },
  route: {
    kind: 'value',
    expected: 'an array of rules',
    accepts: Array.isArray,
    schema: { type: 'array' },
  },
  console: consoleRule,
  file: fileRule,
  redact: redactRule,
  ...intakeRules,
  limits: {
    kind: 'group',
    fields: {
      maxAttributes: integer(0),
      maxValueLength: {
        kind: 'value',
        schema: {
          anyOf: [
            { type: 'integer', minimum: 0, maximum: maxInteger },
            // `.inf` of YAML: JSON has no number for it.
            { type: 'number', exclusiveMinimum: Number.MAX_VALUE },
            { type: 'string', pattern: '^\\$\\{' },
          ],
        },
        expected: `an integer, 0 … ${maxInteger}, or Infinity`,
        accepts: (value) =>
          value === Number.POSITIVE_INFINITY ||
          (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= maxInteger),
      },
    },
  },
  exit: { kind: 'group', fields: { handleSignals: flag, timeoutMs: integer(1) } },
  onDiagnostic: { kind: 'value', expected: 'a function', accepts: isFunction },
};

/** Whether a value is a text with something in it. */
export function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isFileOutput(value: unknown): boolean {
  return isName(value) || isRecord(value);
}

function isPem(value: unknown): boolean {
  return Buffer.isBuffer(value) || (typeof value === 'string' && value.includes('-----BEGIN '));
}

/** An instance is a function with the methods of a client; a hand-made stand-in may be an object. */
function hasRequest(value: unknown): boolean {
  const isCandidate = typeof value === 'function' || (typeof value === 'object' && value !== null);
  return isCandidate && 'request' in value && typeof value.request === 'function';
}
