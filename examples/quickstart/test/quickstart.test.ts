import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const demoPath = fileURLToPath(new URL('../demo/main.js', import.meta.url));

interface Run {
  readonly child: ChildProcess;
  /** What it printed so far, to stdout and stderr. */
  output(): string;
  /** Resolves with the exit code once all output is read. */
  readonly ended: Promise<number | null>;
}

/** Starts the demo in a shortened form, its output in a pipe. */
function startDemo(environment: Readonly<Record<string, string>> = {}): Run {
  const child = spawn(process.execPath, [demoPath], {
    env: { ...process.env, QUICKSTART_SECONDS: '3', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return { child, output: () => output, ended: once(child, 'close').then(([code]) => code) };
}

describe('the quickstart', () => {
  it('ends with a table, a ledger that balances and exit code 0', async () => {
    const { output, ended } = startDemo();

    expect(await ended, output()).toBe(0);
    const text = output();
    for (const row of ['logged', 'accepted', 'delivered', 'rejected', 'fallback', 'dropped', 'pending', 'retried']) {
      expect(text).toMatch(new RegExp(`^  ${row} +[\\d,]+`, 'm'));
    }
    for (const name of ['A', 'B', 'C']) {
      expect(text).toMatch(new RegExp(`^    ${name}  127\\.0\\.0\\.1:\\d+ +[\\d,]+ +[\\d,]+  \\d+ × 200`, 'm'));
    }
    expect(text).toContain('B answers 503');
    expect(text).toContain('\nThe ledger balances.\n');
  });

  it('prints plain lines into a pipe: no escape codes, nothing overwritten', async () => {
    // What a CI job often sets: it asks for colours, and a pipe still gets none.
    const { output, ended } = startDemo({ QUICKSTART_SECONDS: '2', FORCE_COLOR: '1' });

    await ended;
    expect(output()).toContain('records/s');
    expect([...output()].filter((character) => character < ' ' && character !== '\n')).toEqual([]);
  });

  it('names the line that does not balance and ends with exit code 1', async () => {
    const { output, ended } = startDemo({ QUICKSTART_SECONDS: '2', QUICKSTART_MISCOUNT: 'received' });

    expect(await ended, output()).toBe(1);
    expect(output()).toMatch(
      /The ledger does not balance: ([\d,]+) delivered is not (?!\1)[\d,]+ different records at the backends\.\n$/,
    );
  });

  it('ends the shop and itself when it is interrupted', async () => {
    const { child, output, ended } = startDemo({ QUICKSTART_SECONDS: '60' });
    while (!output().includes('records/s')) await once(child.stdout as NodeJS.ReadableStream, 'data');

    child.kill('SIGINT');

    expect(await ended, output()).toBe(130);
    expect(output()).toMatch(/\nInterrupted\.\n$/);
  });
});
