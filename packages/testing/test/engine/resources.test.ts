import { describe, expect, it } from 'vitest';
import { textFormat } from '../../../delivery/test/text-records.ts';
import { createEngine, type Engine, ERROR, INFO, isLawful, ok, refused, unavailable, url, WARN } from './engine.ts';

const twoEndpoints = [{ url: url('a') }, { url: url('b') }];

function inFlight(engine: Engine): number {
  return engine.delivery.stats().endpoints.reduce((sum, endpoint) => sum + endpoint.inFlight, 0);
}

describe('slots', () => {
  it.each([
    [
      'a compressor that fails',
      {
        compression: {
          name: 'x',
          compress: () => Promise.reject(new Error('no memory')),
          compressSync: () => new Uint8Array(),
        },
      },
      3,
    ],
    [
      'a transport that throws',
      {
        transport: {
          send: () => {
            throw new Error('thrown');
          },
          close: () => undefined,
        },
      },
      0,
    ],
    [
      'a transport that rejects',
      { transport: { send: () => Promise.reject(new Error('rejected')), close: () => undefined } },
      0,
    ],
    ['headers() that reject', { headers: () => Promise.reject(new Error('no token')) }, 0],
    [
      'headers() that throw',
      {
        headers: () => {
          throw new Error('no token');
        },
      },
      0,
    ],
    ['headers() that never answer', { headers: () => new Promise<never>(() => undefined) }, 0],
    [
      'a format that cannot frame',
      {
        format: {
          ...textFormat,
          frame: () => {
            throw new Error('mine');
          },
        },
      },
      0,
    ],
    [
      'a format that cannot judge',
      {
        format: {
          ...textFormat,
          judge: () => {
            throw new Error('mine');
          },
        },
      },
      0,
    ],
    [
      'a format that cannot print',
      {
        format: {
          ...textFormat,
          lines: () => {
            throw new Error('mine');
          },
        },
      },
      3,
    ],
    [
      'a codec that cannot find the end of a record',
      { codec: { encode: () => 0, encodeReduced: () => 0, endOf: () => Number.NaN } },
      3,
    ],
  ])('are given back after %s', async (_what, options, delivered) => {
    const engine = createEngine(() => ok, options);
    for (let i = 0; i < 3; i++) engine.log(`${i}`);
    const report = engine.delivery.flush({ timeoutMs: 20_000 });
    await engine.clock.advance(20_000);
    expect((await report).delivered).toBe(delivered);
    const closed = engine.delivery.close();
    await engine.clock.advance(10_000);
    expect((await closed).pending).toBe(0);
    expect(inFlight(engine)).toBe(0);
    expect(isLawful(engine)).toBe(true);
    expect(engine.clock.pendingTimers).toBe(0);
  });

  it('do not leak when a batch must be split before it can start', async () => {
    const engine = createEngine((request) => ({ ...ok, status: request.body.length > 200 ? 413 : 200 }), {
      batch: { maxRecords: 100 },
    });
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 300; i++) engine.log(`${round}-${i}`);
      await engine.clock.advance(3000);
    }
    const { delivered, endpoints } = engine.delivery.stats();
    expect([delivered, inFlight(engine)]).toEqual([1500, 0]);
    expect(endpoints[0]?.attempts).toBe(engine.network.requests.length);
  });

  it('a batch that was given up at the deadline of a close is not counted again by its late answer', async () => {
    const engine = createEngine(() => ({ ...ok, delayMs: 1500 }), {
      transport: {
        send: () =>
          new Promise((resolve) =>
            engine.clock.after(1500, () =>
              resolve({
                kind: 'reply',
                status: 200,
                contentType: undefined,
                retryAfter: undefined,
                date: undefined,
                body: new Uint8Array(),
                complete: true,
              }),
            ),
          ),
        close: () => undefined,
      },
    });
    engine.log('a');
    const closed = engine.delivery.close({ timeoutMs: 1000 });
    await engine.clock.advance(5000);
    expect(await closed).toMatchObject({ fallback: 1, delivered: 0 });
    expect([isLawful(engine), inFlight(engine)]).toEqual([true, 0]);
  });

  it('of a custom transport are not asked for after close', async () => {
    let release: (headers: Record<string, string>) => void = () => undefined;
    const engine = createEngine(() => ok, {
      headers: () =>
        new Promise((resolve) => {
          release = resolve;
        }),
    });
    engine.log('a');
    const closed = engine.delivery.close({ timeoutMs: 1000 });
    await engine.clock.advance(1000);
    await closed;
    release({});
    await engine.clock.advance(10_000);
    expect(engine.network.requests).toEqual([]);
    expect(engine.clock.pendingTimers).toBe(0);
  });
});

