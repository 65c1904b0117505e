import { existsSync, readdirSync, statSync } from 'node:fs';
import { createDevBackend, type DevBackend } from '@logflume/dev-backend';
import { describe, expect, it, test } from 'vitest';
import { createLogger } from '../../src/index.ts';
import { runFixture, startFixture } from './run-fixture.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
/** A request under way at an exit is repeated, as nobody knows whether it arrived: what came by the repetition is no record. */
const received = (backend: DevBackend) =>
  backend
    .records()
    .filter(({ duplicate }) => !duplicate)
    .map(({ attributes }) => Number(attributes['i']))
    .sort((a, b) => a - b);

/** What lies in a directory and below. */
function filesIn(path: string): string[] {
  return existsSync(path) ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : [];
}

/** A judgement: a busy machine may take seconds to start the process that delivers. */
const patience = { timeoutMs: 20_000 };

/** Starts the next process with the same spool, waits until the backend has so many records, and ends it. */
async function restart(backend: DevBackend, dir: string, records: number): Promise<void> {
  await backend.resume();
  await using next = startFixture('spool', {
    args: ['wait', '0'],
    env: { LOGFLUME_ENDPOINTS: backend.url, LOGFLUME_SPOOL_DIR: dir },
  });
  await backend.waitFor((kept) => kept.length >= records, patience);
  next.child.kill('SIGTERM');
  await expect(next.ended()).resolves.toMatchObject({ signal: 'SIGTERM' });
}

/** Every end the process itself chooses. */
const ends: [string, number][] = [
  ['naturally', 0],
  ['exit', 0],
  ['throw', 1],
];

describe.each(['wal', 'spill'])('with a spool in mode %s and the backend down', (mode) => {
  test.each(ends)(
    '%s: all records are on disk, none on stderr, and the next process delivers them (F62, F63)',
    async (way, code) => {
      using dir = temporaryDirectory();
      await using backend = await createDevBackend();
      await backend.suspend();
      const env = { LOGFLUME_ENDPOINTS: backend.url, LOGFLUME_SPOOL_DIR: dir.path, LOGFLUME_SPOOL_MODE: mode };
      const ended = await runFixture('spool', { args: [way, '1000'], env });
      expect(ended).toMatchObject({ code, signal: null });
      expect(ended.stderr).not.toContain('{"');
      expect(statSync(dir.path).mode & 0o777).toBe(0o700);
      await restart(backend, dir.path, 1000);
      expect(received(backend)).toStrictEqual(numbers(1000));
      expect(filesIn(dir.path)).toEqual([]);
    },
  );

  it('SIGTERM: the same, and the process dies of it (F64)', async () => {
    using dir = temporaryDirectory();
    await using backend = await createDevBackend();
    await backend.suspend();
    const env = { LOGFLUME_ENDPOINTS: backend.url, LOGFLUME_SPOOL_DIR: dir.path, LOGFLUME_SPOOL_MODE: mode };
    await using fixture = startFixture('spool', { args: ['wait', '1000'], env });
    await fixture.says('ready');
    fixture.child.kill('SIGTERM');
    await expect(fixture.ended()).resolves.toMatchObject({ code: null, signal: 'SIGTERM' });
    expect(fixture.output.stderr).not.toContain('{"');
    await restart(backend, dir.path, 1000);
    expect(received(backend)).toStrictEqual(numbers(1000));
  });

  it('close: the report says what is on disk, and the next process delivers it', async () => {
    using dir = temporaryDirectory();
    await using backend = await createDevBackend();
    await backend.suspend();
    const env = { LOGFLUME_ENDPOINTS: backend.url, LOGFLUME_SPOOL_DIR: dir.path, LOGFLUME_SPOOL_MODE: mode };
    const ended = await runFixture('spool', { args: ['close', '1000'], env });
    expect(JSON.parse(ended.stdout)).toMatchObject({ accepted: 1000, pending: 1000, spooled: 1000, fallback: 0 });
    await restart(backend, dir.path, 1000);
    expect(received(backend)).toStrictEqual(numbers(1000));
  });
});

