import { defaults } from './defaults.ts';
import { describeValue } from './describe-value.ts';
import type { FaultRule } from './faults/decide-fault.ts';
import { parseFaults } from './faults/parse-faults.ts';

export interface DevBackendOptions {
  /**
   * TCP port, 0 … 65535. 0 lets the system choose a free one, which `port` and `url` of the backend then name.
   * @defaultValue 0
   */
  readonly port?: number | undefined;
  /**
   * Address to listen on. Anything but a loopback address shows the logs to whoever can reach this machine, and switches
   * off the check of the Host header.
   * @defaultValue '127.0.0.1'
   */
  readonly host?: string | undefined;
  /**
   * Paths that take logs besides `/v1/logs`, each as an application writes it in its endpoint.
   * @defaultValue []
   */
  readonly paths?: readonly string[] | undefined;
  /**
   * Records kept for queries, integer ≥ 1; the oldest are forgotten first. Memory is also bounded in bytes: 64 MiB of
   * request bodies and of the objects decoded from them.
   * @defaultValue 10000
   */
  readonly maxRecords?: number | undefined;
  /**
   * Largest request body in bytes, integer ≥ 1, on the wire and after decompression; above it the answer is 413. So it
   * is above a million fields, whatever their size.
   * @defaultValue 20971520
   */
  readonly maxBodyBytes?: number | undefined;
  /**
   * Misbehaviour from the first request on; see `setFaults`.
   * @defaultValue []
   */
  readonly faults?: readonly FaultRule[] | undefined;
  /**
   * Start of the random generator behind `ratio`, integer 0 … 4294967295. The same seed and requests meet the same faults.
   * @defaultValue 1
   */
  readonly seed?: number | undefined;
}

export interface ResolvedOptions {
  readonly port: number;
  readonly host: string;
  readonly paths: readonly string[];
  readonly maxRecords: number;
  readonly maxBodyBytes: number;
  readonly faults: readonly FaultRule[];
  readonly seed: number;
}

/** setTimeout turns anything above into 1 ms: https://nodejs.org/api/timers.html */
export const maxTimerMs: number = 2 ** 31 - 1;

const optionNames: Readonly<Record<keyof ResolvedOptions, true>> = {
  port: true,
  host: true,
  paths: true,
  maxRecords: true,
  maxBodyBytes: true,
  faults: true,
  seed: true,
};

/** @throws TypeError naming the option, what was expected and what came. */
export function resolveOptions(options: DevBackendOptions): ResolvedOptions {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(`options must be an object, got ${describeValue(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(optionNames, name)) continue;
    throw new TypeError(`${name} is not an option, expected ${Object.keys(optionNames).join(', ')}`);
  }
  return {
    port: readInteger('port', options.port ?? defaults.port, 0, 65_535),
    host: readHost(options.host ?? defaults.host),
    paths: [defaults.logsPath, ...readPaths(options.paths ?? [])],
    maxRecords: readInteger('maxRecords', options.maxRecords ?? defaults.maxRecords, 1, 10_000_000),
    maxBodyBytes: readInteger('maxBodyBytes', options.maxBodyBytes ?? defaults.maxBodyBytes, 1, 2 ** 30),
    faults: parseFaults(options.faults ?? []),
    seed: readInteger('seed', options.seed ?? defaults.seed, 0, 2 ** 32 - 1),
  };
}

/** @throws TypeError naming the option, what was expected and what came. */
export function readInteger(name: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  throw new TypeError(`${name} must be an integer from ${min} to ${max}, got ${describeValue(value)}`);
}

function readHost(value: unknown): string {
  if (typeof value === 'string' && /^[\w.:-]+$/.test(value)) return value;
  throw new TypeError(`host must be a host name or an IP address, got ${describeValue(value)}`);
}

function readPaths(value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw new TypeError(`paths must be an array, got ${describeValue(value)}`);
  return value.map((path: unknown, index) => {
    // As clients send it: a URL spells "/ä" as "/%C3%A4" and leaves out "/./".
    const sent = typeof path === 'string' && /^\/[^\s?#]+$/.test(path) ? toSentPath(path) : '/';
    if (sent !== '/' && !isOwnPath(sent)) return sent;
    throw new TypeError(`paths[${index}] must be a path such as "/otlp/v1/logs", got ${describeValue(path)}`);
  });
}

/** The host stands in front, so that a path that begins with two slashes is not taken for one. */
function toSentPath(path: string): string {
  return new URL(`http://localhost${path}`).pathname;
}

/** The paths of the page and the API stay theirs. */
function isOwnPath(path: string): boolean {
  return path === '/healthz' || path === '/login' || path.startsWith('/api/');
}
