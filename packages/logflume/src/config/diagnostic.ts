import type { DeliveryDiagnostic } from '@logflume/delivery';
import { showValue } from './show-value.ts';

/** Where a resolved value came from; of a file with the line, as in `file /etc/logflume.yaml:7`. */
export type SettingSource = 'code' | 'default' | `environment ${string}` | `file ${string}`;

interface Remark {
  /** Name of the variable; of what code or a file gave, the path of the option. */
  readonly name: string;
  readonly source: SettingSource;
  /** The whole story in one line, for people. Holds no header value, user info, query or token. */
  readonly message: string;
}

/** A variable whose value cannot be used. It never stops the application. */
export interface InvalidSetting extends Remark {
  readonly kind: 'invalidSetting';
  /** What would have been right, without "must be". */
  readonly expected: string;
  /** What came: quoted and shortened, or only its kind where the value is secret. */
  readonly got: string;
  /** What is used instead. */
  readonly used: string;
}

/** A setting that is understood but has no effect: in this version, or without another one. */
export interface UnsupportedSetting extends Remark {
  readonly kind: 'unsupportedSetting';
}

/** A variable that works but should be written another way. */
export interface DeprecatedSetting extends Remark {
  readonly kind: 'deprecatedSetting';
}

/** A `LOGFLUME_…` variable nobody reads: most likely a typing mistake. */
export interface UnknownSetting extends Remark {
  readonly kind: 'unknownSetting';
  /** The known name it resembles; `undefined` if it resembles none. */
  readonly closest: string | undefined;
}

/**
 * A configuration file that cannot be used. It is ignored as a whole, but for what is right of its `redact`; or its `route`
 * alone is, where that does not fit the destinations of a stronger place. It never stops the application.
 */
export interface InvalidFile extends Remark {
  readonly kind: 'invalidFile';
  /** As the variable `name` gives it. */
  readonly file: string;
  /** Where it is wrong, from 1; `undefined` when it cannot be read at all. */
  readonly line: number | undefined;
  /** Path of the option that is wrong or unknown, such as `batch.lingerms`; `undefined` for a text that has none. */
  readonly key: string | undefined;
  /** For an unknown key, the known one it resembles. */
  readonly closest: string | undefined;
}

/** The settings leave records nowhere to go, and nothing says that this is wanted. */
export interface NoOutput extends Remark {
  readonly kind: 'noOutput';
}

/** What reading the configuration has to say. Plain values: they can be printed, sent or compared. */
export type ConfigDiagnostic =
  | InvalidSetting
  | UnsupportedSetting
  | DeprecatedSetting
  | UnknownSetting
  | InvalidFile
  | NoOutput;

/** A file that changed while the application runs was read anew, and what of it could take effect did. */
export interface FileReloaded {
  readonly kind: 'fileReloaded';
  readonly file: string;
  /** Options that have another value now. */
  readonly changed: readonly string[];
  readonly message: string;
}

/** A file that changed while the application runs cannot be used; what it held before stays in force. */
export interface FileNotReloaded {
  readonly kind: 'fileNotReloaded';
  readonly file: string;
  readonly message: string;
}

export type FileReloadDiagnostic = FileReloaded | FileNotReloaded;

/** A file that records are written to cannot be written, or can be again. Lines wait meanwhile, up to a bound. */
export interface FileOutputState {
  readonly kind: 'fileFailing' | 'fileRecovered';
  readonly path: string;
  /** Of the system, such as `ENOSPC`; `''` for a file that recovered. */
  readonly code: string;
  readonly message: string;
}

/** A provider that was to be the global one is not, as another one was first, or another version of its API. */
export interface ProviderNotRegistered {
  readonly kind: 'providerNotRegistered';
  /** Package whose global it is. */
  readonly api: '@opentelemetry/api-logs' | '@opentelemetry/api';
  /** The whole story in one line, for people. */
  readonly message: string;
}

/** `logflume/register` does not capture a logging library, or anything at all. */
export interface NotCaptured {
  readonly kind: 'notCaptured';
  /** `winston`, `pino`, …, or `process` for everything. */
  readonly host: string;
  /** The whole story in one line, for people. */
  readonly message: string;
}

/** A predicate of `route` threw: the record went to all destinations. */
export interface RouteFailed {
  readonly kind: 'routeFailed';
  /** The whole story in one line, for people; without the text of the error. */
  readonly message: string;
}

/** A processor threw, has not finished when it returned, or answered something that means nothing. */
export interface ProcessorFailed {
  readonly kind: 'processorFailed';
  /** Its place in the list, and its name where it has one: `processors[1] (maskUser)`. */
  readonly processor: string;
  /** The whole story in one line, for people; without the text of the error. */
  readonly message: string;
}

/** Everything logflume itself has to say; `message` is the whole story in one line. */
export type Diagnostic =
  | ConfigDiagnostic
  | DeliveryDiagnostic
  | FileReloadDiagnostic
  | FileOutputState
  | ProviderNotRegistered
  | NotCaptured
  | RouteFailed
  | ProcessorFailed;

/** What was wrong with a value. */
export interface BadValue {
  readonly expected: string;
  /** Already safe to print; without it the value itself is shown by {@link showValue}. */
  readonly got?: string | undefined;
  /** What to write, such as `write "http://localhost:4318"`. */
  readonly hint?: string | undefined;
}

/** Makes the diagnostic of a variable whose value is of no use. */
export function toInvalidSetting(name: string, value: string, bad: BadValue, used: string): InvalidSetting {
  const got = bad.got ?? showValue(value);
  const hint = bad.hint === undefined ? '' : `; ${bad.hint}`;
  return {
    kind: 'invalidSetting',
    name,
    source: `environment ${name}`,
    expected: bad.expected,
    got,
    used,
    message: `${name} must be ${bad.expected}, got ${got}${hint}; using ${used}`,
  };
}
