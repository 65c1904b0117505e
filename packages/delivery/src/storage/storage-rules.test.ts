import { describe, expect, it } from 'vitest';
import {
  type Contenders,
  expiresAtMs,
  type Pressure,
  shouldDropCopy,
  shouldStore,
  storageOf,
  storeDueMs,
  whoseTurn,
} from './storage-rules.ts';

const calm: Pressure = { isOffline: false, usedShare: 0.5, isClosing: false, lingerMs: 200 };

describe('where a batch is', () => {
  it.each([
    // runs, body, frame
    [true, false, false, 'mem'],
    [true, true, false, 'mem'],
    [false, true, false, 'mem'],
    [true, true, true, 'both'],
    [false, true, true, 'both'],
    [false, false, true, 'spooled'],
  ])('records %s, body %s, frame %s: %s', (runs, body, frame, storage) => {
    const held = (is: boolean) => (is ? {} : undefined);
    expect(storageOf({ runs: held(runs), body: held(body), frame: held(frame) })).toBe(storage);
  });
});

describe('whether a batch in memory is written to disk', () => {
  it.each<[string, 'memory' | 'wal' | 'spill', number, Partial<Pressure>, boolean]>([
    ['without a directory nothing is', 'memory', 1e9, { isOffline: true, usedShare: 1, isClosing: true }, false],
    ['written ahead, everything is, at once', 'wal', 0, {}, true],
    ['spilled, nothing is that gets away in time', 'spill', 5200, {}, false],
    ['what should be gone for 5 s is', 'spill', 5201, {}, true],
    ['with every endpoint out', 'spill', 0, { isOffline: true }, true],
    ['with the queue more than half full', 'spill', 0, { usedShare: 0.51 }, true],
    ['at a close', 'spill', 0, { isClosing: true }, true],
  ])('%s', (_what, mode, ageMs, pressure, expected) => {
    expect(shouldStore(mode, ageMs, { ...calm, ...pressure })).toBe(expected);
  });

  it('says when age alone will do', () => {
    const dueMs = storeDueMs('spill', 1000, calm.lingerMs);
    expect(shouldStore('spill', dueMs - 1000, calm)).toBe(true);
    expect(shouldStore('spill', dueMs - 1001, calm)).toBe(false);
    expect(storeDueMs('memory', 1000, 200)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('whether the copy in memory of what is on disk is given up', () => {
  it.each<['wal' | 'spill', number, boolean]>([
    ['wal', 0.5, false],
    ['wal', 0.51, true],
    ['spill', 0, true],
  ])('%s at %s of the queue: %s', (mode, usedShare, expected) => {
    expect(shouldDropCopy(mode, usedShare)).toBe(expected);
  });
});

describe('whose turn it is', () => {
  it.each<[boolean, boolean, Contenders['lastTurn'], string]>([
    [false, false, 'live', 'nobody'],
    [true, false, 'live', 'live'],
    [true, false, 'backlog', 'live'],
    [false, true, 'live', 'backlog'],
    [false, true, 'backlog', 'backlog'],
    [true, true, 'backlog', 'live'],
    [true, true, 'live', 'backlog'],
  ])('live %s, backlog %s, after %s: %s', (hasLive, hasBacklog, lastTurn, expected) => {
    expect(whoseTurn({ hasLive, hasBacklog, lastTurn })).toBe(expected);
  });
});

it('a batch is too old by the limit of where it is kept, also one from before this clock began', () => {
  const limits = { memoryMs: 900_000, spoolMs: 259_200_000 };
  expect(expiresAtMs(1000, false, limits)).toBe(901_000);
  expect(expiresAtMs(1000, true, limits)).toBe(259_201_000);
  expect(expiresAtMs(-259_200_000, true, limits)).toBe(0);
});
