import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createAxiosTransport } from '../../src/send/axios-transport.ts';
import { accept, answering, Inbox, serveHttp } from './backend.ts';
import { createSender } from './sender.ts';

interface FrozenServer extends AsyncDisposable {
  readonly url: string;
  /** Takes every place of its backlog. */
  fill(): Promise<void>;
  thaw(): void;
}

/** A process that listens and does not run: the kernel answers for it as long as its backlog has room. */
async function startFrozenServer(): Promise<FrozenServer> {
  const path = fileURLToPath(new URL('fixtures/frozen-server.js', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const [line]: unknown[] = child.stdout === null ? [] : await once(child.stdout, 'data');
  const port = Number(String(line));
  const fillers: Socket[] = [];
  return {
    url: `http://127.0.0.1:${port}/v1/logs`,
    async fill() {
      // Two find a place. The kernel has seen all of them once the calls that ask for a connection are back.
      for (let i = 0; i < 16; i++) fillers.push(connect(port, '127.0.0.1').on('error', () => undefined));
      await Promise.all(fillers.slice(0, 2).map((socket) => once(socket, 'connect')));
    },
    thaw() {
      for (const socket of fillers) socket.destroy();
      child.kill('SIGCONT');
    },
    async [Symbol.asyncDispose]() {
      for (const socket of fillers) socket.destroy();
      child.kill('SIGKILL');
      await ended;
    },
  };
}

const patiently = { timeout: 20_000 };
const hurried = { timeoutMs: 60_000, retry: { baseDelayMs: 50, maxDelayMs: 50 } };

it('a frozen server whose backlog is full costs the deadline of a connection, not that of an attempt (F10)', async () => {
  const inbox = new Inbox();
  await using good = await serveHttp(answering(inbox, accept(inbox)));
  await using frozen = await startFrozenServer();
  await frozen.fill();
  const transport = createAxiosTransport({ axios: undefined, tls: undefined, connectTimeoutMs: 300 });
  await using sender = createSender([frozen.url, good.url], { ...hurried, balance: 'round-robin', transport });
  for (let i = 0; i < 10; i++) expect(await sender.send(`${i}`)).toBe(true);
  expect(inbox.texts.length).toBe(10);
  await expect
    .poll(() => sender.diagnostics.map(({ message }) => message).join(), patiently)
    .toContain('within 300 ms');
});

it('a frozen server takes what waited once it goes on, under the same id (F10)', async () => {
  await using frozen = await startFrozenServer();
  await using sender = createSender([frozen.url], { ...hurried, timeoutMs: 300 });
  sender.delivery.enqueue({ text: 'a' }, 9, 0);
  await expect.poll(() => sender.diagnostics.map(({ kind }) => kind), patiently).toContain('endpointEjected');
  expect(sender.delivery.stats()).toMatchObject({ pending: 1, endpoints: [{ inFlight: 0 }] });
  frozen.thaw();
  await expect.poll(() => sender.delivery.stats().delivered, patiently).toBe(1);
});
