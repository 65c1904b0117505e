import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { asPublished } from '../../../../test/as-published.ts';

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  /** Texts of the JSON lines on stderr, then on stdout. */
  readonly lines: string[];
  readonly ms: number;
}

export interface RunOptions {
  /** Of the delivery. */
  readonly options?: object;
  readonly env?: Record<string, string>;
  /**
   * - `read`: what an operator has.
   * - `gone`: the reader is closed at once; writes meet EPIPE.
   * - `stuck`: nobody reads, and nobody closes.
   * - `closed`: descriptor 2 is closed before the application starts.
   */
  readonly stderr?: 'read' | 'gone' | 'stuck' | 'closed';
  /** Sent to the application's stdin when it resolves. */
  readonly inputAfter?: Promise<unknown>;
}

/** Runs a fixture as a process of its own until it has ended. */
export async function runApp(name: string, urls: readonly string[], run: RunOptions = {}): Promise<Ending> {
  const script = asPublished(fileURLToPath(new URL(`fixtures/${name}.js`, import.meta.url)));
  const command = [process.execPath, script, ...urls];
  const shell = ['/bin/sh', '-c', 'exec "$@" 2>&-', 'sh', ...command];
  const [file = '', ...args] = run.stderr === 'closed' ? shell : command;
  const startMs = performance.now();
  const child = spawn(file, args, {
    env: { ...withoutProxies(process.env), OPTIONS: JSON.stringify(run.options ?? {}), ...run.env },
  });
  let stderr = '';
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  if (run.stderr === 'gone') child.stderr.destroy();
  else if (run.stderr !== 'stuck') {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
  }
  child.stdin.on('error', () => undefined);
  if (run.inputAfter === undefined) child.stdin.end();
  else void run.inputAfter.then(() => child.stdin.end('go\n'));
  // `exit` comes before the pipes are read to their end, `close` never for a pipe nobody reads.
  const [code, signal]: [number | null, NodeJS.Signals | null] = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on(run.stderr === 'stuck' ? 'exit' : 'close', (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
  });
  const ms = performance.now() - startMs;
  child.stderr.destroy();
  return { code, signal, stderr, lines: [...textsIn(stderr), ...textsIn(stdout)], ms };
}

function textsIn(output: string): string[] {
  const lines = output.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null && 'text' in parsed ? String(parsed.text) : '';
  });
}

function withoutProxies(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/_proxy$/i.test(name)));
}
