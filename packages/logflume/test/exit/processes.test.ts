import { readdirSync } from 'node:fs';
import { createDevBackend, type DevBackend } from '@logflume/dev-backend';
import { describe, expect, it, test } from 'vitest';
import { createLogger } from '../../src/index.ts';
import { runFixture } from './run-fixture.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
/** A request under way at an exit is repeated, as nobody knows whether it arrived: what came by the repetition is no record. */
const received = (backend: DevBackend) =>
  backend
    .records()
    .filter(({ duplicate }) => !duplicate)
    .map(({ attributes }) => Number(attributes['i']))
    .sort((a, b) => a - b);
const jsonLines = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

describe('a worker thread', () => {
  test.each([
    ['naturally', 'worker ended with 0'],
    ['exit', 'worker ended with 7'],
    ['throw', 'worker failed: thrown by the fixture'],
    ['close', 'worker ended with 7'],
  ])('%s: delivers everything before it ends (F67)', async (way, said) => {
    await using backend = await createDevBackend();
    const ended = await runFixture('worker-thread', { args: [way], env: { LOGFLUME_ENDPOINTS: backend.url } });
    expect(ended).toMatchObject({ code: 0, signal: null, stdout: expect.stringContaining(said), stderr: '' });
    expect(received(backend)).toStrictEqual(numbers(1000));
  });

  it('that is terminated takes its records with it, and harms nobody', async () => {
    await using backend = await createDevBackend();
    const ended = await runFixture('worker-thread', { args: ['terminate'], env: { LOGFLUME_ENDPOINTS: backend.url } });
    expect(ended).toMatchObject({ code: 0, signal: null, stdout: 'worker ended with 1\n', stderr: '' });
    expect(received(backend)).toStrictEqual([]);
  });

  it('writes what the backend does not take to stderr', async () => {
    await using backend = await createDevBackend();
    await backend.suspend();
    const ended = await runFixture('worker-thread', { args: ['exit'], env: { LOGFLUME_ENDPOINTS: backend.url } });
    const lines = jsonLines(ended.stderr).map(({ i }) => Number(i));
    expect(lines.sort((a, b) => a - b)).toStrictEqual(numbers(1000));
  });
});

it.each([
  ['', false],
  [', and on one disk while the backend is down', true],
])(
  'keeps a primary, its cluster workers and a forked child apart, each drained by its own signal%s (F67)',
  async (_where, isDown) => {
    using dir = temporaryDirectory();
    await using backend = await createDevBackend();
    if (isDown) await backend.suspend();
    const env = { LOGFLUME_ENDPOINTS: backend.url, ...(isDown ? { LOGFLUME_SPOOL_DIR: dir.path } : {}) };
    const ended = await runFixture('processes', { env });
    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(jsonLines(ended.stderr)).toEqual([]);
    expect(JSON.parse(ended.stdout)).toEqual(Array(3).fill([null, 'SIGTERM']));
    if (isDown) {
      await backend.resume();
      const spool = { dir: dir.path };
      await using heir = createLogger({ endpoints: [backend.url], spool, exit: { handleSignals: false } });
      await backend.waitFor((kept) => kept.length >= 400);
      await heir.close();
      expect(backend.stats().records.duplicates).toBe(0);
      expect(readdirSync(dir.path)).toEqual([]);
    }
    for (const name of ['primary', 'worker-1', 'worker-2', 'child']) {
      const own = backend.records().filter(({ scope }) => scope?.name === name);
      expect(own.map(({ attributes }) => attributes['i'])).toStrictEqual(numbers(100));
    }
    const instances = new Set(backend.records().map(({ resource }) => resource?.attributes['service.instance.id']));
    expect(instances.size).toBe(4);
  },
);

it('counts a record whose getter ends the process, and keeps those before it', async () => {
  await using backend = await createDevBackend();
  const ended = await runFixture('exit-in-getter', { env: { LOGFLUME_ENDPOINTS: backend.url } });
  expect(ended.code).toBe(5);
  const bodies = backend.records().map(({ body }) => body);
  expect(bodies.filter((body) => body === 'record')).toHaveLength(10);
  // The backend is told of the one it misses: that notice is a record too.
  expect(bodies.filter((body) => String(body).startsWith('1 record was dropped (encode_error)'))).toHaveLength(1);
  const [stats] = jsonLines(ended.stdout);
  expect(stats).toMatchObject({
    accepted: 12,
    delivered: 11,
    pending: 0,
    dropped: { total: 1, byReason: { encode_error: 1 } },
  });
});

it('leaves every destination its share of the time of an exit', async () => {
  await using hanging = await createDevBackend({ faults: [{ kind: 'hang' }] });
  await using answering = await createDevBackend();
  const ended = await runFixture('destinations', { args: [hanging.url, answering.url] });
  expect(ended.code).toBe(0);
  expect(received(answering)).toStrictEqual(numbers(100));
  const [stats] = jsonLines(ended.stdout);
  expect(stats).toMatchObject({
    pending: 0,
    destinations: { hanging: { accepted: 100, fallback: 100 }, answering: { accepted: 100, delivered: 100 } },
  });
});