describe('headers that were never to be had', () => {
  it('are asked for once a second, however many batches wait, and count as no attempt', async () => {
    let asked = 0;
    let areThere = false;
    const engine = createEngine(() => ok, {
      batch: { maxRecords: 1 },
      headers: async () => {
        asked++;
        if (!areThere) throw new TypeError('no token');
        return {};
      },
    });
    for (let i = 0; i < 40; i++) engine.log(`${i}`);
    await engine.clock.advance(1000);
    const atFirst = asked;
    await engine.clock.advance(10_000);
    expect(asked - atFirst).toBeGreaterThanOrEqual(9);
    expect(asked - atFirst).toBeLessThanOrEqual(10);
    expect(engine.delivery.stats()).toMatchObject({
      pending: 40,
      inFlight: 0,
      endpoints: [{ attempts: 0, failures: 0 }],
    });
    areThere = true;
    await engine.clock.advance(10_000);
    expect(engine.delivery.stats()).toMatchObject({ delivered: 40, endpoints: [{ state: 'closed', attempts: 40 }] });
    expect(isLawful(engine)).toBe(true);
  });
});

describe('an outage', () => {
  it('costs one probe per ejection time and nothing while there is nothing to send', async () => {
    let isUp = true;
    const engine = createEngine(() => (isUp ? ok : refused));
    engine.log('a');
    await engine.clock.advance(1000);
    isUp = false;
    for (let i = 0; i < 5; i++) engine.log(`${i}`);
    await engine.clock.advance(30 * 60_000);
    // One in 2.5 to 5 seconds while nothing takes traffic, until the records expire after 15 minutes.
    expect(engine.network.requests.length).toBeLessThan(370);
    expect(engine.network.requests.length).toBeGreaterThan(180);
  });

  it('runs no timer once everything is given up', async () => {
    const engine = createEngine(() => refused, { retry: { maxAgeMs: 60_000 } });
    for (let i = 0; i < 5; i++) engine.log(`${i}`);
    await engine.clock.advance(120_000);
    expect(engine.delivery.stats()).toMatchObject({ fallback: 5, pending: 0 });
    let wakeups = 0;
    while (engine.clock.nextTimerMs !== Number.POSITIVE_INFINITY && wakeups < 1000) {
      await engine.clock.advance(engine.clock.nextTimerMs - engine.clock.nowMs());
      wakeups++;
    }
    expect(wakeups).toBeLessThan(5);
  });

  it('wakes the process once for a probe, not a few times a second', async () => {
    const engine = createEngine(() => refused);
    for (let i = 0; i < 50; i++) engine.log(`${i}`);
    await engine.clock.advance(5 * 60_000);
    const untilMs = engine.clock.nowMs() + 10 * 60_000;
    let wakeups = 0;
    while (engine.clock.nextTimerMs <= untilMs) {
      await engine.clock.advance(engine.clock.nextTimerMs - engine.clock.nowMs());
      wakeups++;
    }
    // A probe in 2.5 to 5 seconds, and the timer it sets.
    expect(wakeups).toBeLessThan(400);
  });

  it('for lack of descriptors is no busy loop', async () => {
    const engine = createEngine(() => ({ kind: 'failure', code: 'EMFILE' }));
    for (let i = 0; i < 5000; i++) engine.log(`${i}`);
    await engine.clock.advance(60_000);
    expect(engine.network.requests.length).toBeLessThan(60);
  });

  it('over, everything arrives', async () => {
    let isUp = false;
    const engine = createEngine(() => (isUp ? ok : unavailable));
    for (let i = 0; i < 5000; i++) engine.log(`${i}`);
    await engine.clock.advance(60_000);
    isUp = true;
    await engine.clock.advance(120_000);
    expect(engine.delivery.stats()).toMatchObject({ delivered: 5000, pending: 0 });
  });
});

