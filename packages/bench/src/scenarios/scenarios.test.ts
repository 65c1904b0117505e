import { describe, expect, it } from 'vitest';

/** The scenarios are plain JavaScript; a computed address keeps the compiler from asking for their declarations. */
const load = (file: string) => import(new URL(file, import.meta.url).href);
const { accountFor, readPrinted } = await load('./account.js');
const { problemsOf } = await load('./problems.js');
const { attributesOf, messageOf, numberOf } = await load('./record.js');
const { groupByLength, recordsDue, recordsIn, scaleScenario, scenarios } = await load('./scenarios.js');
const { parseFlags } = await load('./flags.js');

const line = (number: number) => JSON.stringify({ message: messageOf(number), ...attributesOf(number) });

describe('accountFor', () => {
  it('tells what was delivered, printed, lost, doubled and never written', () => {
    const copies = new Map([
      [0, ['a']],
      [1, ['a', 'a', 'b', 'a']],
      [2, [undefined, undefined]],
      [3, ['c']],
      [9, ['c']],
    ]);
    expect(accountFor(7, { copies, strangers: 1 }, new Set([3, 4]))).toEqual({
      emitted: 7,
      delivered: 4,
      fallback: 1,
      alsoOnStderr: 1,
      lost: 2,
      duplicatesWithId: 2,
      duplicatesWithoutId: 2,
      strangers: 2,
    });
  });
});

describe('readPrinted', () => {
  it('counts whole records once, and everything else as lines', () => {
    const broken = line(3).slice(0, -5);
    const { records, lines } = readPrinted(`${line(1)}\nlogflume: hello\n\n${line(1)}\n${line(2)}\n{"a":1}\n${broken}`);
    expect([...records]).toEqual([1, 2]);
    expect(lines).toEqual(['logflume: hello', '{"a":1}', broken]);
  });

  it('does not take a record for ours that was changed on its way', () => {
    expect(numberOf(messageOf(5), attributesOf(5))).toBe(5);
    expect(numberOf(messageOf(5), attributesOf(6))).toBeUndefined();
    expect(numberOf(messageOf(5), { ...attributesOf(5), status: 201 })).toBeUndefined();
    expect(numberOf(messageOf(5), {})).toBeUndefined();
  });
});

describe('problemsOf', () => {
  const account = {
    emitted: 10,
    delivered: 8,
    fallback: 2,
    alsoOnStderr: 0,
    lost: 0,
    duplicatesWithId: 3,
    duplicatesWithoutId: 0,
    strangers: 0,
  };
  const ledger = { accepted: 10, delivered: 8, rejected: 0, fallback: 2, dropped: 0, pending: 0 };
  const good = { account, ledger, shutdownMs: 5, exit: '0', unhandled: [] };

  it('finds nothing wrong with records on stderr and duplicates that can be told', () => {
    expect(problemsOf(good)).toEqual([]);
    expect(problemsOf({ ...good, ledger: undefined })).toEqual([]);
  });

  it.each([
    [{ account: { ...account, delivered: 7, lost: 1 } }, '1 records are lost'],
    [{ account: { ...account, strangers: 1 } }, '1 records arrived that were not written like this'],
    [{ account: { ...account, duplicatesWithoutId: 4 } }, '4 duplicates do not share a batch id'],
    [{ exit: 'SIGKILL' }, 'the process ended with SIGKILL'],
    [{ shutdownMs: undefined }, 'the shutdown never ended'],
    [{ unhandled: ['Error: x'] }, 'errors nobody caught: Error: x'],
    [{ ledger: { ...ledger, pending: 1 } }, 'its ledger says pending: 1, seen were 0'],
    [{ ledger: { ...ledger, delivered: 9 } }, 'its ledger says delivered: 9, seen were 8'],
  ])('names %j', (change, sentence) => {
    expect(problemsOf({ ...good, ...change })).toContain(sentence);
  });
});

describe('the scenarios', () => {
  it('are the nine of the baseline, with as many records as a rate and a length make', () => {
    const counts = scenarios.map((scenario: { load: unknown }) => recordsIn(scenario.load));
    expect(counts).toEqual([20_001, 20_001, 20_001, 20_001, 20_001, 20_001, 20_001, 5001, 5001]);
  });

  it('emit evenly, and never more than planned', () => {
    const load = { recordsAtOnce: 0, recordsPerSecond: 500, seconds: 2 };
    expect([0, 20, 1000, 2000, 9000].map((atMs) => recordsDue(load, atMs))).toEqual([0, 10, 500, 1000, 1000]);
    expect(recordsDue({ recordsAtOnce: 7, recordsPerSecond: 0, seconds: 1 }, 0)).toBe(7);
  });

  it('scale load, window and Retry-After in proportion', () => {
    const paused = scenarios.find(({ id }: { id: string }) => id === 'B4');
    expect(scaleScenario(paused, 0.2)).toMatchObject({
      load: { recordsPerSecond: 500, seconds: 8 },
      fault: { rule: { status: 429, retryAfter: 3 }, fromSeconds: 1, toSeconds: 6 },
    });
  });

  it('run in groups of equal length, the shortest first', () => {
    const groups: { id: string }[][] = groupByLength(scenarios);
    expect(groups.map((group) => group.map(({ id }) => id).join())).toEqual(['B1', 'B8,B9', 'B2,B3,B4,B5,B6,B7']);
  });
});

describe('parseFlags', () => {
  it('chooses scenarios and scale', () => {
    const { chosen, scale, json } = parseFlags(['--only', 'b7,B3', '--seconds-scale', '0.25']);
    expect(chosen.map(({ id }: { id: string }) => id)).toEqual(['B3', 'B7']);
    expect([scale, json]).toEqual([0.25, false]);
    expect(parseFlags([]).chosen).toHaveLength(9);
  });

  it.each([
    ['--only', 'B10'],
    ['--seconds-scale', '0'],
    ['--seconds-scale', '2'],
    ['--seconds-scale', 'x'],
    ['--nope'],
  ])('refuses %s %s', (...args) => {
    expect(() => parseFlags(args)).toThrow(TypeError);
  });
});
