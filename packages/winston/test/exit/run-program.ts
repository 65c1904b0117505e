import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { asPublished } from '../../../../test/as-published.ts';

/** How a child process ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A child process that runs a program. Killed, if it still runs, when it goes out of scope. */
export interface Program {
  readonly child: ChildProcess;
  /** Waits until its stdout contains a text; rejects when it ends before. */
  says(text: string): Promise<void>;
  ended(): Promise<Ended>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts a program with piped output, in an environment without any variable that logflume reads.
 *
 * @param path - of the program in `fixtures/`, relative to this file.
 */
export function startProgram(
  path: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Program {
  const file = asPublished(fileURLToPath(new URL(path, import.meta.url)));
  const child = spawn(process.execPath, [file, ...args], {
    env: { ...foreignVariables(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
    });
  }
  const end = once(child, 'close');
  return {
    child,
    async says(text) {
      while (!output.stdout.includes(text)) {
        const isOver = await Promise.race([end.then(() => true), once(child.stdout, 'data').then(() => false)]);
        if (isOver && !output.stdout.includes(text)) throw new Error(`ended without saying ${text}: ${output.stderr}`);
      }
    },
    async ended() {
      await end;
      return { code: child.exitCode, signal: child.signalCode, ...output };
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await end;
    },
  };
}

function foreignVariables(): Record<string, string | undefined> {
  const ours = /^(OTEL_|LOGFLUME_|LOG_LEVEL$|NO_COLOR$|FORCE_COLOR$|NODE_OPTIONS$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
