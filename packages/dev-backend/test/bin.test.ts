import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createDevBackend } from '../src/index.ts';
import { send, toJsonRequest } from './send-logs.ts';

const binPath = fileURLToPath(new URL('../dist/bin.js', import.meta.url));

interface Running {
  readonly child: ChildProcess;
  readonly output: { stdout: string; stderr: string };
  readonly ended: Promise<number | null>;
}

function start(...args: string[]): Running {
  const child = spawn(process.execPath, [binPath, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  return { child, output, ended: once(child, 'close').then(([code]: (number | null)[]) => code ?? null) };
}

async function readUrl({ child, output, ended }: Running): Promise<string> {
  const over = ended.then(() => true);
  while (!output.stdout.includes('Ctrl+C')) {
    if (child.stdout === null) throw new Error('no stdout');
    const isOver = await Promise.race([over, once(child.stdout, 'data').then(() => false)]);
    if (isOver) throw new Error(`ended early: ${output.stderr}`);
  }
  return /listens on (\S+)/.exec(output.stdout)?.[1] ?? '';
}

describe('logflume-dev-backend', () => {
  it('prints its addresses, takes logs, and sums up when interrupted', async () => {
    const running = start('--port', '0', '--max-records', '5', '--path', '/x', '--fault', 'status,status=503,times=1');
    const url = await readUrl(running);
    expect(running.output.stdout).toContain(`send logs to  ${url}/v1/logs`);
    expect((await send(url, toJsonRequest())).status).toBe(503);
    expect((await send(url, toJsonRequest(), { path: '/x' })).status).toBe(200);
    running.child.kill('SIGINT');
    expect(await running.ended).toBe(0);
    expect(running.output.stdout).toContain(
      '1 records accepted, 0 rejected, 1 refused, 0 duplicates; 2 requests (200: 1, 503: 1, unanswered: 0).',
    );
    expect(running.output.stderr).toBe('');
  });

  it('stops on SIGTERM while a request hangs', async () => {
    const running = start('--port', '0', '--fault', '{"kind":"hang"}');
    const url = await readUrl(running);
    const cut = expect(send(url, toJsonRequest())).rejects.toMatchObject({ code: 'ECONNRESET' });
    let refused = 0;
    while (refused === 0) {
      const stats = await send(url, '', { method: 'GET', path: '/api/stats' });
      refused = JSON.parse(stats.text).records.refused;
    }
    running.child.kill('SIGTERM');
    expect(await running.ended).toBe(0);
    await cut;
  });

  it('explains itself', async () => {
    const { output, ended } = start('--help');
    expect(await ended).toBe(0);
    expect(output.stdout).toContain('--port <n>            port to listen on, 0 for any free one (default 4318)');
  });

  it.each([
    [['--prot', '1'], "Unknown option '--prot'"],
    [['--port', 'x'], '--port must be an integer, got "x"'],
    [['--port', '70000'], 'port must be an integer from 0 to 65535, got 70000'],
    [['--fault', 'hang', '--fault', 'sulk'], 'faults[1].kind must be one of status, partial'],
    [['--fault', '{'], '--fault must be a rule or JSON, got "{"'],
  ])('exits with 2 and says why: %j', async (args, message) => {
    const { output, ended } = start(...args);
    expect(await ended).toBe(2);
    expect(output.stderr).toContain(`logflume-dev-backend: ${message}`);
    expect(output.stderr).toContain('Try --help.');
    expect(output.stdout).toBe('');
  });

  it('exits with 1 and says so when the port is busy', async () => {
    await using backend = await createDevBackend();
    const { output, ended } = start('--port', String(backend.port));
    expect(await ended).toBe(1);
    expect(output.stderr).toBe(
      `logflume-dev-backend: port ${backend.port} on 127.0.0.1 is already in use; ` +
        'stop what listens there or choose another port\n',
    );
  });
});
