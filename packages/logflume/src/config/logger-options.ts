import type { DeliveryOptions, Format, Transport } from '@logflume/delivery';
import type { LinePreset, OtlpFormatOptions } from '@logflume/formats';
import type { Processor } from '../intake/processor.ts';
import type { RateLimitOptions } from '../intake/rate-limit-options.ts';
import type { RepeatsOptions } from '../intake/repeats-options.ts';
import type { SamplingOptions } from '../intake/sampling-options.ts';
import type { Attributes } from '../logger.ts';
import type { FileOutputOptions } from '../output/file/file-options.ts';
import type { RedactOptions } from '../redact/redact-options.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Level } from './parse-levels.ts';
import type { RouteRule } from './route-options.ts';

/** HTTP request headers by name; case does not matter. */
export type Headers = Readonly<Record<string, string>>;

/** One receiver of logs. */
export interface EndpointOptions {
  /**
   * Absolute http(s) URL. Without a path `/v1/logs` is used, any other path is taken as written. `dns+http(s)://name`
   * sends to all addresses of the name, `srv+http(s)://_service._proto.name` to those of its SRV records; names are looked
   * up again every ten seconds, and `Host` and TLS server name stay those of the URL.
   */
  readonly url: string;
  /**
   * Share of the load, above 0 … 1000. Twice the weight, twice the batches while all are equally fast.
   * @defaultValue 1
   */
  readonly weight?: number | undefined;
  /**
   * Rank for `balance: 'failover'`, integer 0 … 1000. A higher number is used only while no endpoint of a lower one
   * works; equal numbers share the load. The other ways of balancing do not look at it.
   * @defaultValue the place in the list when no endpoint has a priority, else 0
   */
  readonly priority?: number | undefined;
  /** Headers for this endpoint alone, over the general ones. Never printed. */
  readonly headers?: Headers | undefined;
}

/**
 * Certificates for https endpoints: as PEM, or as files with PEM, which are read again when they change. Of both, the PEM
 * counts.
 */
export interface TlsOptions {
  /** Authorities to trust instead of those Node ships with. @defaultValue those of Node */
  readonly ca?: string | Buffer | undefined;
  /** Certificate we show to the server; needs a key. @defaultValue none is shown */
  readonly cert?: string | Buffer | undefined;
  /** Private key of the certificate. Never printed. @defaultValue none */
  readonly key?: string | Buffer | undefined;
  /** Path of a file with what `ca` holds. @defaultValue none */
  readonly caFile?: string | undefined;
  /** Path of a file with what `cert` holds. @defaultValue none */
  readonly certFile?: string | undefined;
  /** Path of a file with what `key` holds. @defaultValue none */
  readonly keyFile?: string | undefined;
  /** Name the server's certificate must have, and that is sent as SNI. @defaultValue the host of the URL */
  readonly serverName?: string | undefined;
}

/** When the records gathered so far become one request. The first limit reached decides. */
export interface BatchOptions {
  /**
   * Records in a batch, integer 1 … 100000. More makes fewer, larger requests; fewer limits what one lost request
   * holds up.
   * @defaultValue 4000
   */
  readonly maxRecords?: number | undefined;
  /**
   * Uncompressed bytes of the records in a batch, integer 1024 … 4194304. More compresses better; fewer suits
   * receivers that limit requests, which count them uncompressed.
   * @defaultValue 983040
   */
  readonly maxBytes?: number | undefined;
  /**
   * Longest wait of a record for company, milliseconds, integer 0 … 60000. Lower gives fresher logs and more
   * requests; 0 sends on the next tick. After an error it is shorter.
   * @defaultValue 200
   */
  readonly lingerMs?: number | undefined;
}

/** Memory for records that wait. */
export interface QueueOptions {
  /**
   * Bytes of encoded records in memory, integer ≥ 65536. More survives a longer burst or outage; less bounds
   * what logging may cost the process. When full, the least severe and oldest records give way first, and are counted.
   * @defaultValue 67108864, or an eighth of the memory the process may use where that is less
   */
  readonly maxBytes?: number | undefined;
}

