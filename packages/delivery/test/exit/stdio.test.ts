import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asPublished } from '../../../../test/as-published.ts';
import { answering, Inbox, serveHttp } from '../fault/backend.ts';

/** What the application says about itself at its end. */
interface Facts {
  readonly accepted: number;
  readonly fallback: number;
  readonly dropped: { readonly total: number; readonly byReason: { readonly fallback_failed: number } };
  readonly pending: number;
  /** Bytes its stderr still held. */
  readonly buffered: number;
}

interface Setup {
  /** Of 200 records each. */
  readonly rounds?: number;
  /** A reader gets this long at the end. */
  readonly closeMs?: number;
  readonly stderr?: 'pipe' | number;
}

interface Ended {
  readonly code: number | null;
  readonly facts: Facts;
  /** Different records on its stderr, where somebody reads it: what is under way at the exit is written once more. */
  readonly lines: number;
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'logflume-stdio-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const out = (): string => join(folder, 'stderr');

/**
 * Runs the application with a backend that refuses its credentials, which holds the endpoint for a minute, and with a
 * queue of 64 KiB: what it logs goes to its stderr while it runs.
 *
 * @param shell - the command line; `"$@"` is the application, `$OUT` where what is read from its stderr goes.
 */
async function run(shell: string, { rounds = 20, closeMs = 60_000, stderr = 'pipe' }: Setup = {}): Promise<Ended> {
  await using backend = await serveHttp(
    answering(new Inbox(), (_request, response) => {
      response.statusCode = 401;
      response.end();
    }),
  );
  const fixture = fileURLToPath(new URL('fixtures/stderr-in-outage.js', import.meta.url));
  const command = [process.execPath, fixture, backend.url];
  rmSync(out(), { force: true });
  const options: SpawnOptions = {
    stdio: ['ignore', 'pipe', stderr],
    env: {
      ...process.env,
      OUT: out(),
      APP: command.map((part) => `'${part}'`).join(' '),
      ROUNDS: String(rounds),
      CLOSE_MS: String(closeMs),
      OPTIONS: JSON.stringify({ queue: { maxBytes: 64 * 1024 }, batch: { maxRecords: 10 } }),
    },
  };
  const child = spawn('bash', ['-c', `set -o pipefail; ${shell}`, 'bash', ...command], options);
  let stdout = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  let read = '';
  if (shell === GONE) child.stderr?.destroy();
  else if (shell !== STUCK) {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      read += text;
    });
  }
  const closed = child.stdout === null ? undefined : once(child.stdout, 'close');
  const [code]: unknown[] = await once(child, 'exit');
  await closed;
  child.stderr?.destroy();
  const written = read + (existsSync(out()) ? readFileSync(out(), 'utf8') : '');
  const said = /FACTS (.*)/.exec(stdout + written)?.[1] ?? '{}';
  return {
    code: typeof code === 'number' ? code : null,
    facts: JSON.parse(said),
    lines: new Set(written.split(/\r?\n/).filter((line) => line.startsWith('{"text"') && line.endsWith('"}'))).size,
  };
}

/** Its stderr is what Node makes of 'pipe': a socket. Whether somebody reads it, is up to us. */
const SOCKET = 'exec "$@"';
const GONE = 'exec "$@" ';
const STUCK = ' exec "$@"';

function expectLawful({ accepted, fallback, dropped, pending }: Facts): void {
  expect(accepted).toBeGreaterThan(0);
  expect(accepted).toBe(fallback + dropped.total + pending);
}

const hasScript = spawnSync('script', ['--version']).status === 0;

describe('a stderr that is read', () => {
  it.each([
    ['a socket', SOCKET],
    ['a file', 'exec "$@" 2>"$OUT"'],
    ['a pipe', '{ "$@" 2>&1 1>&3 | cat >"$OUT"; } 3>&1'],
  ])('and is %s gets every record that is counted as fallback (F74)', async (_what, shell) => {
    const { code, facts, lines } = await run(shell);
    expect(code).toBe(0);
    expectLawful(facts);
    expect(facts.fallback).toBeGreaterThan(1000);
    expect(lines).toBe(facts.fallback);
  });

  it.skipIf(!hasScript)('and is a terminal gets every record that is counted as fallback (F74)', async () => {
    const { facts, lines } = await run('exec script -qefc "$APP" "$OUT" >/dev/null');
    expectLawful(facts);
    expect(lines).toBe(facts.fallback);
  });
});

describe('a stderr whose reader is gone', () => {
  it.each([
    ['a socket', GONE],
    ['a pipe', '{ "$@" 2>&1 1>&3 | true; } 3>&1'],
  ])('and is %s does not end the application, and what is lost is counted (F72)', async (_what, shell) => {
    const { code, facts } = await run(shell);
    expect(code).toBe(0);
    expectLawful(facts);
    expect(facts.dropped.byReason.fallback_failed).toBeGreaterThan(0);
  });

  it('and was closed from the start is harmless, and what is lost is counted (F74)', async () => {
    const { code, facts } = await run('exec "$@" 2>&-');
    expect(code).toBe(0);
    expectLawful(facts);
  });
});

describe('a stderr that nobody reads', () => {
  it('and is a socket holds a bounded part and blocks nothing: the rest is counted (F73)', async () => {
    const { code, facts } = await run(STUCK, { rounds: 60, closeMs: 500 });
    expect(code).toBe(0);
    expectLawful(facts);
    expect(facts.buffered).toBeLessThan(1.2 * 1024 * 1024);
    expect(facts.dropped.total).toBeGreaterThan(5000);
  });

  it('and is a pipe holds a bounded part and blocks nothing: the rest is counted (F73)', async () => {
    const path = join(folder, 'fifo');
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    const held = openSync(path, 'r+');
    const { code, facts } = await run(SOCKET, { rounds: 60, closeMs: 500, stderr: held });
    closeSync(held);
    expect(code).toBe(0);
    expectLawful(facts);
    expect(facts.buffered).toBeLessThan(1.2 * 1024 * 1024);
    expect(facts.dropped.total).toBeGreaterThan(5000);
  });
});

it('a line that the end of a deadline tore is ended before the next, whoever writes it, and not counted', async () => {
  const fixture = asPublished(fileURLToPath(new URL('fixtures/torn-line.js', import.meta.url)));
  const child = spawn(process.execPath, [fixture], { stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stderr.setEncoding('utf8');
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (stdout !== 'full\n') return;
    child.stderr.on('data', (read: string) => {
      stderr += read;
    });
    child.stdin.end('.');
  });
  await once(child, 'close');
  const [whole, torn, ...rest] = stderr.split('\n');
  expect([whole, /^x+$/.test(torn ?? ''), ...rest]).toEqual(['whole', true, 'second', 'third', 'fourth', '']);
  expect(torn?.length).toBeLessThan(1_000_000);
  expect(JSON.parse(stdout.slice('full\n'.length))).toEqual([1, 2, 1]);
});
