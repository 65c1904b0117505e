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

/** A child process that runs a program of `fixtures/`. */
export interface Fixture {
  readonly child: ChildProcess;
  /** What it has written so far. */
  readonly output: { readonly stdout: string; readonly stderr: string };
  /** Waits until a stream, stdout by default, contains a text. Rejects when the child ends before. */
  says(text: string, stream?: 'stdout' | 'stderr'): Promise<void>;
  /** Waits for its end. */
  ended(): Promise<Ended>;
  /** Kills it if it still runs: nothing of a test outlives it. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface FixtureOptions {
  /** Laid over an environment without any variable that logflume reads. */
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** A program, with its arguments, that runs the fixture. */
  readonly within?: readonly string[];
}

/** Starts a program of `fixtures/` with piped output that is read as it comes. */
export function startFixture(name: string, { env = {}, args = [], within = [] }: FixtureOptions = {}): Fixture {
  const path = asPublished(fileURLToPath(new URL(`fixtures/${name}.js`, import.meta.url)));
  const [program = process.execPath, ...programArgs] = [...within, process.execPath, path, ...args];
  const child = spawn(program, programArgs, {
    env: { ...foreignVariables(), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
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
    output,
    async says(text, stream = 'stdout') {
      while (!output[stream].includes(text)) {
        const [ended] = await Promise.race([end.then(() => [true]), once(child[stream], 'data').then(() => [false])]);
        if (ended && !output[stream].includes(text)) throw new Error(`ended without saying ${text}: ${output.stderr}`);
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

/** Runs a program of `fixtures/` to its end. */
export async function runFixture(name: string, options?: FixtureOptions): Promise<Ended> {
  await using fixture = startFixture(name, options);
  return await fixture.ended();
}

function foreignVariables(): Record<string, string | undefined> {
  const ours = /^(OTEL_|LOGFLUME_|LOG_LEVEL$|NO_COLOR$|FORCE_COLOR$|NODE_OPTIONS$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
