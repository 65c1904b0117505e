import { createDevBackend, type DevBackend } from '@logflume/dev-backend';
import { describe, expect, it, test } from 'vitest';
import { type Ended, runFixture } from './run-fixture.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
/** A request under way at an exit is repeated, as nobody knows whether it arrived: what came by the repetition is no record. */
const received = (backend: DevBackend) =>
  backend
    .records()
    .filter(({ duplicate }) => !duplicate)
    .map(({ attributes }) => Number(attributes['i']))
    .sort((a, b) => a - b);

/** Every end the process itself chooses, and how it looks from outside. */
const ends: readonly [string, Partial<Ended>][] = [
  ['naturally', { code: 0, stderr: '' }],
  ['exit', { code: 0, stderr: '' }],
  ['exitCode', { code: 7, stderr: '' }],
  ['throw', { code: 1 }],
  ['reject', { code: 1 }],
];
/** In this thread they share how they end: it is tried in full with the first, and with a worker. */
const wirings = ['destination', 'multistream', 'capture', 'bunyan', 'worker'];
const inFull = ['destination', 'worker'];
const waysOf = (wiring: string) =>
  ends.filter(([way]) => inFull.includes(wiring) || ['exitCode', 'throw'].includes(way));

describe.each(wirings)('1,000 records logged right before the end: %s', (wiring) => {
  test.each(waysOf(wiring))('%s: all of them are delivered, and the exit code is unchanged', async (way, expected) => {
    await using backend = await createDevBackend();
    const ended = await runFixture(backend.url, [wiring, way]);
    expect(ended).toMatchObject({ signal: null, stdout: '', ...expected });
    expect(received(backend)).toStrictEqual(numbers(1000));
    if (expected.code === 1) expect(ended.stderr).toMatch(/Error: (thrown|rejected) by the fixture\n {4}at /);
  });
});

// Not the worker: no handler runs in the main thread, and its lines are gone with it.
it.each([
  ['destination', 'SIGTERM'],
  ['destination', 'SIGINT'],
  ['multistream', 'SIGTERM'],
  ['capture', 'SIGTERM'],
  ['bunyan', 'SIGTERM'],
] as const)('a process that is asked to end (%s) delivers everything first, and dies of %s', async (wiring, signal) => {
  await using backend = await createDevBackend();
  const ended = await runFixture(backend.url, [wiring, 'wait'], signal);
  expect(ended).toMatchObject({ code: null, signal, stderr: '' });
  expect(received(backend)).toStrictEqual(numbers(1000));
});

describe('the last record', () => {
  it.each(['destination', 'multistream', 'worker'])('may be fatal, before process.exit: %s', async (wiring) => {
    await using backend = await createDevBackend();
    expect(await runFixture(backend.url, [wiring, 'fatal'])).toMatchObject({ code: 3, stderr: '' });
    expect(received(backend)).toStrictEqual(numbers(1001));
  });

  it.each(['destination', 'capture', 'bunyan'])(
    'may be logged by a handler of exit, for stderr: %s',
    async (wiring) => {
      await using backend = await createDevBackend();
      const { code, stderr } = await runFixture(backend.url, [wiring, 'exitHandler']);
      expect(code).toBe(0);
      expect(received(backend)).toStrictEqual(numbers(1000));
      expect(JSON.parse(stderr)).toMatchObject({ message: 'record', i: 1000 });
    },
  );

  it.each(['destination', 'worker'])('is delivered when flush calls back: %s', async (wiring) => {
    await using backend = await createDevBackend();
    // What kills the process runs no handler that could help.
    expect(await runFixture(backend.url, [wiring, 'flush'])).toMatchObject({ signal: 'SIGKILL' });
    expect(received(backend)).toStrictEqual(numbers(1000));
  });

  it('is delivered once when flush calls back process.exit', async () => {
    await using backend = await createDevBackend();
    expect(await runFixture(backend.url, ['destination', 'flushExit'])).toMatchObject({ code: 4, stderr: '' });
    expect(received(backend)).toStrictEqual(numbers(1000));
  });
});

it('is a line on stderr when there is no backend to take it', async () => {
  await using backend = await createDevBackend();
  await backend.suspend();
  const { code, stderr } = await runFixture(backend.url, ['destination', 'exit']);
  const lines = stderr.split('\n').filter((line) => line.startsWith('{'));
  expect(code).toBe(0);
  expect(lines.map((line) => JSON.parse(line).i).sort((a, b) => a - b)).toStrictEqual(numbers(1000));
});
