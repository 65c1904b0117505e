import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeDirectories } from './make-directories.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'directories-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

it('makes all that are missing, with the rights asked for, and leaves what is there', () => {
  for (const path of [join(root, 'a'), join(root, 'a/b/c'), join(root, 'a/b/c'), join(root, 'a/d/')]) {
    makeDirectories(path, 0o700);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  }
});

it('says what is in the way', () => {
  writeFileSync(join(root, 'file'), '');
  symlinkSync(join(root, 'nowhere'), join(root, 'link'));
  expect(() => makeDirectories(join(root, 'file'), 0o700)).toThrow('EEXIST');
  expect(() => makeDirectories(join(root, 'file/a'), 0o700)).toThrow('ENOTDIR');
  expect(() => makeDirectories(join(root, 'link'), 0o700)).toThrow('EEXIST');
  expect(() => makeDirectories(join(root, 'link/a'), 0o700)).toThrow('ENOENT');
});

it.runIf(existsSync('/proc/self'))('comes back from a file system that has no room for directories', () => {
  expect(() => makeDirectories('/proc/logflume/a/b', 0o700)).toThrow('ENOENT');
});
