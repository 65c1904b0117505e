import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createStdio, writeLines } from './stdio.ts';

const folder = mkdtempSync(join(tmpdir(), 'logflume-'));

afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, lines: readonly string[]): { written: number; text: string } {
  const path = join(folder, name);
  const descriptor = openSync(path, 'w');
  const written = writeLines(descriptor, lines, 100);
  closeSync(descriptor);
  return { written, text: readFileSync(path, 'utf8') };
}

describe('writeLines', () => {
  it('writes nothing for no lines', () => {
    expect(write('none', [])).toEqual({ written: 0, text: '' });
  });

  it('writes every line whole, in order, each with its line feed', () => {
    expect(write('some', ['a', '', 'ü'])).toEqual({ written: 3, text: 'a\n\nü\n' });
  });

  it('writes more than fits into one write', () => {
    const lines = Array.from({ length: 2000 }, (_, i) => `${i}`.padEnd(100, '.'));
    expect(write('many', lines)).toEqual({ written: 2000, text: `${lines.join('\n')}\n` });
  });

  it('writes a line longer than one write', () => {
    const line = 'x'.repeat(300_000);
    expect(write('long', ['a', line, 'b'])).toEqual({ written: 3, text: `a\n${line}\nb\n` });
  });

  it('throws nothing and says 0 for a descriptor that is closed', () => {
    const descriptor = openSync(join(folder, 'closed'), 'w');
    closeSync(descriptor);
    expect(writeLines(descriptor, ['a', 'b'], 100)).toBe(0);
  });
});

it('listens once for the failure of a stream, however many there are to write to it', () => {
  const before = process.stderr.listenerCount('error');
  for (let i = 0; i < 20; i++) createStdio('stderr').write('', () => undefined);
  expect(process.stderr.listenerCount('error')).toBeLessThanOrEqual(before + 1);
});
