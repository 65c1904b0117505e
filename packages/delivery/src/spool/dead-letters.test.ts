import { expect, test } from 'vitest';
import { createDeadLetters } from './dead-letters.ts';
import type { FileSystem } from './file-system.ts';

/** A disk that takes everything and remembers names alone. */
function namesOnly(names: Set<string>): FileSystem {
  const facts = { kind: 'file', bytes: 10, links: 1, modifiedMs: 0, ownerId: 0 } as const;
  return {
    open: (path) => names.add(path).size,
    write: (_fd, parts) => parts.reduce((sum, part) => sum + part.length, 0),
    read: () => 0,
    truncate: () => undefined,
    sync: () => undefined,
    syncDirectory: () => undefined,
    close: () => undefined,
    inspect: () => facts,
    inspectOpen: () => facts,
    rename: (_from, to) => names.add(to),
    unlink: (path) => names.delete(path),
    makeDirectory: () => undefined,
    removeDirectory: () => undefined,
    list: () => [],
    touch: () => undefined,
  };
}

test('are bounded in number too, the oldest go first', () => {
  const names = new Set<string>();
  const letters = createDeadLetters(namesOnly(names), () => '/dlq');
  for (let time = 0; time < 10_003; time++) letters.write(String(time).padStart(13, '0'), [Buffer.alloc(7)]);
  expect(letters.files).toBe(10_000);
  expect(letters.bytes).toBe(70_000);
  expect(names.size).toBe(10_000);
  expect(names.has('/dlq/0000000000002')).toBe(false);
  expect(names.has('/dlq/0000000000003')).toBe(true);
});

test('that are moved in take their place by age', () => {
  const names = new Set<string>();
  const letters = createDeadLetters(namesOnly(names), () => '/dlq');
  letters.write('0000000000005', [Buffer.alloc(7)]);
  letters.moveIn('/elsewhere', '0000000000004');
  expect(letters.bytes).toBe(17);
  expect(letters.dropOldest()).toBe(true);
  expect([...names]).toEqual(['/dlq/0000000000005']);
  expect(letters.dropOldest()).toBe(true);
  expect(letters.dropOldest()).toBe(false);
  expect(letters.bytes).toBe(0);
});
