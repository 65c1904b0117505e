import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../counter.js', import.meta.url));
let directory = '';

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'logflume-counter-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

it('writes each number to both files, in their formats, and prints nothing', async () => {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(OTEL_|LOG)/.test(name)));
  const child = spawn(process.execPath, [program, directory, '5', '1'], { env });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += String(text)));
  await once(child, 'close');
  expect([child.exitCode, printed]).toStrictEqual([0, '']);
  const linesOf = (name: string) => readFileSync(join(directory, name), 'utf8').trimEnd().split('\n');
  expect(linesOf('1.log').map((line) => /msg=counted number=(\d)/.exec(line)?.[1])).toStrictEqual([...'01234']);
  expect(linesOf('2.log').map((line) => JSON.parse(line).number)).toStrictEqual([0, 1, 2, 3, 4]);
});
