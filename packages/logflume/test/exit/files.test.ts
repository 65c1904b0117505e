import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { createLogger, type FileOutputOptions } from '../../src/index.ts';
import { readCri, toCriLines } from '../cri-log.ts';
import { type Fixture, runFixture, startFixture } from './run-fixture.ts';

let directory = '';
let path = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'logflume-files-'));
  path = join(directory, 'app.log');
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, at) => from + at);
const linesOf = (text: string) => text.split('\n').slice(0, -1);
const numbersIn = (text: string): number[] => linesOf(text).map((line) => JSON.parse(line).i);
/** Every file of the directory, the rotated ones first, oldest first. */
const allFiles = () =>
  readdirSync(directory)
    .sort((a, b) => (a === 'app.log' ? 1 : b === 'app.log' ? -1 : a < b ? -1 : 1))
    .map((name) => readFileSync(join(directory, name), 'utf8'));
const options = (more: object = {}) => JSON.stringify({ path, ...more });
const run = (more: object, ...args: string[]) => runFixture('files', { args: [options(more), ...args] });

async function tell(fixture: Fixture, command: string): Promise<void> {
  const before = fixture.output.stdout.length;
  fixture.child.stdin?.write(`${command}\n`);
  while (!fixture.output.stdout.slice(before).includes(`did ${command}`)) {
    await new Promise((resolve) => fixture.child.stdout?.once('data', resolve));
  }
}

describe('50,000 records in a file that rotates', () => {
  it('are all there, in order, in whole lines', async () => {
    const { stdout, code } = await run({ maxBytes: 1_048_576, maxFiles: 100 }, 'paced', '50000');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      accepted: 50_000,
      delivered: 50_000,
      pending: 0,
      dropped: { total: 0 },
    });
    const files = allFiles();
    expect(files.length).toBeGreaterThan(3);
    for (const text of files) {
      expect(text.endsWith('\n')).toBe(true);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_048_576);
    }
    expect(files.flatMap(numbersIn)).toStrictEqual(numbers(50_000));
  });

  it('leave no more files than asked for, the youngest', async () => {
    await run({ maxBytes: 65_536, maxFiles: 3 }, 'paced', '5000');
    // Deleting is the last thing a rotation does; the next start does what the end left.
    await run({ maxBytes: 65_536, maxFiles: 3 }, 'paced', '1000');
    expect(readdirSync(directory).length).toBeLessThanOrEqual(4);
    expect(allFiles().flatMap(numbersIn).slice(-1000)).toStrictEqual(numbers(1000));
  });
});

describe('records in a file at the end of the process', () => {
  test.each(['exit', 'throw', 'naturally'])('%s: all are there, once', async (way) => {
    const { code } = await run({}, way, '20000');
    expect(code).toBe(way === 'throw' ? 1 : 0);
    expect(numbersIn(readFileSync(path, 'utf8'))).toStrictEqual(numbers(20_000));
  });
});

describe('records that do not fit into one file at the end of the process', () => {
  it('are all there, in whole lines of files that are no larger than asked for', async () => {
    await run({ maxBytes: 65_536, maxFiles: 1000 }, 'exit', '20000');
    const files = allFiles();
    expect(Math.max(...files.map((text) => Buffer.byteLength(text)))).toBeLessThanOrEqual(65_536);
    expect(files.flatMap(numbersIn).sort((a, b) => a - b)).toStrictEqual(numbers(20_000));
  });

  it('leave no more files than asked for, the youngest', async () => {
    await run({ maxBytes: 65_536, maxFiles: 3 }, 'exit', '20000');
    expect(readdirSync(directory)).toHaveLength(3);
    const kept = allFiles().flatMap(numbersIn);
    expect(kept.sort((a, b) => a - b)).toStrictEqual(numbers(kept.length, 20_000 - kept.length));
  });

  it('grow the file where its name cannot be changed', async () => {
    // A name of the longest length there is has none to give way to.
    path = join(directory, 'x'.repeat(255));
    const { stderr } = await run({ maxBytes: 65_536 }, 'exit', '20000');
    expect(readdirSync(directory)).toHaveLength(1);
    expect(numbersIn(readFileSync(path, 'utf8'))).toStrictEqual(numbers(20_000));
    expect(stderr).toBe('');
  });
});

