import { describe, expect, it } from 'vitest';
import { createManualClock, createScriptedTransport } from '../../src/index.ts';
import { createEngine, INFO, isLawful, ok, refused, unavailable, url, WARN } from './engine.ts';

describe('flush', () => {
  it('delivers 20,000 records of one tick', async () => {
    const engine = createEngine(() => ok);
    for (let i = 0; i < 20_000; i++) engine.log(`${i}`);
    const report = engine.delivery.flush();
    await engine.clock.advance(1000);
    expect(await report).toMatchObject({ accepted: 20_000, delivered: 20_000, pending: 0 });
    expect(engine.sent().length).toBe(20_000);
  });

  it('a second one waits for the records of the first', async () => {
    const engine = createEngine(() => ({ ...ok, delayMs: 500 }));
    engine.log('a');
    const first = engine.delivery.flush();
    const second = engine.delivery.flush();
    await engine.clock.advance(499);
    expect(engine.delivery.stats().pending).toBe(1);
    await engine.clock.advance(1);
    expect([(await first).delivered, (await second).delivered]).toEqual([1, 1]);
  });

  it('does not wait for what is logged after it', async () => {
    const engine = createEngine((_, number) => ({ ...ok, delayMs: number === 0 ? 10 : 60_000 }), { timeoutMs: 0 });
    engine.log('a');
    const report = engine.delivery.flush();
    await engine.clock.advance(1);
    for (let i = 0; i < 1000; i++) engine.log('b');
    await engine.clock.advance(10);
    expect(await report).toMatchObject({ delivered: 1, pending: 1000 });
  });

  it('waits for both halves of a batch that was split meanwhile', async () => {
    const engine = createEngine((request) => ({ ...ok, status: request.body.length > 10 ? 413 : 200 }));
    for (const text of ['a', 'b', 'c', 'd']) engine.log(text);
    const report = engine.delivery.flush();
    await engine.clock.advance(1000);
    expect(await report).toMatchObject({ delivered: 4, pending: 0 });
  });

  it('waits for what a transport holds itself, up to the deadline, and so does close', async () => {
    const held: string[] = [];
    const hold = (what: string) => () => new Promise<void>(() => held.push(what));
    const clock = createManualClock();
    const network = createScriptedTransport(() => ok, { clock });
    const transport = { ...network, flush: hold('flush'), close: hold('close') };
    const { delivery } = createEngine(() => ok, { clock, transport });
    delivery.enqueue({ text: 'a' }, INFO, 0);
    let isSettled = false;
    const flushed = delivery.flush({ timeoutMs: 100 }).finally(() => {
      isSettled = true;
    });
    await clock.advance(99);
    expect([held, isSettled]).toEqual([['flush'], false]);
    await clock.advance(1);
    expect(await flushed).toMatchObject({ delivered: 1 });
    const closed = delivery.close({ timeoutMs: 100 }).finally(() => {
      isSettled = true;
    });
    isSettled = false;
    await clock.advance(99);
    expect([held, isSettled]).toEqual([['flush', 'flush', 'close'], false]);
    await clock.advance(1);
    await closed;
  });

  it.each([
    [0, 1],
    [-5, 1],
    [100, 100],
    [Number.NaN, 5000],
    [Number.POSITIVE_INFINITY, 2 ** 31 - 1],
    [Number.MAX_SAFE_INTEGER, 2 ** 31 - 1],
  ])('with timeoutMs %f settles after %i ms against an endpoint that hangs', async (timeoutMs, expectedMs) => {
    const engine = createEngine(() => ({ kind: 'hang' }), { timeoutMs: 0, retry: { maxAgeMs: 2 ** 40 } });
    engine.log('a');
    let settled = false;
    const report = engine.delivery.flush({ timeoutMs }).then((result) => {
      settled = true;
      return result;
    });
    await engine.clock.advance(expectedMs - 1);
    expect(settled).toBe(timeoutMs <= 0);
    await engine.clock.advance(1);
    expect(settled).toBe(true);
    expect(await report).toMatchObject({ pending: 1 });
    expect(isLawful(engine)).toBe(true);
  });

  it('with a timeout of NaN leaves no batch waiting for ever', async () => {
    const engine = createEngine((_, number) => (number < 2 ? unavailable : ok));
    engine.log('a');
    const report = engine.delivery.flush({ timeoutMs: Number.NaN });
    await engine.clock.advance(120_000);
    expect(await report).toMatchObject({ delivered: 1 });
  });

  it('resolves at once with nothing pending, and keeps nothing alive', async () => {
    const engine = createEngine(() => ok);
    expect(await engine.delivery.flush()).toMatchObject({ accepted: 0, pending: 0 });
    expect(engine.clock.pendingTimers).toBe(0);
  });

  it('ends early when nothing can be sent before its deadline', async () => {
    const engine = createEngine(() => ({ ...unavailable, retryAfter: '120' }));
    engine.log('a');
    const report = engine.delivery.flush({ timeoutMs: 60_000 });
    await engine.clock.advance(20);
    expect(await report).toMatchObject({ delivered: 0, pending: 1 });
    expect(engine.clock.holdingTimers).toBe(0);
  });

  it('goes on for one with a longer deadline when another one is hopeless', async () => {
    const engine = createEngine((_, number) => (number === 0 ? { ...unavailable, retryAfter: '20' } : ok));
    engine.log('a');
    const short = engine.delivery.flush({ timeoutMs: 10_000 });
    const long = engine.delivery.flush({ timeoutMs: 60_000 });
    await engine.clock.advance(20);
    expect(await short).toMatchObject({ pending: 1 });
    expect(engine.clock.holdingTimers).toBe(1);
    await engine.clock.advance(30_000);
    expect(await long).toMatchObject({ delivered: 1 });
  });

  it('does not retry in a storm for a long one after a short one has ended', async () => {
    const down = new Set([url('a')]);
    const engine = createEngine((request) => (down.has(request.url) ? { ...refused, code: 'EMFILE' } : ok), {
      retry: { baseDelayMs: 5000 },
    });
    engine.log('a');
    const short = engine.delivery.flush({ timeoutMs: 10 });
    const long = engine.delivery.flush({ timeoutMs: 60_000 });
    await engine.clock.advance(60_000);
    await Promise.all([short, long]);
    expect(engine.network.requests.length).toBeLessThan(50);
  });

  it('never rejects and tells of no bug while endpoints fail in every way', async () => {
    const answers = [
      refused,
      unavailable,
      { kind: 'hang' },
      { ...ok, complete: false },
      { ...ok, status: 302 },
    ] as const;
    const engine = createEngine((_, number) => answers[number % answers.length] ?? ok);
    for (let i = 0; i < 20; i++) engine.log(`${i}`);
    const report = engine.delivery.flush({ timeoutMs: 30_000 });
    await engine.clock.advance(30_000);
    await report;
    expect(engine.diagnostics.filter(({ kind }) => kind === 'internalError')).toEqual([]);
    expect(isLawful(engine)).toBe(true);
  });
});

