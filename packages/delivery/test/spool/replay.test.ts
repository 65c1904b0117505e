import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { replayDeadLetters } from '../../src/index.ts';
import { accept, answering, Inbox, serveHttp } from '../fault/backend.ts';
import { createSender } from '../fault/sender.ts';
import { temporaryDirectory } from './real-spool.ts';

const filesIn = (dir: string) => readdirSync(dir, { recursive: true, encoding: 'utf8' });

test('dead letters are sent again when they are asked for, once, under the ids they had', async () => {
  using directory = temporaryDirectory();
  const spool = { dir: directory.path };
  const refused = new Inbox();
  const taken = new Inbox();
  let isMended = false;
  await using backend = await serveHttp(
    answering(taken, (request, response, number) => {
      if (isMended) return accept(taken)(request, response, number);
      refused.keep(request);
      response.writeHead(400);
      response.end('no such tenant');
    }),
  );
  {
    await using sender = createSender([backend.url], { spool, batch: { lingerMs: 0, maxRecords: 2 } });
    await sender.send('a', 'b', 'c');
    expect(sender.delivery.stats()).toMatchObject({ accepted: 3, rejected: 3 });
  }
  const letters = filesIn(directory.path).filter((name) => name.endsWith('.dead'));
  expect(letters).toHaveLength(2);
  writeFileSync(join(directory.path, letters[0] ?? '', '..', 'foreign.dead'), 'no letter');

  expect(replayDeadLetters(directory.path)).toEqual({ batches: 2, records: 3 });
  expect(filesIn(directory.path).filter((name) => name.endsWith('.dead'))).toEqual([
    expect.stringContaining('foreign.dead'),
  ]);
  isMended = true;
  await using next = createSender([backend.url], { spool });
  while (next.delivery.stats().delivered < 3) await sleep(10);
  expect(taken.ids).toEqual(refused.ids);
  expect(taken.duplicates).toBe(0);
  expect(replayDeadLetters(directory.path)).toEqual({ batches: 0, records: 0 });
});

test('dead letters of several destinations go back to where each came from', async () => {
  using directory = temporaryDirectory();
  const names = ['to-eu', 'to-us%20west'] as const;
  const refused = new Map<string, Inbox['ids']>();
  for (const name of names) {
    const inbox = new Inbox();
    await using backend = await serveHttp(
      answering(inbox, (request, response) => {
        inbox.keep(request);
        response.writeHead(400);
        response.end();
      }),
    );
    await using sender = createSender([backend.url], { spool: { dir: join(directory.path, name) } });
    await sender.send(name);
    refused.set(name, inbox.ids);
  }
  expect(replayDeadLetters(directory.path)).toEqual({ batches: 2, records: 2 });
  for (const name of names) {
    const taken = new Inbox();
    await using backend = await serveHttp(answering(taken, accept(taken)));
    await using next = createSender([backend.url], { spool: { dir: join(directory.path, name) } });
    while (next.delivery.stats().delivered < 1) await sleep(10);
    expect(taken.ids).toEqual(refused.get(name));
  }
  expect(replayDeadLetters(directory.path)).toEqual({ batches: 0, records: 0 });
});

test('a directory that is not there is an error of the system', () => {
  using directory = temporaryDirectory();
  expect(() => replayDeadLetters(join(directory.path, 'none'))).toThrow(expect.objectContaining({ code: 'ENOENT' }));
});
