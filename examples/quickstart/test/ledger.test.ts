import { createDevBackend } from '@logflume/dev-backend';
import { createLogger, type DeliveryStats } from 'logflume';
import { describe, expect, it } from 'vitest';
import { checkLedger, gatherCounts } from '../demo/ledger.js';

const stats: DeliveryStats = {
  accepted: 1_100,
  delivered: 1_000,
  rejected: 10,
  fallback: 20,
  dropped: {
    total: 30,
    byReason: { queue_full: 30, expired: 0, oversize: 0, encode_error: 0, fallback_failed: 0, closed: 0 },
  },
  pending: 40,
  spooled: 0,
  endpoints: [],
};
const balanced = { logged: 1_100, stats, fallbackLines: 20, received: 1_000, duplicates: 5, batches: 9, backends: [] };

describe('the balance', () => {
  it('holds when every record is somewhere', () => {
    expect(checkLedger(balanced)).toEqual([
      { left: '1,100 logged', right: '1,100 accepted', holds: true },
      {
        left: '1,100 accepted',
        right: '1,000 delivered + 10 rejected + 20 fallback + 30 dropped + 40 pending',
        holds: true,
      },
      { left: '1,000 delivered', right: '1,000 different records at the backends', holds: true },
      { left: '20 fallback', right: '20 records on stderr', holds: true },
    ]);
  });

  it.each([
    ['a record the logger never saw', { logged: 1_101 }, ['1,101 logged']],
    ['a record that is nowhere in the ledger', { stats: { ...stats, pending: 39 } }, ['1,100 accepted']],
    ['a record no backend has', { received: 999 }, ['1,000 delivered']],
    ['a record too many on stderr', { fallbackLines: 21 }, ['20 fallback']],
  ])('fails in one line for %s', (_, change, broken) => {
    const lines = checkLedger({ ...balanced, ...change });

    expect(lines.filter(({ holds }) => !holds).map(({ left }) => left)).toEqual(broken);
  });
});

describe('the counts of the backends', () => {
  it('count a batch once that one backend stored without an answer and another one then took', async () => {
    await using crashing = await createDevBackend({ faults: [{ kind: 'reset', after: 'request' }] });
    await using healthy = await createDevBackend();
    await using log = createLogger({ endpoints: [crashing.url, healthy.url], balance: 'failover', level: 'debug' });
    for (let index = 0; index < 10; index += 1) log.info('hello', { index });
    await log.flush();

    const counts = gatherCounts({ logged: 10, stats: log.stats(), fallbackLines: 0 }, [
      { name: 'A', backend: crashing },
      { name: 'B', backend: healthy },
    ]);

    expect(counts).toMatchObject({ received: 10, duplicates: 10, batches: 1 });
    expect(counts.backends.map(({ received, endpoint }) => [received, endpoint.delivered])).toEqual([
      [10, 0],
      [10, 10],
    ]);
  });
});