describe('a disk that gets full while the process ends', () => {
  it.each(['', 'half of a li'])('is left with whole lines, and the rest is told (after "%s")', async (before) => {
    writeFileSync(path, before);
    // Of a file that may not grow beyond 100 KiB the system takes a part of a write, as of a disk with that much room.
    const within = ['bash', '-c', 'ulimit -f 100; exec "$@"', 'bash'];
    const { stderr } = await runFixture('files', { args: [options(), 'exit', '20000'], within });
    const text = readFileSync(path, 'utf8');
    expect(text.endsWith('\n')).toBe(true);
    const written = numbersIn(before === '' ? text : text.slice(before.length + 1));
    expect(written).toStrictEqual(numbers(written.length));
    expect(written.length).toBeGreaterThan(500);
    expect(stderr).toContain(`: ${20_000 - written.length} records were dropped (fallback_failed) `);
  });
});

describe('a write that is under way when the process ends', () => {
  it('is neither lost nor repeated', async () => {
    // After so many turns of the event loop: at most of them one is.
    for (let round = 1; round <= 6; round++) {
      await run({ path: `${path}.${round}` }, 'midway', String(round), 'x'.repeat(8000));
      expect(numbersIn(readFileSync(`${path}.${round}`, 'utf8'))).toStrictEqual(numbers(1000));
    }
  });
});

describe('a file that was there before', () => {
  it.each(['exit', 'close'])('is appended to, and half a line in it ended (%s)', async (way) => {
    writeFileSync(path, 'old\nhalf of a li');
    await run({}, way, '3');
    const [old, half, ...ours] = linesOf(readFileSync(path, 'utf8'));
    expect([old, half, ours.length]).toStrictEqual(['old', 'half of a li', 3]);
  });

  it('is rotated when it is too old', async () => {
    writeFileSync(path, '{"i":-1}\n');
    await using fixture = startFixture('files', { args: [options({ maxAgeMs: 1000 }), 'commands', '0'] });
    await fixture.says('ready');
    // Its age is told by the disk: wait until that says so.
    while (Date.now() - statSync(path).birthtimeMs < 1000) await new Promise((resolve) => setTimeout(resolve, 50));
    await tell(fixture, 'write');
    fixture.child.stdin?.end();
    await fixture.ended();
    expect(allFiles().map(numbersIn)).toStrictEqual([[-1], numbers(100)]);
  });

  it('is not followed when it is a symbolic link', async () => {
    const target = join(directory, 'target');
    writeFileSync(target, 'theirs\n');
    symlinkSync(target, path);
    const { stdout, stderr } = await run({}, 'short', '3');
    expect(readFileSync(target, 'utf8')).toBe('theirs\n');
    expect(stderr).toContain(`${path} cannot be written: ELOOP`);
    expect(JSON.parse(stdout)).toMatchObject({
      accepted: 3,
      dropped: { byReason: { fallback_failed: 3 } },
      pending: 0,
    });
  });
});

describe('a file of a new directory', () => {
  it('may be read by its group and by nobody else', async () => {
    path = join(directory, 'a', 'b', 'app.log');
    await run({}, 'exit', '1');
    expect(statSync(path).mode & 0o777 & ~process.umask()).toBe(0o640 & ~process.umask());
    expect(statSync(path).mode & 0o007).toBe(0);
  });
});

describe('several files of one logger', () => {
  it('have their own formats, levels and accounts', async () => {
    const other = join(directory, 'other.log');
    const args = [JSON.stringify([path, { path: other, format: 'logfmt', level: 'warn' }]), 'close', '10'];
    const { stdout } = await runFixture('files', { args });
    expect(numbersIn(readFileSync(path, 'utf8'))).toStrictEqual(numbers(10));
    expect(existsSync(other)).toBe(false);
    expect(JSON.parse(stdout)).toMatchObject({
      accepted: 10,
      delivered: 10,
      destinations: { [`file ${other}`]: { accepted: 0, delivered: 0 } },
    });
  });

  it('are named by one variable', async () => {
    const env = { LOGFLUME_FILE: JSON.stringify({ path, format: 'logfmt' }) };
    await runFixture('console', { args: ['2', 'end'], env });
    expect(readFileSync(path, 'utf8')).toMatch(/^time=\S+ level=info msg="record é" i=0 .*\n.* i=1 /);
  });
});

