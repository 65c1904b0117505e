import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findAdapter } from './find-adapter.ts';

const folder = mkdtempSync(join(tmpdir(), 'logflume-adapter-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Installs a package for a program in the folder. */
function install(name: string, text: string): string {
  const place = join(folder, 'node_modules', name);
  mkdirSync(place, { recursive: true });
  writeFileSync(
    join(place, 'package.json'),
    JSON.stringify({ name, type: 'module', exports: { './register': './r.js' } }),
  );
  writeFileSync(join(place, 'r.js'), text);
  return `${name}/register`;
}

describe('findAdapter', () => {
  const from = [join(folder, 'app.js')];

  it('finds an entry from where the host was asked for', () => {
    const entry = install('adapter-fine', 'export const captureHost = () => ({ problem: "none" });');
    const found = findAdapter(entry, from);
    expect(found.kind === 'found' && found.capture({ name: 'x', version: '1', exports: {} }, Object(null))).toEqual({
      problem: 'none',
    });
    expect(findAdapter(entry, [])).toEqual({ kind: 'missing' });
  });

  it('says why an entry cannot be used, and never throws', () => {
    expect(findAdapter('adapter-of-nobody/register', from)).toEqual({ kind: 'missing' });
    expect(findAdapter(install('adapter-old', 'export const other = 1;'), from)).toEqual({
      kind: 'broken',
      reason: 'it is of another version',
    });
    expect(findAdapter(install('adapter-throws', 'throw new Error("no peer");'), from)).toEqual({
      kind: 'broken',
      reason: 'no peer',
    });
  });
});
