import { expect, test } from 'vitest';
import type { FsyncPolicy } from '../../src/spool/spool-options.ts';
import { openRealSpool, temporaryDirectory } from './real-spool.ts';
import { batch } from './spool-under-test.ts';
import { startChild } from './start-child.ts';

/** ROUNDS=10000 is the long form. */
const rounds = Number(process.env['ROUNDS'] ?? 60);
/** More than any one process gets to write. */
const NUMBERS_PER_ROUND = 1_000_000;

test.each<FsyncPolicy>(['off', 'each'])(
  'every batch a killed process announced is readable, with fsync %s (F61, G3)',
  async (fsync) => {
    using directory = temporaryDirectory();
    const options = { dir: directory.path, fsync, segmentBytes: 512 * 1024, maxFrameBytes: 256 * 1024 };
    const promised = new Set<string>();
    let announced = 0;
    for (let round = 0; round < rounds / 2; round++) {
      const first = round * NUMBERS_PER_ROUND;
      await using child = startChild('announce', { options, args: [first] });
      const wanted = Math.floor(Math.random() * 12);
      const lines: string[] = [];
      for (let count = 0; count <= wanted; count++) lines.push((await child.nextLine()) ?? 'ended early');
      lines.push(...(await child.kill()));
      expect(lines[0]).toBe('ready');
      for (const line of lines.slice(1)) promised.add(batch(Number(line), 0).meta.batchId);
      announced += lines.length - 1;

      using heir = openRealSpool(options);
      const found = await heir.drain();
      const readable = new Set<string>();
      for (const { frame, payload } of found) {
        // A frame whose write was not announced any more may be whole, never changed.
        expect(payload, `unreadable in round ${round}`).toBeDefined();
        readable.add(frame.batchId);
      }
      expect(
        [...promised].filter((id) => !readable.has(id)),
        `lost in round ${round}`,
      ).toEqual([]);
      // Some stay for the next round, so that what was adopted is adopted again.
      for (const [at, { frame }] of found.entries()) {
        if (at % 4 === 0) continue;
        heir.spool.settle(frame);
        promised.delete(frame.batchId);
      }
    }
    expect(announced).toBeGreaterThan(rounds);
  },
  60_000 + rounds * 500,
);