describe('a file that cannot be written', () => {
  it('of a full disk: nothing is lost without being counted, and lines say so', async () => {
    const { stdout, stderr, code } = await runFixture('files', { args: ['"/dev/full"', 'short', '1000'] });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ accepted: 1000, delivered: 0, pending: 0, dropped: { total: 1000 } });
    expect(linesOf(stderr)).toEqual([
      'logflume: /dev/full cannot be written: ENOSPC; lines wait in memory and are tried again every second',
      expect.stringMatching(/^logflume: file \/dev\/full: 1000 records were dropped \(fallback_failed\) .*: .*disk/),
    ]);
  });

  it('of a full disk, when the process exits: a line says what was lost', async () => {
    const { stderr } = await runFixture('files', { args: ['"/dev/full"', 'exit', '1000'] });
    expect(linesOf(stderr)).toEqual([
      expect.stringMatching(/^logflume: file \/dev\/full: 1000 records were dropped \(fallback_failed\) /),
    ]);
  });

  it('for now: is written when it can be', async () => {
    // A directory in its place, as any user meets it, root too.
    await using fixture = startFixture('files', { args: [options({ path: `${path}/app.log` }), 'commands', '0'] });
    await fixture.says('ready');
    writeFileSync(path, '');
    fixture.child.stdin?.write('write\n');
    await fixture.says('cannot be written: ENOTDIR', 'stderr');
    await rm(path);
    await fixture.says('is written again', 'stderr');
    fixture.child.stdin?.end();
    await fixture.ended();
    expect(numbersIn(readFileSync(join(path, 'app.log'), 'utf8'))).toStrictEqual(numbers(100));
  });
});

describe('a file that logrotate moves away', () => {
  it('is made anew at SIGHUP', async () => {
    await using fixture = startFixture('files', { args: [options(), 'commands', '100'] });
    await fixture.says('ready');
    renameSync(path, `${path}.1`);
    fixture.child.kill('SIGHUP');
    await tell(fixture, 'first');
    await tell(fixture, 'write');
    fixture.child.stdin?.end();
    expect(await fixture.ended()).toMatchObject({ code: 0, signal: null });
    const before = numbersIn(readFileSync(`${path}.1`, 'utf8'));
    expect(before).toStrictEqual(numbers(100));
    expect(numbersIn(readFileSync(path, 'utf8'))).toStrictEqual(numbers(100, 100));
  });

  it('leaves SIGHUP to an application that listens', async () => {
    await using fixture = startFixture('files', { args: [options(), 'listens', '1'] });
    await fixture.says('ready');
    fixture.child.kill('SIGHUP');
    await fixture.says('the application was asked');
    fixture.child.stdin?.end();
    expect(await fixture.ended()).toMatchObject({ code: 0, signal: null });
  });
});

describe('a sidecar that repeats the file on its stdout', () => {
  it('is read back whole by a node agent, P and F pieces joined', async () => {
    appendFileSync(path, '');
    await run({}, 'paced', '300', 'x'.repeat(16_200));
    const cri = toCriLines(readFileSync(path));
    expect(cri.some((line) => line.includes(' P '))).toBe(false);
    expect(numbersIn(`${readCri(cri).join('\n')}\n`)).toStrictEqual(numbers(300));
    await run({ path: `${path}.long`, maxLineBytes: 65_536 }, 'paced', '100', 'x'.repeat(40_000));
    const long = toCriLines(readFileSync(`${path}.long`));
    expect(long.some((line) => line.includes(' P '))).toBe(true);
    expect(numbersIn(`${readCri(long).join('\n')}\n`)).toStrictEqual(numbers(100));
  });
});

describe('a pipe in place of a file', () => {
  beforeEach(() => execFileSync('mkfifo', [path]));

  it('is written whole for a slow reader, and not rotated', async () => {
    const reader = createReadStream(path, { highWaterMark: 1000 });
    const chunks: Buffer[] = [];
    const read = (async () => {
      for await (const chunk of reader) {
        chunks.push(chunk);
        await new Promise(setImmediate);
      }
    })();
    const log = createFileLogger({ maxBytes: 65_536 });
    for (const i of numbers(2000)) log.info('é'.repeat(50), { i });
    await expect(log.close()).resolves.toMatchObject({ delivered: 2000 });
    await read;
    expect(numbersIn(Buffer.concat(chunks).toString())).toStrictEqual(numbers(2000));
    expect(readdirSync(directory)).toStrictEqual(['app.log']);
  });

  it('that nobody reads holds up neither a close nor the end of the process', async () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
    const log = createFileLogger();
    for (const i of numbers(3000)) log.info('nobody will know', { i });
    const { delivered, dropped } = await log.close({ timeoutMs: 200 });
    expect(stderr.mock.calls.join('')).toContain(`: ${dropped} records were dropped (fallback_failed) `);
    stderr.mockRestore();
    expect(delivered + dropped).toBe(3000);
    expect(dropped).toBeGreaterThan(0);
    const { code, signal } = await run({}, 'exit', '3000');
    expect([code, signal]).toStrictEqual([0, null]);
  });
});

