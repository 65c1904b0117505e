import type { Logger } from '../logger.ts';

/** A logging library that an application loaded. */
export interface LoadedHost {
  /** Of the package: `winston`, `pino`, `bunyan`, … */
  readonly name: string;
  /** As its package.json has it; `undefined` where that cannot be read, as inside a bundle. */
  readonly version: string | undefined;
  /** Its `module.exports`; `undefined` for one inside a bundle. */
  readonly exports: unknown;
}

/** What a {@link CaptureHost} has to say. */
export interface HostCaptured {
  /** Why nothing is captured: what follows the host's name in the one line that is printed. @defaultValue all is well */
  readonly problem?: string | undefined;
  /** What the application gets in the place of the host's exports. @defaultValue the same */
  readonly exports?: unknown;
}

/**
 * What the entry `register` of an adapter exports as `captureHost`: makes a host that was just loaded deliver its records
 * through `logger`, and leaves a host that it does not know alone. Called once for each copy of a host.
 */
export type CaptureHost = (host: LoadedHost, logger: Logger) => HostCaptured;

/** The adapters, and the hosts each of them captures. */
const ADAPTERS: Readonly<Record<string, readonly string[]>> = {
  '@logflume/winston/register': ['winston'],
  // thread-stream makes pino's worker threads.
  '@logflume/pino/register': ['pino', 'bunyan', 'thread-stream'],
};

/** Names of the packages that adapters wait for. */
export const adaptedHosts: readonly string[] = Object.values(ADAPTERS).flat();

/** Finds the `register` entry of the adapter for a host. */
export function adapterOf(host: string): string | undefined {
  return Object.keys(ADAPTERS).find((entry) => ADAPTERS[entry]?.includes(host));
}
