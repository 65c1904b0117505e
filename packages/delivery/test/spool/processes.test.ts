import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openRealSpool, temporaryDirectory } from './real-spool.ts';
import { batch } from './spool-under-test.ts';
import { startChild } from './start-child.ts';

const ids = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, at) => batch(first + at, 0).meta.batchId).sort();

test('two processes in one directory write side by side and leave each other alone (F58)', async () => {
  using directory = temporaryDirectory();
  const options = { dir: directory.path };
  await using one = startChild('hold', { options, args: [0, 200] });
  await using two = startChild('hold', { options, args: [1000, 200] });
  expect([await one.nextLine(), await two.nextLine()]).toEqual(['ready', 'ready']);
  expect(readdirSync(directory.path)).toHaveLength(2);
  using third = openRealSpool(options);
  expect(await third.drain()).toEqual([]);
  await one.kill();
  expect((await third.drain()).map(({ frame }) => frame.batchId).sort()).toEqual(ids(0, 200));
  await two.kill();
  expect((await third.drain()).map(({ frame }) => frame.batchId).sort()).toEqual(ids(1000, 200));
});

test('the batches of a killed process are adopted exactly once, however many want them (F59, F60)', async () => {
  for (let round = 0; round < 3; round++) {
    using directory = temporaryDirectory();
    const options = { dir: directory.path };
    await using owner = startChild('hold', { options, args: [0, 100] });
    await using other = startChild('hold', { options, args: [100, 100] });
    await owner.nextLine();
    await other.nextLine();
    await owner.kill();
    await other.kill();
    // The socket of a killed process stays as a file: nobody listens, so it locks nothing.
    const [name] = readdirSync(directory.path);
    expect(readdirSync(join(directory.path, name ?? ''))).toContain('lock');
    await using adopters = childrenOf(6, options);
    for (const adopter of adopters.all) expect(await adopter.nextLine()).toBe('ready');
    for (const adopter of adopters.all) adopter.go();
    const taken: string[] = [];
    for (const adopter of adopters.all) taken.push(...(JSON.parse((await adopter.nextLine()) ?? '') as string[])); // its own words
    expect(taken.sort()).toEqual(ids(0, 200));
  }
});

test('a process that is stopped is not robbed; killed, it is (F59)', async () => {
  using directory = temporaryDirectory();
  const options = { dir: directory.path };
  await using owner = startChild('hold', { options, args: [0, 10] });
  await owner.nextLine();
  owner.process.kill('SIGSTOP');
  using heir = openRealSpool(options);
  expect(await heir.drain()).toEqual([]);
  await owner.kill();
  expect(await heir.drain()).toHaveLength(10);
});

test('a spool keeps no process up, and takes everything in its exit handler (G2, G5)', async () => {
  using directory = temporaryDirectory();
  const options = { dir: directory.path };
  for (let run = 0; run < 2; run++) {
    // The second run finds the backlog of the first, and does not wait for it either.
    await using child = startChild('exit', { options });
    expect(await child.nextLine()).toBe('closed');
    expect(await child.nextLine()).toBeUndefined();
    expect(child.process.exitCode).toBe(0);
  }
  using heir = openRealSpool(options);
  expect((await heir.drain()).map(({ frame }) => frame.batchId).sort()).toEqual(
    [...ids(0, 500), ...ids(0, 500)].sort(),
  );
});

function childrenOf(
  count: number,
  options: { readonly dir: string },
): AsyncDisposable & { readonly all: readonly ReturnType<typeof startChild>[] } {
  const all = Array.from({ length: count }, () => startChild('adopt', { options }));
  return {
    all,
    async [Symbol.asyncDispose]() {
      for (const child of all) await child[Symbol.asyncDispose]();
    },
  };
}
