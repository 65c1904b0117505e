import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../test/spool/manual-clock.ts';
import type { FoundAddress } from './configured-endpoint.ts';
import { DnsSource } from './dns-source.ts';

const list = (...addresses: string[]): FoundAddress[] =>
  addresses.map((address) => ({ address, port: undefined, rank: 0, share: 1 }));

type Answer = FoundAddress[] | Error | 'never';

/** A source whose lookups are answered from a list, the last answer again and again. */
function createSource(...answers: Answer[]) {
  const clock = new ManualClock();
  const startMs = clock.nowMs();
  const askedMs: number[] = [];
  const changes: boolean[] = [];
  const failures: string[] = [];
  const source = new DnsSource({
    clock,
    async find() {
      askedMs.push(clock.nowMs() - startMs);
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      if (answer === 'never' || answer === undefined) return new Promise(() => undefined);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    onLookup: (changed) => changes.push(changed),
    onFailed: (code) => failures.push(code),
  });
  const pass = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= 100) {
      await new Promise(setImmediate);
      clock.advance(Math.min(100, left));
      await new Promise(setImmediate);
    }
  };
  const names = () => source.found.map(({ address }) => address);
  return { clock, source, askedMs, changes, failures, pass, names };
}

const failed = (code: string): Error => Object.assign(new Error(`query ${code} secret`), { code });

describe('a name', () => {
  it('is not looked up before it is needed, and then every ten seconds', async () => {
    const { source, askedMs, pass } = createSource(list('a'));
    await pass(30_000);
    expect(askedMs).toEqual([]);
    source.start();
    source.start();
    await pass(30_100);
    expect(askedMs).toEqual([30_000, 40_000, 50_000, 60_000]);
  });

  it.each<[string, Answer, string]>([
    ['NXDOMAIN', failed('ENOTFOUND'), 'ENOTFOUND'],
    ['SERVFAIL', failed('ESERVFAIL'), 'ESERVFAIL'],
    ['an empty list', failed('ENODATA'), 'ENODATA'],
    ['no answer within a second', 'never', 'ETIMEOUT'],
    ['an error without a code', new Error('secret'), 'no answer'],
  ])(
    'keeps its last good list after %s, is asked again ten seconds later, and tells no text of it',
    async (_what, answer, code) => {
      const { source, askedMs, changes, failures, pass, names } = createSource(list('a', 'b'), answer);
      source.start();
      await pass(21_500);
      expect(names()).toEqual(['a', 'b']);
      expect(failures.slice(0, 1)).toEqual([code]);
      expect(changes.slice(0, 2)).toEqual([true, false]);
      expect(askedMs[1]).toBe(10_000);
    },
  );

  it('nothing is known of is asked sooner, and ever less often', async () => {
    const { source, askedMs, pass } = createSource(failed('ENOTFOUND'));
    source.start();
    await pass(40_000);
    expect(askedMs).toEqual([0, 1000, 3000, 7000, 15_000, 25_000, 35_000]);
  });

  it('is asked at once when somebody doubts it, but not twice within a second', async () => {
    const { source, askedMs, pass } = createSource(list('a'));
    source.start();
    await pass(5000);
    source.refresh();
    source.refresh();
    await pass(300);
    source.refresh();
    source.refresh();
    await pass(10_000);
    expect(askedMs).toEqual([0, 5000, 6000, 16_000].slice(0, askedMs.length));
    expect(askedMs.length).toBe(3);
  });

  it('tells a change from the same list in another order', async () => {
    const { source, changes, pass } = createSource(list('a', 'b'), list('b', 'a'), list('a', 'c'));
    source.start();
    await pass(20_100);
    expect(changes).toEqual([true, false, true]);
  });

  it('takes no answer of a lookup that was given up', async () => {
    let answer: (found: FoundAddress[]) => void = () => undefined;
    const clock = new ManualClock();
    const source = new DnsSource({
      clock,
      find: () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
      onLookup: () => undefined,
      onFailed: () => undefined,
    });
    source.start();
    clock.advance(1000);
    answer(list('late'));
    await new Promise(setImmediate);
    expect(source.found).toEqual([]);
  });

  it('says when an answer may come, as long as nothing is known', async () => {
    const { clock, source, pass } = createSource('never', failed('ENOTFOUND'), list('a'));
    expect(source.nextChanceMs).toBe(Number.POSITIVE_INFINITY);
    source.start();
    expect([source.isFirstLookup, source.nextChanceMs - clock.nowMs()]).toEqual([true, 1000]);
    await pass(1000);
    expect([source.isFirstLookup, source.nextChanceMs - clock.nowMs()]).toEqual([false, 1000]);
    await pass(5000);
    expect([source.isFirstLookup, source.nextChanceMs]).toEqual([false, Number.POSITIVE_INFINITY]);
  });

  it('is left alone once it is stopped, and no timer is left', async () => {
    const { clock, source, askedMs, pass } = createSource(list('a'));
    source.start();
    await pass(100);
    source.stop();
    expect(clock.pendingTimers).toBe(0);
    source.refresh();
    await pass(30_000);
    expect(askedMs).toEqual([0]);
  });
});
