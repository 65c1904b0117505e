import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { SpoolOptions } from '../../src/spool/spool-options.ts';

/** A process with a spool of its own. */
export interface SpoolChild {
  readonly process: ChildProcess;
  /** The next line it says, however often asked; `undefined` after its end. */
  nextLine(): Promise<string | undefined>;
  /** Sends it on: a line to its standard input. */
  go(): void;
  /** Kills it and waits until it is gone. @returns the lines nobody asked for. */
  kill(): Promise<string[]>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ChildSetup {
  readonly options: SpoolOptions;
  readonly args?: readonly (string | number)[];
  readonly execArgv?: readonly string[];
  /** Runs first in the shell that becomes the child: `ulimit -f 64`. */
  readonly limits?: string;
}

/** Starts a program of `fixtures/`. */
export function startChild(name: string, { options, args = [], execArgv = [], limits = ':' }: ChildSetup): SpoolChild {
  const path = fileURLToPath(new URL(`fixtures/${name}.js`, import.meta.url));
  const command = [process.execPath, ...execArgv, path, JSON.stringify(options), ...args.map(String)];
  const child = spawn('bash', ['-c', `${limits}; exec "$@"`, 'bash', ...command], {
    stdio: ['pipe', 'inherit', 'inherit', 'pipe'],
  });
  const ended = once(child, 'close');
  const said = readLines(child.stdio[3] as Readable, ended); // what 'pipe' makes of it
  child.stdin?.on('error', () => {});
  return {
    process: child,
    nextLine: said.next,
    go: () => child.stdin?.write('go\n'),
    async kill() {
      child.kill('SIGKILL');
      await ended;
      return said.rest();
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

interface Lines {
  next(): Promise<string | undefined>;
  rest(): string[];
}

function readLines(stream: Readable, ended: Promise<unknown>): Lines {
  const lines: string[] = [];
  let partial = '';
  let isEnded = false;
  let wake: () => void = () => {};
  stream.setEncoding('utf8').on('data', (text: string) => {
    const pieces = (partial + text).split('\n');
    partial = pieces.pop() ?? '';
    lines.push(...pieces);
    wake();
  });
  void ended.then(() => {
    isEnded = true;
    wake();
  });
  return {
    async next() {
      while (lines.length === 0 && !isEnded) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return lines.shift();
    },
    rest: () => lines.splice(0),
  };
}
