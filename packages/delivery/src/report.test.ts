import { describe, expect, it } from 'vitest';
import type { Clock } from './clock.ts';
import { createRateLimit, type DeliveryDiagnostic } from './diagnostics.ts';
import { createReporter, type Reporter } from './report.ts';

const ejected: DeliveryDiagnostic = {
  kind: 'endpointEjected',
  url: 'http://a/',
  reason: 'HTTP 503',
  message: 'a is out',
};
const held: DeliveryDiagnostic = {
  kind: 'endpointHeld',
  url: 'http://a/',
  reason: 'HTTP 401',
  message: 'a answers 401',
};

/** A reporter whose time stands still until `run(ms)`. */
function newReporter(onEvent?: (event: DeliveryDiagnostic, reporter: Reporter) => void, destination?: string) {
  let nowMs = 0;
  let due: { atMs: number; callback: () => void }[] = [];
  const after = (delayMs: number, callback: () => void) => {
    due.push({ atMs: nowMs + delayMs, callback });
    return { cancel: () => undefined };
  };
  const clock: Clock = {
    nowMs: () => nowMs,
    wallMs: () => Date.UTC(2026, 0, 1) + nowMs,
    after,
    holdFor: after,
    soon: (call) => void after(0, call),
  };
  const events: DeliveryDiagnostic[] = [];
  const lines: string[] = [];
  const reporter: Reporter = createReporter({
    onDiagnostic: (event) => {
      events.push(event);
      onEvent?.(event, reporter);
    },
    stdio: { write: (text) => lines.push(text) > 0, writeLinesSync: (list) => lines.push(...list) },
    clock,
    destination,
  });
  const run = (ms: number): void => {
    nowMs += ms;
    const ready = due.filter(({ atMs }) => atMs <= nowMs);
    due = due.filter(({ atMs }) => atMs > nowMs);
    for (const { callback } of ready) callback();
  };
  return { reporter, events, lines, run, timers: () => due.length };
}

