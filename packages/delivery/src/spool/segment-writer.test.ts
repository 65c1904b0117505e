import { closeSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { diskError } from './disk-error.ts';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { createSegmentWriter } from './segment-writer.ts';

let directory = '';
let path = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'logflume-writer-'));
  path = join(directory, '1.seg');
});
afterEach(() => rmSync(directory, { recursive: true }));

const parts = [Buffer.from('header'), Buffer.alloc(0), Buffer.from('payload')];

test('writes frames one behind the other and says where each begins', () => {
  const writer = createSegmentWriter(nodeFileSystem, path);
  expect(writer.append(parts)).toEqual({ kind: 'written', offset: 0 });
  expect(writer.append([Buffer.from('x')])).toEqual({ kind: 'written', offset: 13 });
  expect(writer.bytes).toBe(14);
  writer.close();
  expect(readFileSync(path, 'utf8')).toBe('headerpayloadx');
});

test.each([1, 2, 5, 6, 7, 12])('writes on after %i bytes of a frame were taken', (bytes) => {
  const writer = createSegmentWriter(takingAtMost(bytes), path);
  writer.append([Buffer.from('before')]);
  expect(writer.append(parts)).toEqual({ kind: 'written', offset: 6 });
  writer.close();
  expect(readFileSync(path, 'utf8')).toBe('beforeheaderpayload');
});

test('cuts the file back to its last good end when a write fails in the middle', () => {
  let budget = 10;
  const failing: FileSystem = {
    ...nodeFileSystem,
    write(fd, of, position) {
      if (budget === 0) throw diskError('ENOSPC', 'full');
      const taken = Math.min(budget, 4);
      budget -= taken;
      return nodeFileSystem.write(fd, [Buffer.concat(of).subarray(0, taken)], position);
    },
  };
  const writer = createSegmentWriter(failing, path);
  expect(writer.append([Buffer.from('good')]).kind).toBe('written');
  expect(writer.append(parts)).toMatchObject({ kind: 'failed', error: { code: 'ENOSPC' } });
  expect(writer.bytes).toBe(4);
  writer.close();
  expect(readFileSync(path, 'utf8')).toBe('good');
});

test('takes a device that writes nothing and says nothing for full', () => {
  const writer = createSegmentWriter(takingAtMost(0), path);
  expect(writer.append(parts)).toMatchObject({ kind: 'failed', error: { code: 'ENOSPC' } });
  writer.close();
});

test('asks for a sync when there is something to sync, and never again after one failed (F47)', () => {
  let syncs = 0;
  let fails = false;
  const counted: FileSystem = {
    ...nodeFileSystem,
    sync() {
      syncs++;
      if (fails) throw diskError('EIO', 'lost');
    },
  };
  const writer = createSegmentWriter(counted, path);
  expect(writer.sync()).toBeUndefined();
  expect(syncs).toBe(0);
  writer.append(parts);
  expect([writer.sync(), writer.sync()]).toEqual([undefined, undefined]);
  expect(syncs).toBe(1);
  writer.append(parts);
  fails = true;
  expect(writer.sync()).toBe('EIO');
  fails = false;
  expect(writer.sync()).toBe('EIO');
  expect(syncs).toBe(2);
  writer.close();
});

test('notices that the last name of its file is gone', () => {
  const writer = createSegmentWriter(nodeFileSystem, path);
  expect(writer.isUnlinked()).toBe(false);
  rmSync(path);
  expect(writer.isUnlinked()).toBe(true);
  writer.close();
});

test('survives a descriptor somebody else closed', () => {
  const writer = createSegmentWriter(nodeFileSystem, path);
  closeSync(writer.fd);
  expect(writer.isUnlinked()).toBe(false);
  expect(writer.append(parts)).toMatchObject({ kind: 'failed', error: { code: 'EBADF' } });
  writer.close();
});

test('writes over no file that is there', () => {
  createSegmentWriter(nodeFileSystem, path).close();
  expect(() => createSegmentWriter(nodeFileSystem, path)).toThrow(expect.objectContaining({ code: 'EEXIST' }));
});

function takingAtMost(bytes: number): FileSystem {
  return {
    ...nodeFileSystem,
    write: (fd, of, position) => nodeFileSystem.write(fd, [Buffer.concat(of).subarray(0, bytes)], position),
  };
}
