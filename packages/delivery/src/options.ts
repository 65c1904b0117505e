import type { AxiosInstance } from 'axios';
import type { Clock, Random } from './clock.ts';
import type { DiagnosticSink } from './diagnostics.ts';
import type { Stdio } from './fallback/stdio.ts';
import type { Compression, Format } from './format.ts';
import type { MakeLossRecord } from './loss-notice.ts';
import type { RecordCodec } from './queue/record-codec.ts';
import type { BalanceMode } from './send/balance.ts';
import type { TlsSource } from './send/http-agents.ts';
import type { Resolver } from './send/resolver.ts';
import type { Transport } from './send/transport.ts';
import type { FileSystem } from './spool/file-system.ts';
import type { InstanceLocks } from './spool/instance-lock.ts';
import type { SpoolOptions } from './spool/spool-options.ts';

/** One place records can go to. */
export interface DeliveryEndpoint {
  /**
   * An http(s) URL, used as written. A user name and password in it become an `Authorization` header.
   *
   * With `dns+` in front of it, each address of its name is an endpoint of its own; with `srv+` in front of a
   * `_service._tcp.name` each address of its SRV records, with their ports, weights and priorities. Names are looked up
   * again every ten seconds and when an address cannot be reached; `Host` and TLS server name stay those of the URL.
   */
  readonly url: string;
  /**
   * Relative share of the traffic, > 0.
   * @defaultValue 1
   */
  readonly weight?: number | undefined;
  /**
   * Rank for `failover`: the lowest that takes traffic gets all of it. Integer ≥ 0.
   * @defaultValue 0
   */
  readonly priority?: number | undefined;
  /** Sent to this endpoint alone; they win over the common ones. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

export interface BatchOptions {
  /**
   * Records after which a batch is sealed, ≥ 1. More means fewer requests; one request's worth is what a server
   * can refuse at once.
   * @defaultValue 4000
   */
  readonly maxRecords?: number | undefined;
  /**
   * Uncompressed bytes after which a batch is sealed, ≥ 1; at most 4 MiB and a quarter of the queue are used. Vendors
   * refuse requests of 1 to 5 MB.
   * @defaultValue 983040
   */
  readonly maxBytes?: number | undefined;
  /**
   * Milliseconds a record waits for company, 0 … 2147483647. Lower gives fresher logs and more requests; batches grow beyond
   * it while every endpoint is busy.
   * @defaultValue 200
   */
  readonly lingerMs?: number | undefined;
}

export interface QueueOptions {
  /**
   * Bytes of all records pending together, 64 KiB or more. Higher bridges longer outages and larger bursts, and is
   * memory the application may see used.
   * @defaultValue 64 MiB, or 1/8 of the memory the process may use where that is less
   */
  readonly maxBytes?: number | undefined;
}

export interface RetryOptions {
  /**
   * Ceiling of the first delay in milliseconds, > 0; it doubles with each retry and the delay is drawn below it.
   * @defaultValue 500
   */
  readonly baseDelayMs?: number | undefined;
  /**
   * Ceiling of every delay in milliseconds.
   * @defaultValue 30000
   */
  readonly maxDelayMs?: number | undefined;
  /**
   * Age in milliseconds after which a batch goes to the fallback instead of being tried again.
   * @defaultValue 900000 (15 minutes)
   */
  readonly maxAgeMs?: number | undefined;
  /**
   * How often an answer of 500 is tried again before the batch is given up, integer ≥ 0.
   * @defaultValue 3
   */
  readonly maxServerErrorRetries?: number | undefined;
}

export interface DeliveryExitOptions {
  /**
   * Installs `beforeExit` and `exit` listeners that deliver what is pending when the process ends.
   * @defaultValue true
   */
  readonly hooks?: boolean | undefined;
  /**
   * Milliseconds `close` and the end of the process may take when no shorter limit is given, 1 … 2147483647.
   * @defaultValue 5000
   */
  readonly timeoutMs?: number | undefined;
}

/** What a delivery is made of. Read and checked once; a wrong value throws `LogflumeError`. */
export interface DeliveryOptions<R> {
  /** Stands in front of every line and is `destination` of every diagnostic: for one of several. @defaultValue none */
  readonly name?: string | undefined;
  readonly codec: RecordCodec<R>;
  readonly format: Format;
  /** @defaultValue none */
  readonly compression?: Compression | undefined;
  /** At least one. */
  readonly endpoints: readonly DeliveryEndpoint[];
  /**
   * Sent with every request; a function is asked for every attempt, for tokens that expire. While it fails, rejects or
   * answers with a value that is no text or not allowed in HTTP, its last answer is used; without one nothing is sent.
   */
  readonly headers?: Readonly<Record<string, string>> | (() => Promise<Readonly<Record<string, string>>>) | undefined;
  /** @defaultValue 'least-loaded' */
  readonly balance?: BalanceMode | undefined;
  /**
   * Milliseconds one attempt may take in all, 0 … 2147483647; 0 is no limit.
   * @defaultValue 10000
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Keeps to the letter of OTLP: answers it does not call retryable end a batch at once, those that tell of a wrong
   * address or credential (3xx, 401, 403, 404, 405, 407), 413 and 500 included; `on400` has no effect.
   * @defaultValue false
   */
  readonly strictOtlp?: boolean | undefined;
  /**
   * What a 400 does to a batch: `reject` counts all of it as rejected; `bisect` halves it until the record the server
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
  readonly batch?: BatchOptions | undefined;
  readonly queue?: QueueOptions | undefined;
  readonly retry?: RetryOptions | undefined;
  /** Certificates for https; a function is asked for every attempt, and for a changed answer makes new connections. */
  readonly tls?: TlsSource;
  /** Used instead of our own axios instance; agents it has instead of ours. */
  readonly axios?: AxiosInstance | undefined;
  /**
   * Where records go that would be dropped otherwise, one JSON line each.
   * @defaultValue 'stderr'
   */
  readonly fallback?: 'stderr' | 'stdout' | 'none' | undefined;
  /**
   * A directory for batches that are not delivered yet: they survive the process, and the next one with the same
   * directory delivers them. Records from FATAL up are on disk when the log call returns.
   * @defaultValue none: no disk is touched
   */
  readonly spool?: SpoolOptions | undefined;
  readonly exit?: DeliveryExitOptions | undefined;
  /**
   * Told what the engine has to say about itself: soon after it happened, never inside the log call, at most once a
   * second. Losses in between are added up.
   */
  readonly onDiagnostic?: DiagnosticSink | undefined;

  /**
   * Makes the record that tells the backend of records it will never get, soon after something was delivered again and
   * at most once in 30 s for each reason. It is sent and counted as every other: `accepted` is one more. Must not throw.
   * @defaultValue the backend is not told
   */
  readonly lossRecord?: MakeLossRecord<R> | undefined;

  /**
   * Looks up the names of `dns+` and `srv+` endpoints.
   * @defaultValue `createDnsResolver()`
   */
  readonly resolver?: Resolver | undefined;

  /** The engine's own seams, for tests and the simulator. */
  readonly transport?: Transport | undefined;
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  readonly stdio?: Stdio | undefined;
  /** The disk of the spool. */
  readonly fileSystem?: FileSystem | undefined;
  /** How owners of spool directories are told from dead ones. */
  readonly locks?: InstanceLocks | undefined;
}
