import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createDevBackend, type ReceivedRecord } from '@logflume/dev-backend';

/** How a program of an example ended, what it said, and what arrived at its backend. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /**
   * In the order in which they arrived. A request under way at an exit is repeated under its key, as nobody knows whether
   * it arrived: what came by the repetition is left out.
   */
  readonly records: readonly ReceivedRecord[];
}

/** How to run a program. */
export interface RunOptions {
  /** Its arguments. */
  readonly args?: readonly string[];
  /** Arguments of Node, before the program. */
  readonly nodeArgs?: readonly string[];
  /** Laid over an environment without any variable that logflume or Node reads. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the environment names the backend. @defaultValue true */
  readonly namesBackend?: boolean;
}

/** The ways in which examples end, as their first argument, and how each looks from outside. */
export const endings: readonly (readonly [way: string, Pick<Ended, 'code' | 'signal'>])[] = [
  ['naturally', { code: 0, signal: null }],
  ['exit', { code: 3, signal: null }],
  ['crash', { code: 1, signal: null }],
  ['serve', { code: null, signal: 'SIGTERM' }],
];

/** What a program prints when it waits to be asked to end. */
const SERVING = 'serving\n';

/**
 * Runs a program to its end beside a backend of its own; one that serves is asked to end by SIGTERM.
 *
 * @param path - absolute.
 */
export async function runExample(path: string, options: RunOptions = {}): Promise<Ended> {
  const { args = [], nodeArgs = [], env = {}, namesBackend = true } = options;
  await using backend = await createDevBackend();
  const endpoint = namesBackend ? { LOGFLUME_ENDPOINTS: backend.url } : {};
  const child = spawn(process.execPath, [...nodeArgs, path, ...args], {
    env: { ...foreignVariables(), ...endpoint, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      const wasServing = output[name].includes(SERVING);
      output[name] += text;
      if (!wasServing && output[name].includes(SERVING)) child.kill('SIGTERM');
    });
  }
  await once(child, 'close');
  return {
    code: child.exitCode,
    signal: child.signalCode,
    ...output,
    records: backend.records().filter(({ duplicate }) => !duplicate),
  };
}

function foreignVariables(): Record<string, string | undefined> {
  const ours = /^(OTEL_|LOGFLUME_|LOG_LEVEL$|NO_COLOR$|FORCE_COLOR$|NODE_OPTIONS$|DEBUG$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