describe('memory', () => {
  it('of a million records in one tick stays within 8 MiB, and every record is counted', async () => {
    const engine = createEngine(() => ok, { queue: { maxBytes: 8 * 1024 * 1024 } });
    const text = 'x'.repeat(96);
    for (let i = 0; i < 1_000_000; i++) engine.log(text);
    const { pending, accepted } = engine.delivery.stats();
    expect(accepted).toBe(1_000_000);
    expect(pending * 100).toBeLessThanOrEqual(8 * 1024 * 1024 * 0.75);
    expect(isLawful(engine)).toBe(true);
    const closed = engine.delivery.close();
    await engine.clock.advance(5000);
    const report = await closed;
    expect(report.delivered).toBe(pending);
    expect(isLawful(engine)).toBe(true);
    expect(engine.diagnostics.length).toBeLessThan(10);
  });

  it('gives up the oldest of the low lane first, then of the high one', async () => {
    const engine = createEngine(() => ({ kind: 'hang' }), { queue: { maxBytes: 64 * 1024 }, timeoutMs: 0 });
    const texts = (): Set<string> =>
      new Set(
        engine.stdio.lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line).text.slice(0, 4)),
      );
    const fill = (name: string, severity: number, records = 32) => {
      for (let i = 0; i < records; i++) engine.log(name + 'x'.repeat(1020 - name.length), severity);
    };
    engine.log('hang', INFO);
    await engine.clock.advance(300);
    for (const name of ['low0', 'low1']) fill(name, INFO);
    await engine.clock.settle();
    expect(texts()).toEqual(new Set(['low0']));
    fill('hig0', WARN);
    fill('hig1', WARN, 16);
    await engine.clock.settle();
    expect(texts()).toEqual(new Set(['low0', 'low1']));
    fill('hig2', ERROR);
    await engine.clock.settle();
    expect(texts()).toEqual(new Set(['low0', 'low1', 'hig0']));
    expect(isLawful(engine)).toBe(true);
  });

  it('is not freed in vain: where everything sealed is not enough, nothing sealed is given up', async () => {
    const engine = createEngine(() => ({ kind: 'hang' }), { queue: { maxBytes: 64 * 1024 }, timeoutMs: 0 });
    for (let i = 0; i < 60; i++) engine.log('x'.repeat(1020), WARN);
    await engine.clock.advance(300);
    const before = engine.delivery.stats();
    engine.log('x'.repeat(5000), INFO);
    expect(engine.delivery.stats()).toMatchObject({ pending: before.pending, fallback: 1 });
  });

  it('that nothing can free hands the records that come to the fallback, as many as it takes (G10)', async () => {
    const engine = createEngine(() => ({ kind: 'hang' }), { queue: { maxBytes: 64 * 1024 }, timeoutMs: 0 });
    for (let i = 0; i < 60; i++) engine.log('x'.repeat(1020), WARN);
    for (let i = 0; i < 6000; i++) engine.log(`late ${i}`, INFO);
    await engine.clock.settle();
    const lines = engine.stdio.lines.filter((line) => line.includes('late'));
    expect(lines).toEqual(Array.from({ length: 5000 }, (_, i) => `{"text":"late ${i}"}`));
    const { pending, fallback, dropped } = engine.delivery.stats();
    expect([pending, fallback, dropped.byReason.queue_full]).toEqual([60, 5000, 1000]);
    expect(isLawful(engine)).toBe(true);
  });
});