/** How a batch that failed for a passing reason is tried again. There is no limit on attempts, only on age. */
export interface RetryOptions {
  /**
   * Upper end of the first random delay, milliseconds, integer 1 … 2147483647; it doubles with each attempt. Lower
   * recovers faster from a short fault; higher spares a struggling receiver.
   * @defaultValue 500
   */
  readonly baseDelayMs?: number | undefined;
  /**
   * Longest delay, milliseconds, integer 1 … 2147483647. Lower notices a recovered receiver sooner; higher makes an
   * outage quieter.
   * @defaultValue 30000
   */
  readonly maxDelayMs?: number | undefined;
  /**
   * Age at which a batch in memory is given up, milliseconds, integer 1 … 2147483647. Higher survives a longer outage
   * as far as `queue.maxBytes` reaches; lower keeps stale logs away from the backend. What is given up goes to the
   * fallback.
   * @defaultValue 900000
   */
  readonly maxAgeMs?: number | undefined;
  /**
   * Further attempts after an answer of 500, integer 0 … 2147483647. Receivers answer it for passing faults and for
   * data they cannot take: more bears the first, fewer stops repeating the second sooner.
   * @defaultValue 3
   */
  readonly maxServerErrorRetries?: number | undefined;
}

/** A directory for what is not delivered yet. */
export interface SpoolOptions {
  /**
   * Directory on a local disk, made with mode 0700 if it is missing. Several processes may share it: each delivers what
   * dead ones left there.
   * @defaultValue none: no disk is touched
   */
  readonly dir?: string | undefined;
  /**
   * `wal` writes every batch before it is sent: a kill loses at most the records of the last 200 ms. `spill` writes only
   * what does not get away in time, costs nothing until then, and loses with the process what is still in memory.
   * @defaultValue 'wal'
   */
  readonly mode?: 'wal' | 'spill' | undefined;
  /**
   * Bytes on disk in all, integer ≥ 16384. More bridges a longer outage; when full, the oldest dead letters give way,
   * then the oldest batches, which go to the fallback.
   * @defaultValue 268435456 (256 MiB)
   */
  readonly maxBytes?: number | undefined;
  /**
   * When batches are brought to the device: they survive a crash of the process without it, a power loss only with it.
   * `interval` is every 500 ms, `each` before each batch is sent (0.3 to 5 ms of the main thread).
   * @defaultValue 'off'
   */
  readonly fsync?: 'off' | 'interval' | 'each' | undefined;
}

/** What is cut from a record before it is encoded. Cuts are counted in the record. */
export interface LimitOptions {
  /**
   * Attributes per record, integer 0 … 2147483647; the ones beyond are left out.
   * @defaultValue 128
   */
  readonly maxAttributes?: number | undefined;
  /**
   * UTF-16 units of a string value, integer 0 … 2147483647 or `Infinity`; longer ones are cut. Lower protects the
   * backend from dumps; higher keeps whole stack traces and payloads.
   * @defaultValue Infinity
   */
  readonly maxValueLength?: number | undefined;
}

/**
 * How a record is said on a console: `pretty` for people on a terminal, the others as lines for machines. `json` is what
 * most node agents read; `gcp`, `ecs` and `datadog` use the names of Cloud Logging, Elastic and Datadog; `logfmt` is
 * text of key=value; `otlp-json` keeps everything, for an OpenTelemetry Collector.
 */
export type ConsoleFormat = LinePreset | 'pretty';

/** Printing to the standard streams. */
export interface ConsoleOptions {
  /** @defaultValue whichever of `pretty` and `json` suits stdout */
  readonly format?: ConsoleFormat | undefined;
  /**
   * The level from which records go to stderr instead of stdout. Many readers take stderr for an error, and order
   * between the two streams is not kept.
   * @defaultValue none: all go to stdout
   */
  readonly stderrFrom?: Level | undefined;
  /**
   * UTF-8 bytes of a line without its line feed, integer 4096 … 1048576; longer records are shortened to fit. 8191
   * suits CRI-O, which splits there; higher is for where no container runtime is in between. `pretty` has no such limit.
   * @defaultValue 16383
   */
  readonly maxLineBytes?: number | undefined;
}

/** What happens to waiting records when the process ends. */
export interface ExitOptions {
  /**
   * Whether SIGTERM and SIGINT are met with a drain, after which the signal is raised again. Even then only while the
   * application has no listener of its own. `false` leaves signals alone: call `close()` yourself.
   * @defaultValue true
   */
  readonly handleSignals?: boolean | undefined;
  /**
   * Time the drain may take, milliseconds, integer 1 … 2147483647. Higher delivers more when a receiver is slow; it
   * must stay below the grace the platform gives (Kubernetes: 30 s).
   * @defaultValue 5000
   */
  readonly timeoutMs?: number | undefined;
}

/**
 * How logs are made and where they go. Every field is optional: with none at all, variables of the environment decide,
 * and without these the logger prints to the console and opens no socket.
 *
 * Code beats the environment, which beats the configuration file, which beats the defaults. The object is read once, when the logger is made.
 *
 * @see docs/configuration.md for the variables.
 */
