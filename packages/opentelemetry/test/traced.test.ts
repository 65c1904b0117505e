import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createDevBackend } from '@logflume/dev-backend';
import { expect, it } from 'vitest';

it('a request of ours makes no span and no record where HTTP is traced and logged', async () => {
  await using backend = await createDevBackend();
  const fixture = fileURLToPath(new URL('fixtures/traced.js', import.meta.url));
  const child = spawn(process.execPath, [fixture, backend.url], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  await once(child, 'close');
  // That of the application's own request, which proves that requests are traced, and of its work.
  expect(JSON.parse(printed)).toEqual([`${backend.url}/other`, 'work']);
  const bodies = backend.records().map(({ body }) => body);
  expect(bodies.filter((body) => body === 'record')).toHaveLength(100);
  expect(bodies.filter((body) => body !== 'record')).toEqual(['about a request']);
});
