import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { accept, answering, freePort, Inbox, serveHttp } from '../fault/backend.ts';
import { runApp } from './run-app.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'logflume-crash-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it.each(['abort', 'memory'])(
  'an end by %s costs nothing that was on disk: the next process delivers it (F65)',
  async (how) => {
    const options = { spool: { dir }, batch: { lingerMs: 10 } };
    const env = { COUNT: '100', CRASH: how, NODE_OPTIONS: '--max-old-space-size=64' };
    const ending = await runApp('crash', [`http://127.0.0.1:${await freePort()}/v1/logs`], { options, env });
    expect(ending.code === 0).toBe(false);
    expect(ending.lines).toEqual([]);
    const inbox = new Inbox();
    await using server = await serveHttp(answering(inbox, accept(inbox)));
    await runApp('wait-for-delivery', [server.url], { options, env: { COUNT: '100' } });
    expect(inbox.texts.length).toBe(100);
  },
);