export interface LoggerOptions {
  /** Name of the instrumentation scope, usually of the module that logs; `level` and backends select by it. @defaultValue '' */
  readonly name?: string | undefined;
  /** Version of the instrumentation scope. @defaultValue none */
  readonly version?: string | undefined;
  /**
   * What is logged: a level and all above it, or `off`; or levels by logger name, such as `info,db=debug`, where `db`
   * covers `db.pool`. Lower shows more; a record below its level costs one comparison.
   * @defaultValue 'info'
   */
  readonly level?: Level | (string & {}) | undefined;
  /** Attributes of every record; those of a log call with the same name win. Read once. @defaultValue none */
  readonly attributes?: Attributes | undefined;
  /** Attributes of the process, over the detected ones and those of the environment. Read once. @defaultValue detected */
  readonly resource?: Attributes | undefined;
  /**
   * Receivers, as URLs or with weight, priority and headers. Each batch goes to one of them. An empty list means no backend, whatever the environment says: the console is used.
   * @defaultValue none
   */
  readonly endpoints?: readonly (string | EndpointOptions)[] | undefined;
  /**
   * Headers of every request, or a function that returns them, asked for every attempt: for tokens that expire. They
   * are laid over those of the environment, name by name. Never printed.
   * @defaultValue none
   */
  readonly headers?: Headers | (() => Promise<Headers>) | undefined;
  /**
   * Wire format. Protobuf is smaller and cheaper; JSON can be read on the wire and suits receivers without protobuf.
   * @defaultValue 'otlp-protobuf'
   */
  readonly format?: 'otlp-protobuf' | 'otlp-json' | undefined;
  /**
   * Compression of request bodies. `zstd` is faster and smaller than `gzip` but needs Node ≥ 22.15 and a receiver that
   * knows it; `none` saves the thread pool's time where the network is free.
   * @defaultValue 'gzip'
   */
  readonly compression?: 'gzip' | 'zstd' | 'none' | undefined;
  /**
   * Choice among healthy endpoints. `least-loaded` prefers the quicker ones; `round-robin` gives each its turn;
   * `failover` stays with the first that works, see `priority`.
   * @defaultValue 'least-loaded'
   */
  readonly balance?: 'least-loaded' | 'round-robin' | 'failover' | undefined;
  /** Certificates for https endpoints. @defaultValue what Node trusts */
  readonly tls?: TlsOptions | undefined;
  /** An axios instance to send with, for proxies and agents of your own. @defaultValue one of our own */
  readonly axios?: DeliveryOptions<unknown>['axios'];
  /**
   * Limit of one attempt from connecting to the end of the reply, milliseconds, integer 0 … 2147483647; 0 is no limit.
   * Lower notices a dead receiver sooner; higher bears a slow one.
   * @defaultValue 10000
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Keeps to the letter of OTLP: an answer it does not call retryable ends a batch at once, one that tells of a wrong
   * address or credential, 413 and 500 included. For receivers that must never see a record twice without need.
   * @defaultValue false
   */
  readonly strictOtlp?: boolean | undefined;
  /**
   * What a 400 does to a batch. `reject` counts all of it as rejected; `bisect` halves it until the record the server
   * does not take stands alone, at about two requests for each halving.
   * @defaultValue 'reject'
   */
  readonly on400?: 'reject' | 'bisect' | undefined;
  /**
   * Keeps the order of records: one request is under way at a time, and a batch that has to be tried again holds back
   * those after it. Records from WARN up, those below, and what earlier processes left on disk (as it was written there)
   * each keep an order of their own. Costs throughput: one batch a round trip.
   * @defaultValue false
   */
  readonly ordered?: boolean | undefined;
  /** When records become a request. */
  readonly batch?: BatchOptions | undefined;
  /** Memory for records that wait. */
  readonly queue?: QueueOptions | undefined;
  /** How failed batches are tried again. */
  readonly retry?: RetryOptions | undefined;
  /**
   * A directory in which batches survive the process until they are delivered, or its options. Records of `fatal` are in
   * it when the log call returns. Each destination of its own has a folder in it.
   * @defaultValue none: no disk is touched
   */
  readonly spool?: string | SpoolOptions | undefined;
  /**
   * Where a record is written, as a JSON line, that would otherwise be lost. `none` counts it as dropped.
   * @defaultValue 'stderr'
   */
  readonly fallback?: 'stderr' | 'stdout' | 'none' | undefined;
  /**
   * Several backends, each with its own endpoints, queue, retry and fallback; every record goes to all of them, or where
   * `route` says. `endpoints` in code are one more, named `default`; those of the environment are then not used.
   * @defaultValue none
   */
  readonly destinations?: readonly DestinationOptions[] | undefined;
  /**
   * Which destination gets which records. A destination gets what any of its rules lets through, one that no rule names
   * gets everything; a record nobody gets is left out, as below a level.
   * @defaultValue every record to every destination
   */
  readonly route?: readonly RouteRule[] | undefined;
  /**
   * Printing to stdout alongside the backend, as {@link ConsoleFormat} says; `true` for whichever of `pretty` and `json`
   * suits stdout. `false` prints nothing, even when there is no backend.
   * @defaultValue true without an endpoint, false with one
   */
  readonly console?: boolean | ConsoleFormat | ConsoleOptions | undefined;
  /**
   * Files to write records to, by path or with options: alongside the backend, or instead of one. Each has an account of
   * its own in `stats().destinations`, under `file <path>`.
   * @defaultValue none
   */
  readonly file?: string | FileOutputOptions | readonly (string | FileOutputOptions)[] | undefined;
  /**
   * What is taken out of records, before they are encoded: names whose values are secret, at any depth, or places and
   * kinds of secrets. See docs/security.md.
   * @defaultValue nothing
   */
  readonly redact?: readonly string[] | RedactOptions | undefined;
  /**
   * Functions that see each record before it is encoded, in this order: they may change it, add attributes or leave it
   * out. Redaction comes after them. See docs/intake.md.
   * @defaultValue none
   */
  readonly processors?: readonly Processor[] | undefined;
  /** Which share of the records is kept; WARN and above are unless asked for. See docs/intake.md. */
  readonly sampling?: SamplingOptions | undefined;
  /** Leaves out records that say the same again, and tells how many there were. See docs/intake.md. */
  readonly repeats?: RepeatsOptions | undefined;
  /** How many records may go on; from WARN up all do unless asked for. See docs/intake.md. */
  readonly rateLimit?: RateLimitOptions | undefined;
  /** What is cut from a record. */
  readonly limits?: LimitOptions | undefined;
  /** What happens when the process ends. */
  readonly exit?: ExitOptions | undefined;
  /**
   * Receives what logflume itself has to say: bad settings, for one. Without it, one line per event goes to stderr.
   * It must not log through this logger; what it throws is swallowed.
   * @defaultValue lines on stderr
   */
  readonly onDiagnostic?: ((event: Diagnostic) => void) | undefined;
}