describe('a crash with a spool in mode wal and the backend down', () => {
  test.each(['SIGKILL', 'SIGABRT'] as const)('%s: nothing that had lingered is lost (F61, F65)', async (signal) => {
    using dir = temporaryDirectory();
    await using backend = await createDevBackend();
    await backend.suspend();
    const env = { LOGFLUME_ENDPOINTS: backend.url, LOGFLUME_SPOOL_DIR: dir.path };
    await using fixture = startFixture('spool', { args: ['spooled', '1000'], env });
    await fixture.says('spooled');
    fixture.child.kill(signal);
    expect(await fixture.ended()).toMatchObject({ signal });
    await restart(backend, dir.path, 1000);
    expect(received(backend)).toStrictEqual(numbers(1000));
  });

  it('is taken over once, whoever else is there, and not while it only stands still (F58, F59, F60)', async () => {
    using dir = temporaryDirectory();
    await using backend = await createDevBackend();
    await backend.suspend();
    const env = { LOGFLUME_ENDPOINTS: backend.url, LOGFLUME_SPOOL_DIR: dir.path };
    await using fixture = startFixture('spool', { args: ['spooled', '1000'], env });
    await fixture.says('spooled');
    fixture.child.kill('SIGSTOP');
    await backend.resume();
    const start = () => createLogger({ endpoints: [backend.url], spool: dir.path, exit: { handleSignals: false } });
    await using beside = start();
    beside.info('beside', { i: 1000 });
    await beside.flush();
    expect(received(backend)).toStrictEqual([1000]);
    fixture.child.kill('SIGKILL');
    await fixture.ended();
    // Its lock is still there, and its number may be that of another process by now: neither makes it alive.
    expect(filesIn(dir.path).filter((file) => file.endsWith('/lock'))).toHaveLength(2);
    const heirs = [start(), start()];
    for (const heir of heirs) heir.info('heir', { i: 1001 });
    await backend.waitFor((kept) => kept.length >= 1003, patience);
    expect(received(backend)).toStrictEqual([...numbers(1002), 1001]);
    for (const log of [beside, ...heirs]) await log.close();
    expect(backend.stats().records.duplicates).toBe(0);
    expect(filesIn(dir.path)).toEqual([]);
  });

  it('keeps a fatal record although it was the last call (G3)', async () => {
    using dir = temporaryDirectory();
    await using backend = await createDevBackend();
    await backend.suspend();
    const env = { LOGFLUME_ENDPOINTS: backend.url, LOGFLUME_SPOOL_DIR: dir.path };
    const ended = await runFixture('spool', { args: ['fatal', '0'], env });
    expect(ended.signal).toBe('SIGKILL');
    await restart(backend, dir.path, 1);
    expect(backend.records()).toMatchObject([{ body: 'the end', severityText: 'FATAL' }]);
  });
});

describe('a process with a spool and a backend that works', () => {
  test.each(ends)('%s: everything is delivered once, and nothing is left on disk', async (way, code) => {
    using dir = temporaryDirectory();
    await using backend = await createDevBackend();
    const env = { LOGFLUME_ENDPOINTS: backend.url, LOGFLUME_SPOOL_DIR: dir.path };
    const ended = await runFixture('spool', { args: [way, '1000'], env });
    expect(ended).toMatchObject({ code, signal: null });
    expect(received(backend)).toStrictEqual(numbers(1000));
    expect(backend.stats().records.duplicates).toBe(0);
    expect(filesIn(dir.path)).toEqual([]);
  });
});

it('without a directory no file is made', async () => {
  using dir = temporaryDirectory();
  await using backend = await createDevBackend();
  await backend.suspend();
  const ended = await runFixture('spool', { args: ['handles', '10'], env: { LOGFLUME_ENDPOINTS: backend.url } });
  expect(JSON.parse(ended.stdout)).toMatchObject({ spooled: 0 });
  expect(filesIn(dir.path)).toEqual([]);
});