describe('the reporter', () => {
  it('tells nothing inside the call that caused it, and everything right after', () => {
    const { reporter, events, lines, run } = newReporter();
    reporter.report(ejected);
    reporter.report(held);
    expect(events).toEqual([]);
    run(0);
    expect(events).toEqual([ejected, held]);
    expect(lines).toEqual(['logflume: a answers 401\n']);
  });

  it('tells a burst of a million drops as one event', () => {
    const { reporter, events, lines, run, timers } = newReporter();
    for (let i = 0; i < 1_000_000; i++) reporter.lost('queue_full', 0, 1);
    expect(timers()).toBe(1);
    run(0);
    expect(events).toMatchObject([{ kind: 'recordsDropped', reason: 'queue_full', records: 1_000_000 }]);
    expect(lines).toEqual([
      'logflume: 1000000 records were dropped (queue_full) at 2026-01-01T00:00:00Z: the memory for waiting records is full; raise queue.maxBytes, add endpoints or log less\n',
    ]);
  });

  it('counts one record in the singular', () => {
    const { reporter, lines, run } = newReporter();
    reporter.lost('closed', 1, 1);
    run(0);
    expect(lines).toEqual([
      expect.stringContaining('logflume: 1 record goes to the fallback (closed) at '),
      expect.stringContaining('logflume: 1 record was dropped (closed) at '),
    ]);
  });

  it('keeps what went to the fallback apart from what was dropped', () => {
    const { reporter, events, run } = newReporter();
    reporter.lost('closed', 3, 2);
    run(0);
    expect(events).toMatchObject([
      { kind: 'fallbackUsed', records: 3 },
      { kind: 'recordsDropped', records: 2 },
    ]);
  });

  it('adds up what an endpoint refused for the same reason', () => {
    const { reporter, events, run } = newReporter();
    const rejected = { kind: 'recordsRejected', url: 'http://a/', message: 'a refused records: HTTP 400' } as const;
    for (const records of [3, 4]) reporter.report({ ...rejected, records });
    run(0);
    expect(events).toEqual([{ ...rejected, records: 7, message: 'a refused records: HTTP 400 (7 records)' }]);
  });

  it('does not go round in circles with a callback that logs and is dropped again', () => {
    const { reporter, events, run } = newReporter((_event, self) => self.lost('closed', 0, 1));
    reporter.lost('closed', 0, 1);
    for (let i = 0; i < 100; i++) run(10);
    expect(events.length).toBeLessThanOrEqual(2);
  });

  it('survives a callback that throws', () => {
    const { reporter, lines, run } = newReporter(() => {
      throw new Error('mine');
    });
    reporter.report(held);
    run(0);
    expect(lines).toEqual(['logflume: a answers 401\n']);
  });

  it('says the same thing about the same endpoint once per thirty seconds, and how often it did not', () => {
    const { reporter, events, lines, run } = newReporter();
    for (let second = 0; second < 31; second++) {
      reporter.report(held);
      run(1000);
    }
    expect(events.length).toBe(31);
    expect(lines).toEqual([
      'logflume: a answers 401\n',
      'logflume: a answers 401 (29 more like this were not printed)\n',
    ]);
  });

  it('says how many were lost, when, why and what to do: at once, then the sum once per thirty seconds', () => {
    const { reporter, events, lines, run } = newReporter();
    for (let second = 0; second < 40; second++) {
      reporter.lost('expired', 0, 10);
      run(1000);
    }
    expect(events.length).toBe(40);
    expect(lines).toEqual([
      'logflume: 10 records were dropped (expired) at 2026-01-01T00:00:00Z: no endpoint took them within retry.maxAgeMs; look at the endpoints\n',
      expect.stringMatching(
        /^logflume: 300 records were dropped \(expired\) from 2026-01-01T00:00:01Z to 2026-01-01T00:00:30Z: /,
      ),
    ]);
    run(30_000);
    expect(lines[2]).toMatch(/^logflume: 90 records were dropped \(expired\) from 2026-01-01T00:00:31Z to /);
    run(300_000);
    expect(lines.length).toBe(3);
  });

  it('leaves no loss out of the lines when it is over, nor at the end', () => {
    const { reporter, lines, run } = newReporter();
    reporter.lost('queue_full', 0, 1);
    run(0);
    reporter.lost('queue_full', 0, 2);
    run(1000);
    expect(lines.length).toBe(1);
    run(29_000);
    expect(lines[1]).toContain('2 records were dropped');
    reporter.lost('queue_full', 0, 3);
    run(1000);
    reporter.tell();
    expect(lines[2]).toContain('3 records were dropped');
  });

  it('keeps two endpoints with the same trouble apart', () => {
    const { reporter, lines, run } = newReporter();
    reporter.report(held);
    reporter.report({ ...held, url: 'http://b/', message: 'b answers 401' });
    run(0);
    expect(lines.length).toBe(2);
  });

  it('says what waits before the process ends', () => {
    const { reporter, events, lines } = newReporter();
    reporter.lost('closed', 0, 7);
    reporter.tellSync(100);
    expect(events.length).toBe(1);
    expect(lines).toEqual([expect.stringContaining('logflume: 7 records were dropped (closed) at ')]);
  });

  it('says when nothing of a loss waits to be told any more', () => {
    const { reporter, lines, run } = newReporter();
    const told: number[] = [];
    const whenTold = () => told.push(lines.length);
    reporter.whenTold(whenTold);
    expect(told).toEqual([0]);
    reporter.lost('closed', 0, 7);
    reporter.whenTold(whenTold);
    run(0);
    expect(told).toEqual([0, 1]);
    // The line of the second one is due half a minute later.
    reporter.lost('closed', 0, 7);
    reporter.whenTold(whenTold);
    run(1000);
    expect(told).toEqual([0, 1]);
    run(30_000);
    expect(told).toEqual([0, 1, 2]);
    reporter.lost('closed', 0, 7);
    reporter.whenTold(whenTold);
    reporter.tellSync(100);
    expect(told).toEqual([0, 1, 2, 3]);
  });

  it('names the destination it speaks of, where there are several', () => {
    const { reporter, events, lines, run } = newReporter(undefined, 'audit');
    reporter.report(held);
    run(0);
    expect(events).toEqual([{ ...held, destination: 'audit' }]);
    expect(lines).toEqual(['logflume: audit: a answers 401\n']);
  });

  it('holds a bounded number of things to say', () => {
    const { reporter, events, run } = newReporter();
    for (let i = 0; i < 5000; i++) reporter.report({ ...ejected, message: `${i}` });
    run(0);
    expect(events.length).toBe(100);
  });
});

describe('the rate limit', () => {
  it.each([
    [29_999, undefined],
    [30_000, 2],
  ])('after %i ms answers %s', (ms, expected) => {
    const limit = createRateLimit();
    expect(limit.admit('a', 0)).toBe(0);
    limit.admit('a', 1);
    if (expected !== undefined) limit.admit('a', 2);
    expect(limit.admit('b', 3)).toBe(0);
    expect(limit.admit('a', ms)).toBe(expected);
  });
});