/** What a format of one's own needs to frame records: the encoded resource, and the encoded scope of each group. */
export type FormatParts = OtlpFormatOptions;

/**
 * One of several backends. Every destination has its own queue, batches, endpoints, retry, fallback and ledger: one
 * that is dead takes neither room nor time from another.
 *
 * What is not given here is taken from the general options, but never what may be secret or belongs to one address:
 * `endpoints`, `headers`, `tls`, `axios`, `format`.
 */
export interface DestinationOptions
  extends Pick<
    LoggerOptions,
    | 'axios'
    | 'balance'
    | 'batch'
    | 'compression'
    | 'endpoints'
    | 'fallback'
    | 'headers'
    | 'on400'
    | 'ordered'
    | 'retry'
    | 'strictOtlp'
    | 'timeoutMs'
    | 'tls'
  > {
  /** Key in `stats().destinations`, in front of its lines, and what `route` calls it. Distinct, not empty. Required. */
  readonly name: string;
  /**
   * Wire format: a name, or a function that makes one of your own, called once.
   * @defaultValue 'otlp-protobuf'
   */
  readonly format?: LoggerOptions['format'] | ((parts: FormatParts) => Format) | undefined;
  /**
   * How bodies are sent, instead of HTTP by axios. This is the seam for anything that takes log records: batches come
   * framed by `format` and compressed by `compression` (for OTLP in memory: `'none'`, then
   * `decodeLogsRequest(request.body)` of `@logflume/otlp`), with their id in `headers['idempotency-key']`, each until
   * it is taken. What `send` answers decides as an HTTP reply does: `{ kind: 'reply', status: 200, … }` delivered, 503
   * again later, 400 never; `{ kind: 'failure', code, message }` again later. `send` must honour `timeoutMs` and
   * `signal`; one that rejects counts as a failure.
   *
   * `endpoints` are then names for `request.url`, the statistics and the balancing; without any there is one,
   * `http://transport.invalid/<name>`. At the end of the process only what `beforeExit`, `close()` or a signal could send arrives by a
   * transport; what is left goes to the fallback.
   * @defaultValue HTTP
   */
  readonly transport?: Transport | undefined;
  /**
   * Its share of the memory for records that wait.
   * @defaultValue an equal share of the general `queue.maxBytes`
   */
  readonly queue?: LoggerOptions['queue'];
}