describe('the fallback', () => {
  const closeAgainstNothing = async (mode: Engine['stdio']['mode'], count = 10) => {
    const engine = createEngine(() => refused);
    engine.stdio.mode = mode;
    for (let i = 0; i < count; i++) engine.log(`${i}`);
    const closed = engine.delivery.close({ timeoutMs: 2000 });
    await engine.clock.advance(2000);
    const report = await closed;
    expect(isLawful(engine)).toBe(true);
    return report;
  };

  it('counts lines as failed when the stream fails after it took them', async () => {
    expect(await closeAgainstNothing('failing')).toMatchObject({ fallback: 0, dropped: 10 });
  });

  it('counts lines as failed when the stream is closed', async () => {
    expect(await closeAgainstNothing('closed')).toMatchObject({ fallback: 0, dropped: 10 });
  });

  it('does not wait for a stuck reader longer than the close may take', async () => {
    expect(await closeAgainstNothing('stuck')).toMatchObject({ pending: 0 });
  });

  it('writes at most 5,000 lines in one go and counts the rest', async () => {
    expect(await closeAgainstNothing('reading', 7000)).toMatchObject({ fallback: 5000, dropped: 2000 });
  });

  it('has no more of a batch decoded than it may print', async () => {
    let decoded = 0;
    const lines: typeof textFormat.lines = (runs) => {
      decoded += runs.reduce((sum, { records }) => sum + records, 0);
      return textFormat.lines(runs);
    };
    const engine = createEngine(() => refused, {
      format: { ...textFormat, lines },
      queue: { maxBytes: 64 * 1024 },
      batch: { maxRecords: 2000 },
    });
    for (let i = 0; i < 40_000; i++) engine.log(`${i}`);
    await engine.clock.settle();
    const { fallback, dropped, pending } = engine.delivery.stats();
    expect(fallback).toBe(5000);
    expect(fallback + dropped.byReason.queue_full + pending).toBe(40_000);
    expect(decoded).toBe(5000);
    expect(engine.stdio.lines.filter((line) => line.startsWith('{'))).toHaveLength(5000);
  });

  it('takes what is too old', async () => {
    const engine = createEngine(() => refused, { retry: { maxAgeMs: 10_000 } });
    engine.log('old');
    await engine.clock.advance(9000);
    engine.log('young');
    await engine.clock.advance(2000);
    expect(engine.delivery.stats()).toMatchObject({ fallback: 1, pending: 1 });
    expect(engine.stdio.lines).toContain('{"text":"old"}');
  });

  it('gets a copy of what the server refused for good, which counts as rejected', async () => {
    const engine = createEngine(() => ({ ...ok, status: 400 }));
    engine.log('bad');
    await engine.clock.advance(1000);
    expect(engine.delivery.stats()).toMatchObject({ rejected: 1, fallback: 0 });
    expect(engine.stdio.lines).toContain('{"text":"bad"}');
  });
});

