import { expect, it } from 'vitest';
import { type Answer, accept, answering, freePort, Inbox, serveHttp } from './backend.ts';
import { createSender } from './sender.ts';

const refusing = async (): Promise<string> => `http://127.0.0.1:${await freePort()}/v1/logs`;

it('one of three endpoints that is refused is out after three attempts, and nothing is lost or comes twice (F1)', async () => {
  const inbox = new Inbox();
  await using first = await serveHttp(answering(inbox, accept(inbox)));
  await using second = await serveHttp(answering(inbox, accept(inbox)));
  let attemptsAtEjection = -1;
  await using sender = createSender([first.url, await refusing(), second.url], {
    balance: 'round-robin',
    onDiagnostic: ({ kind }) => {
      if (kind === 'endpointEjected') attemptsAtEjection = sender.delivery.stats().endpoints[1]?.attempts ?? -1;
    },
  });
  const texts = Array.from({ length: 200 }, (_, i) => `${i}`);
  for (const text of texts) expect(await sender.send(text)).toBe(true);
  expect(inbox.texts.sort()).toEqual(texts.sort());
  expect(inbox.duplicates).toBe(0);
  expect(attemptsAtEjection).toBe(3);
});

it('with every endpoint refused and no disk the lesser records go to stderr, the rest are counted (F3)', async () => {
  await using sender = createSender([await refusing(), await refusing()], {
    queue: { maxBytes: 64 * 1024 },
    batch: { lingerMs: 0, maxRecords: 10 },
  });
  const text = (name: string) => name.padEnd(1020, '.');
  for (let i = 0; i < 20; i++) sender.delivery.enqueue({ text: text('error') }, 17, 0);
  for (let i = 0; i < 20_000; i++) sender.delivery.enqueue({ text: text('info') }, 9, 0);
  const { accepted, fallback, dropped, pending } = sender.delivery.stats();
  expect(accepted).toBe(20_020);
  expect(pending * 1024).toBeLessThanOrEqual(64 * 1024);
  // Stderr takes 5,000 lines at once, and no more than 4 MiB that wait for it.
  expect(fallback).toBeGreaterThan(3000);
  expect(dropped.byReason.queue_full).toBe(dropped.total);
  expect(accepted).toBe(fallback + dropped.total + pending);
  await expect.poll(() => sender.stderr.join('').match(/"info/g)?.length).toBe(fallback);
  expect(sender.stderr.join('')).not.toContain('"error');
  const closed = await sender.delivery.close({ timeoutMs: 500 });
  expect(closed.pending).toBe(0);
});

it('an inspection proxy that says 200 to everything with a page of its own acknowledges nothing (F76)', async () => {
  const inbox = new Inbox();
  const page: Answer = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end('<p>This request was inspected.</p>');
  };
  await using proxy = await serveHttp(answering(new Inbox(), page));
  await using good = await serveHttp(answering(inbox, accept(inbox)));
  await using sender = createSender([proxy.url, good.url], { balance: 'round-robin' });
  for (let i = 0; i < 20; i++) expect(await sender.send(`${i}`)).toBe(true);
  expect(inbox.texts.length).toBe(20);
  const [inspected] = sender.delivery.stats().endpoints;
  expect(inspected).toMatchObject({ delivered: 0 });
  expect(inspected?.failures).toBeGreaterThanOrEqual(3);
  expect(sender.diagnostics.map(({ message }) => message).join()).toContain('not from a logs backend (text/html');
});
