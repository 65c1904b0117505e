import type { LinePreset } from '@logflume/formats';
import type { ResolvedRateLimit } from '../intake/rate-limit-options.ts';
import type { ResolvedRepeats } from '../intake/repeats-options.ts';
import type { ResolvedSampling } from '../intake/sampling-options.ts';
import type { Attributes } from '../logger.ts';
import type { FileOutputOptions } from '../output/file/file-options.ts';
import type { ConfigDiagnostic, SettingSource } from './diagnostic.ts';
import type {
  ConsoleFormat,
  ConsoleOptions,
  DestinationOptions,
  Headers,
  LoggerOptions,
  RetryOptions,
  SpoolOptions,
  TlsOptions,
} from './logger-options.ts';
import type { LevelRules } from './parse-levels.ts';
import type { RouteRule } from './route-options.ts';

/** Where records go: to a backend (and beside it to stdout and files), to stdout (and files), to files, or nowhere. */
export type Output = 'backend' | 'console' | 'file' | 'none';

/** A file with all its values. */
export type ResolvedFile = FileOutputOptions & {
  readonly format: LinePreset;
  readonly maxBytes: number;
  readonly maxFiles: number;
};

/** An endpoint with all its values. */
export interface ResolvedEndpoint {
  /** Absolute http(s) URL to post to, path and `dns+` or `srv+` included, without user info. Its query may be secret. */
  readonly url: string;
  readonly weight: number;
  readonly priority: number;
  /** By lower-case name, over the general ones; holds the user info of the URL as `authorization`. Secret. */
  readonly headers: Headers;
}

/**
 * What the rest of the program sees of the options: complete, checked, in one spelling.
 *
 * Fields that may be `undefined` belong to delivery, which fills in its own default.
 */
export interface ResolvedOptions {
  readonly name: string;
  readonly version: string | undefined;
  readonly levels: LevelRules;
  readonly attributes: Attributes;
  /** Detected, environment and code, merged. */
  readonly resource: Readonly<Record<string, unknown>>;
  readonly output: Output;
  /** What to print on stdout, alongside the backend or as the only output; `false` is nothing. */
  readonly console: false | ConsoleFormat;
  /** How the lines of the console are split and shortened. */
  readonly consoleLines: Pick<ConsoleOptions, 'stderrFrom' | 'maxLineBytes'>;
  /** Whether `pretty` may use colours. */
  readonly color: boolean;
  /** Empty unless `output` is `backend`. */
  readonly endpoints: readonly ResolvedEndpoint[];
  /** General headers by lower-case name, or a function that gets them; it rejects as the one in code does. Secret. */
  readonly headers: Headers | (() => Promise<Headers>);
  readonly format: 'otlp-protobuf' | 'otlp-json';
  readonly compression: 'gzip' | 'zstd' | 'none';
  readonly balance: LoggerOptions['balance'];
  readonly tls: TlsOptions;
  readonly axios: LoggerOptions['axios'];
  /** Milliseconds; 0 is no limit. */
  readonly timeoutMs: number | undefined;
  readonly strictOtlp: boolean | undefined;
  readonly on400: LoggerOptions['on400'];
  readonly ordered: boolean | undefined;
  readonly batch: {
    readonly maxRecords: number | undefined;
    readonly maxBytes: number | undefined;
    readonly lingerMs: number | undefined;
  };
  readonly queue: { readonly maxBytes: number | undefined };
  readonly retry: RetryOptions;
  /** Without `dir` there is none. */
  readonly spool: SpoolOptions;
  readonly fallback: LoggerOptions['fallback'];
  readonly files: readonly ResolvedFile[];
  readonly redact: LoggerOptions['redact'];
  readonly processors: NonNullable<LoggerOptions['processors']>;
  readonly sampling: ResolvedSampling;
  readonly repeats: ResolvedRepeats;
  readonly rateLimit: ResolvedRateLimit;
  /** `maxValueLength` may be `Infinity`. */
  readonly limits: { readonly maxAttributes: number; readonly maxValueLength: number };
  readonly exit: { readonly handleSignals: boolean; readonly timeoutMs: number | undefined };
  readonly onDiagnostic: LoggerOptions['onDiagnostic'];
  /** Several backends, the general endpoints among them; empty where there is one, or none. */
  readonly destinations: readonly ResolvedDestination[];
  /** Which destination gets what; a destination that no rule names gets everything. */
  readonly route: readonly ResolvedRoute[];
  /**
   * Where each value came from, by option path: `level`, `batch.lingerMs`, `headers.authorization`,
   * `resource.service.name`, …; also `output` and `color`.
   */
  readonly sources: Readonly<Record<string, SettingSource>>;
  /** What there is to say about the environment, to be handed to `onDiagnostic` once. At most one per variable. */
  readonly diagnostics: readonly ConfigDiagnostic[];
}

/** What a delivery to one backend is made of. */
export interface BackendOptions
  extends Pick<
    ResolvedOptions,
    | 'axios'
    | 'balance'
    | 'batch'
    | 'compression'
    | 'endpoints'
    | 'exit'
    | 'fallback'
    | 'headers'
    | 'on400'
    | 'onDiagnostic'
    | 'ordered'
    | 'queue'
    | 'resource'
    | 'retry'
    | 'spool'
    | 'strictOtlp'
    | 'timeoutMs'
    | 'tls'
  > {
  readonly format: DestinationOptions['format'];
  readonly transport?: DestinationOptions['transport'];
}

export interface ResolvedDestination extends BackendOptions {
  readonly name: string;
}

/** A rule whose `to` names destinations there are. */
export interface ResolvedRoute extends RouteRule {
  readonly to: readonly string[];
}