describe('timers', () => {
  it.each([
    ['a linger of 0', { batch: { lingerMs: 0 } }, 50],
    ['the longest linger', { batch: { lingerMs: 2 ** 31 - 1 } }, 2 ** 31 + 1000],
    ['batches that never grow old', { retry: { maxAgeMs: Number.MAX_SAFE_INTEGER } }, 1000],
    ['one record per batch', { batch: { maxRecords: 1 } }, 1000],
  ])('work with %s', async (_what, options, ms) => {
    const engine = createEngine(() => ok, options);
    for (let i = 0; i < 5; i++) engine.log(`${i}`);
    await engine.clock.advance(ms);
    expect(engine.delivery.stats()).toMatchObject({ delivered: 5, pending: 0 });
    // One timer set for something that has been done meanwhile may be left; it finds nothing and sets no other.
    await engine.clock.advance(2 ** 31);
    expect(engine.clock.nextTimerMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('20,000 batches of one record are no trouble', async () => {
    const engine = createEngine(() => ({ ...ok, delayMs: 1 }), { batch: { maxRecords: 1 } });
    for (let i = 0; i < 20_000; i++) engine.log(`${i}`);
    const flushed = engine.delivery.flush({ timeoutMs: 60_000 });
    await engine.clock.advance(60_000);
    expect(await flushed).toMatchObject({ delivered: 20_000 });
  });
});

describe('endpoints', () => {
  it('a backup gets nothing while the first is up, however busy that is', async () => {
    const engine = createEngine(() => ({ ...ok, delayMs: 50 }), {
      endpoints: [{ url: url('backup'), priority: 1 }, { url: url('main') }],
      balance: 'failover',
      batch: { maxRecords: 10 },
    });
    for (let i = 0; i < 2000; i++) engine.log(`${i}`);
    await engine.clock.advance(10_000);
    expect(engine.delivery.stats().endpoints.map(({ attempts }) => attempts)).toEqual([0, 200]);
  });

  it('a backup takes over while the first is out, and the first takes back', async () => {
    let isUp = false;
    const engine = createEngine((request) => (request.url === url('main') && !isUp ? refused : ok), {
      endpoints: [{ url: url('backup'), priority: 1 }, { url: url('main') }],
      balance: 'failover',
    });
    for (let second = 0; second < 60; second++) {
      engine.log(`${second}`);
      if (second === 30) isUp = true;
      await engine.clock.advance(1000);
    }
    const before = engine.delivery.stats().endpoints.map(({ attempts }) => attempts);
    engine.log('last');
    await engine.clock.advance(1000);
    expect(engine.delivery.stats()).toMatchObject({ delivered: 61, pending: 0 });
    expect(engine.delivery.stats().endpoints.map(({ attempts }, i) => attempts - (before[i] ?? 0))).toEqual([0, 1]);
  });

  it('that was out does not make up for the turns it missed', async () => {
    let isUp = true;
    const engine = createEngine((request) => (request.url === url('b') && !isUp ? refused : ok), {
      endpoints: twoEndpoints,
      balance: 'round-robin',
    });
    const run = async (count: number) => {
      for (let i = 0; i < count; i++) {
        engine.log(`${i}`);
        await engine.clock.advance(300);
      }
      return engine.delivery.stats().endpoints.map(({ attempts }) => attempts);
    };
    isUp = false;
    await run(500);
    isUp = true;
    const before = await run(300);
    const after = await run(200);
    const share = (after[1] ?? 0) - (before[1] ?? 0);
    expect(share).toBeGreaterThan(95);
    expect(share).toBeLessThan(105);
  });

  it('retries do not exceed a fifth of the traffic while one is healthy (G8)', async () => {
    const engine = createEngine((_, number) => (number % 3 === 0 ? unavailable : ok), { endpoints: twoEndpoints });
    for (let i = 0; i < 3000; i++) {
      engine.log(`${i}`);
      await engine.clock.advance(210);
    }
    const batches = engine.delivery.stats().delivered;
    expect(engine.network.requests.length).toBeLessThan(1.2 * batches + 700);
    expect(isLawful(engine)).toBe(true);
  });

  it('one of two that fails fast gets few attempts, and nothing is lost', async () => {
    const engine = createEngine((request) => (request.url === url('b') ? refused : ok), { endpoints: twoEndpoints });
    for (let i = 0; i < 1000; i++) {
      engine.log(`${i}`);
      await engine.clock.advance(250);
    }
    await engine.clock.advance(60_000);
    const [a, b] = engine.delivery.stats().endpoints;
    expect(engine.delivery.stats()).toMatchObject({ delivered: 1000, pending: 0 });
    expect((b?.attempts ?? 0) / (a?.attempts ?? 1)).toBeLessThan(0.02);
  });

  it('a slow one of two gets little (F11)', async () => {
    const engine = createEngine((request) => ({ ...ok, delayMs: request.url === url('b') ? 400 : 20 }), {
      endpoints: twoEndpoints,
    });
    for (let i = 0; i < 2000; i++) {
      engine.log(`${i}`);
      await engine.clock.advance(210);
    }
    const [a, b] = engine.delivery.stats().endpoints;
    expect((b?.attempts ?? 0) / ((a?.attempts ?? 0) + (b?.attempts ?? 0))).toBeLessThan(0.05);
  });
});

describe('an application that logs what it is told', () => {
  it('gets no loop and no garbage', async () => {
    const engine = createEngine(() => refused, {
      queue: { maxBytes: 64 * 1024 },
      onDiagnostic: (event) => engine.log(`diagnostic: ${event.message}`, WARN),
    });
    for (let i = 0; i < 500; i++) engine.log('x'.repeat(1020), i % 2 === 0 ? INFO : WARN);
    await engine.clock.advance(60_000);
    expect(engine.delivery.stats().accepted).toBeLessThan(700);
    const closed = engine.delivery.close();
    await engine.clock.advance(5000);
    await closed;
    await engine.clock.advance(60_000);
    expect(engine.delivery.stats().accepted).toBeLessThan(800);
    expect(isLawful(engine)).toBe(true);
    expect(engine.stdio.lines.every((line) => !line.startsWith('{') || JSON.parse(line).text !== '')).toBe(true);
  });
});