describe('a reader that follows the name', () => {
  it('sees every line once, in order, across rotations', async () => {
    // As in the manifests: of a file that is not there yet tail asks but now and then.
    appendFileSync(path, '');
    const tail = spawn('tail', ['-n', '+1', '-F', path], { stdio: ['ignore', 'pipe', 'ignore'] });
    let seen = '';
    tail.stdout.setEncoding('utf8').on('data', (text: string) => {
      seen += text;
    });
    const ended = once(tail, 'close');
    const log = createFileLogger({ maxBytes: 65_536, maxFiles: 100 });
    const until = (count: number) => expect.poll(() => linesOf(seen).length, { timeout: 10_000 }).toBe(count);
    log.info('the reader is there', { i: 0 });
    await until(1);
    for (let count = 1; count < 3001; count += 500) {
      for (const i of numbers(500, count)) log.info('followed', { i, padding: 'x'.repeat(50) });
      await until(count + 500);
    }
    await log.close();
    tail.kill();
    await ended;
    expect(numbersIn(seen)).toStrictEqual(numbers(3001));
    expect(readdirSync(directory).length).toBeGreaterThan(3);
  });

  it('may copy the file and empty it: what comes then begins it anew', async () => {
    const log = createFileLogger();
    for (const i of numbers(100)) log.info('first', { i });
    await log.flush();
    copyFileSync(path, `${path}.1`);
    truncateSync(path);
    for (const i of numbers(100, 100)) log.info('second', { i });
    await log.close();
    expect(numbersIn(readFileSync(`${path}.1`, 'utf8'))).toStrictEqual(numbers(100));
    expect(numbersIn(readFileSync(path, 'utf8'))).toStrictEqual(numbers(100, 100));
  });
});

const createFileLogger = (more: Partial<FileOutputOptions> = {}) =>
  createLogger({ file: { path, ...more }, exit: { handleSignals: false } });

it('that can be written but not renamed grows, says so once, and is rotated once it can be', async () => {
  writeFileSync(path, '');
  if (process.getuid?.() === 0) chownSync(path, 65_534, 65_534);
  chmodSync(directory, 0o555);
  await using fixture = startFixture('read-only-folder', { args: [options({ maxBytes: 65_536 })] });
  await fixture.says('ready');
  for (const command of ['write', 'write', 'minute', 'write']) await tell(fixture, command);
  expect(readdirSync(directory)).toEqual(['app.log']);
  expect(numbersIn(readFileSync(path, 'utf8'))).toStrictEqual(numbers(3000));
  expect(fixture.output.stderr).toBe(
    `logflume: ${path} cannot be rotated: EACCES; it grows beyond maxBytes, and is tried again every minute\n`,
  );
  chmodSync(directory, 0o777);
  await tell(fixture, 'write');
  expect(readdirSync(directory)).toEqual(['app.log']);
  for (const command of ['minute', 'write']) await tell(fixture, command);
  fixture.child.stdin?.end();
  const { stdout, stderr } = await fixture.ended();
  expect(JSON.parse(linesOf(stdout).at(-1) ?? '')).toMatchObject({ delivered: 5000, dropped: { total: 0 } });
  expect(linesOf(stderr).slice(1)).toEqual([`logflume: ${path} is rotated again`]);
  const files = allFiles();
  expect(files.length).toBeGreaterThan(1);
  expect(files.flatMap(numbersIn)).toStrictEqual(numbers(5000));
});

it('of a relative path stays where it is when the application goes to another directory', async () => {
  const other = join(directory, 'other');
  mkdirSync(other);
  await expect(runFixture('change-directory', { args: [directory, other] })).resolves.toMatchObject({ stderr: '' });
  expect(readdirSync(other)).toEqual([]);
  expect(numbersIn(readFileSync(path, 'utf8'))).toStrictEqual([0, 1]);
});
