import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { asPublished } from '../../../../test/as-published.ts';
import type { SpoolMode } from '../../src/index.ts';
import { accept, answering, Inbox, serveHttp } from '../fault/backend.ts';
import { createSender } from '../fault/sender.ts';
import { temporaryDirectory } from '../spool/real-spool.ts';

/** `npm run kill-loops -- --rounds 10000` is the long form. */
const rounds = Number(process.env['KILL_ROUNDS'] ?? 12);
/** More than any one process gets to log. */
const NUMBERS_PER_ROUND = 1_000_000;

/** What a process said before it was killed. */
interface Said {
  readonly first: number;
  /** Records that are delivered or on disk. */
  safe: number;
  readonly fatal: number[];
}

interface Mode {
  readonly mode: SpoolMode;
  readonly fsync: 'off' | 'interval';
}

const modes: Mode[] = [
  { mode: 'wal', fsync: 'off' },
  { mode: 'wal', fsync: 'interval' },
  { mode: 'spill', fsync: 'off' },
];

test.each(modes)(
  'what a killed process had delivered or on disk arrives, in mode $mode with fsync $fsync (F61, G3)',
  async ({ mode, fsync }) => {
    using directory = temporaryDirectory();
    const spool = { dir: directory.path, mode, fsync, segmentBytes: 64 * 1024 };
    const inbox = new Inbox();
    // Each process lives through a short outage of its own.
    let isUp = true;
    await using backend = await serveHttp(
      answering(inbox, (request, response, number) => {
        if (isUp) return accept(inbox)(request, response, number);
        response.writeHead(503);
        response.end();
      }),
    );
    const said: Said[] = [];
    let announced = 0;
    for (let round = 0; round < rounds; round++) {
      isUp = round % 2 === 0;
      const words: Said = { first: round * NUMBERS_PER_ROUND, safe: 0, fatal: [] };
      said.push(words);
      announced += await killOne(backend.url, spool, words);
    }
    expect(announced).toBeGreaterThan(rounds);

    isUp = true;
    await using heir = createSender([backend.url], { spool });
    await untilEmpty(directory.path);
    expect(heir.delivery.stats()).toMatchObject({ rejected: 0, fallback: 0, dropped: { byReason: { corrupt: 0 } } });
    const arrived = countByRound(inbox);
    for (const { first, safe, fatal } of said) {
      const round = first / NUMBERS_PER_ROUND;
      expect(arrived.get(round)?.size ?? 0, `round ${round}`).toBeGreaterThanOrEqual(safe);
      const lost = fatal.filter((number) => !arrived.get(round)?.has(number));
      expect(lost, `FATAL records of round ${round}`).toEqual([]);
    }
    // A record comes again under the id of its batch, or not at all.
    for (const ids of inbox.ids.values()) expect(ids.size).toBe(1);
  },
  60_000 + rounds * 4000,
);

/** Starts a process, lets it say a few things and kills it. @returns how many. */
async function killOne(url: string, spool: object, words: Said): Promise<number> {
  const script = asPublished(fileURLToPath(new URL('fixtures/live.js', import.meta.url)));
  const options = { spool, batch: { lingerMs: 10 }, retry: { baseDelayMs: 20 }, fallback: 'none' };
  const child: ChildProcess = spawn(process.execPath, [script, url, String(words.first), '20'], {
    env: { ...process.env, OPTIONS: JSON.stringify(options) },
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr?.on('data', (text) => {
    stderr += text;
  });
  const ended = once(child, 'close');
  const wanted = 1 + Math.floor(Math.random() * 20);
  let heard = 0;
  const lines = createInterface({ input: child.stdio[3] as Readable }); // what 'pipe' makes of it
  lines.on('line', (line) => {
    const [what, number] = line.split(' ');
    if (what === 'safe') words.safe = Number(number);
    if (what === 'fatal') words.fatal.push(Number(number));
    if (++heard === wanted) child.kill('SIGKILL');
  });
  await ended;
  // All it has to say is that the backend is away.
  expect(stderr.split('\n').filter((line) => line !== '' && !line.includes('no endpoint takes logs now'))).toEqual([]);
  return heard;
}

/** Waits until the living have taken over and delivered everything. */
async function untilEmpty(dir: string): Promise<void> {
  const segments = () =>
    readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.seg'));
  while (segments().length > 0) await sleep(20);
}

function countByRound({ texts }: Inbox): Map<number, Set<number>> {
  const rounds = new Map<number, Set<number>>();
  for (const text of texts) {
    const number = Number.parseInt(text, 10);
    const round = Math.floor(number / NUMBERS_PER_ROUND);
    const numbers = rounds.get(round) ?? new Set();
    rounds.set(round, numbers.add(number));
  }
  return rounds;
}