describe('close', () => {
  it('delivers what is pending and leaves no timer, no request and an open transport behind', async () => {
    const engine = createEngine(() => ok);
    for (let i = 0; i < 10; i++) engine.log(`${i}`, i % 2 === 0 ? INFO : WARN);
    const report = engine.delivery.close();
    await engine.clock.advance(1000);
    expect(await report).toMatchObject({ delivered: 10, pending: 0 });
    expect([engine.clock.pendingTimers, engine.network.inFlight, engine.network.isClosed]).toEqual([0, 0, true]);
  });

  it.each(['hang', 'refused', 'paused'] as const)('with an endpoint that is %s leaves no timer either', async (how) => {
    const answers = { hang: { kind: 'hang' }, refused, paused: { ...unavailable, retryAfter: '300' } } as const;
    const engine = createEngine(() => answers[how]);
    for (let i = 0; i < 10; i++) engine.log(`${i}`);
    await engine.clock.advance(3000);
    const report = engine.delivery.close({ timeoutMs: 2000 });
    await engine.clock.advance(2000);
    expect(await report).toMatchObject({ fallback: 10, pending: 0 });
    expect(engine.stdio.lines.filter((line) => line.startsWith('{')).length).toBe(10);
    await engine.clock.settle();
    expect([engine.clock.pendingTimers, engine.network.inFlight]).toEqual([0, 0]);
  });

  it('answers every call with the promise of the first', () => {
    const engine = createEngine(() => ok);
    expect(engine.delivery.close()).toBe(engine.delivery.close({ timeoutMs: 1 }));
  });

  it('during a flush loses nothing, and both settle', async () => {
    const engine = createEngine(() => ({ ...ok, delayMs: 300 }));
    for (let i = 0; i < 2500; i++) engine.log(`${i}`);
    const flushed = engine.delivery.flush();
    await engine.clock.advance(100);
    const closed = engine.delivery.close();
    await engine.clock.advance(4000);
    expect(await flushed).toMatchObject({ delivered: 2500 });
    expect(await closed).toMatchObject({ delivered: 2500 });
  });

  it('lets a flush that was asked for during it settle', async () => {
    const engine = createEngine(() => ({ kind: 'hang' }));
    engine.log('a');
    const closed = engine.delivery.close({ timeoutMs: 1000 });
    const flushed = engine.delivery.flush({ timeoutMs: 60_000 });
    await engine.clock.advance(1000);
    expect(await closed).toMatchObject({ fallback: 1 });
    expect(await flushed).toMatchObject({ pending: 0 });
    expect(await engine.delivery.flush()).toMatchObject({ pending: 0 });
  });

  it('counts what is logged after it as closed', async () => {
    const engine = createEngine(() => ok);
    await engine.delivery.close();
    engine.log('late');
    expect(engine.delivery.stats()).toMatchObject({ accepted: 1, dropped: { byReason: { closed: 1 } } });
    expect(engine.network.requests.length).toBe(0);
  });

  it('asks ejected endpoints once more, and what comes back delivers', async () => {
    let isUp = false;
    const engine = createEngine(() => (isUp ? ok : { kind: 'reply', status: 401 }));
    for (let i = 0; i < 5; i++) engine.log(`${i}`);
    await engine.clock.advance(5000);
    expect(engine.delivery.stats().endpoints[0]?.state).toBe('open');
    isUp = true;
    const report = engine.delivery.close({ timeoutMs: 3000 });
    await engine.clock.advance(1000);
    expect(await report).toMatchObject({ delivered: 5 });
  });

  it('never asks before the time a Retry-After named', async () => {
    const engine = createEngine(() => ({ ...unavailable, retryAfter: '60' }));
    engine.log('a');
    await engine.clock.advance(1000);
    const report = engine.delivery.close({ timeoutMs: 10_000 });
    await engine.clock.advance(100);
    expect(await report).toMatchObject({ fallback: 1, pending: 0 });
    expect(engine.network.requests.length).toBe(1);
  });

  it('gives WARN and above to the fallback first', async () => {
    const engine = createEngine(() => refused);
    for (let i = 0; i < 6; i++) engine.log(`${i}`, i % 2 === 0 ? INFO : WARN);
    const report = engine.delivery.close({ timeoutMs: 1000 });
    await engine.clock.advance(1000);
    await report;
    const texts = engine.stdio.lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line).text);
    expect(texts).toEqual(['1', '3', '5', '0', '2', '4']);
  });

  it('disposes as it closes', async () => {
    const engine = createEngine(() => ok);
    engine.log('a');
    const disposed = engine.delivery[Symbol.asyncDispose]();
    await engine.clock.advance(100);
    await disposed;
    expect(engine.delivery.stats().delivered).toBe(1);
  });
});
