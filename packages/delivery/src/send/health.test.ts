import { describe, expect, it } from 'vitest';
import type { EndpointSample } from '../outcome.ts';
import { afterAttempt, afterNothingSent, type Health, initialHealth, probeDueMs, startProbe } from './health.ts';

const success: EndpointSample = { kind: 'success' };
const failure: EndpointSample = { kind: 'failure' };
const hold: EndpointSample = { kind: 'hold' };
const none: EndpointSample = { kind: 'none' };
const retryAfter = (ms: number): EndpointSample => ({ kind: 'backpressure', retryAfterMs: ms });
const busy: EndpointSample = { kind: 'backpressure', retryAfterMs: undefined };

const half = () => 0.5;

function after(health: Health, samples: readonly EndpointSample[], nowMs = 10_000, random = half): Health {
  return samples.reduce((state, sample) => afterAttempt(state, sample, nowMs, random), health);
}

const open: Health = after(initialHealth, [failure, failure, failure]);
const halfOpen = startProbe(open);
const paused = after(initialHealth, [retryAfter(15_000)]);

describe('an endpoint to which nothing could be sent', () => {
  it.each([
    ['closed', initialHealth, { state: 'open', untilMs: 11_000, offlineUntilMs: 11_000, ejections: 0 }],
    ['half-open', halfOpen, { state: 'open', untilMs: 11_000, offlineUntilMs: 11_000, ejections: 1 }],
    ['open', open, open],
    ['paused', paused, paused],
  ])('is asked again in a second if it was to take a batch: %s', (_state, before, expected) => {
    expect(afterNothingSent(before, 10_000)).toMatchObject(expected);
  });
});

describe('a closed endpoint', () => {
  it.each([
    ['stays closed after a success', [success], 'closed', 0],
    ['stays closed after one failure', [failure], 'closed', 1],
    ['stays closed after two failures', [failure, failure], 'closed', 2],
    ['is ejected after the third in a row', [failure, failure, failure], 'open', 3],
    ['counts a 503 without Retry-After as a failure', [busy, busy, busy], 'open', 3],
    ['forgets failures with a success', [failure, failure, success, failure], 'closed', 1],
    ['is not changed by what says nothing', [failure, none, none, none, none], 'closed', 1],
    ['is held at once', [hold], 'open', 0],
    ['is paused at once', [retryAfter(1000)], 'paused', 1],
  ])('%s', (_title, samples, state, consecutiveFailures) => {
    expect(after(initialHealth, samples)).toMatchObject({ state, consecutiveFailures });
  });

  it.each([
    ['four requests', [success, failure, success, failure], 'closed'],
    ['four of five', [success, success, success, success, failure], 'closed'],
    ['three of five', [success, failure, success, success, failure], 'open'],
  ])('is ejected below 80 % of at least five requests in thirty seconds: %s', (_what, samples, state) => {
    expect(after(initialHealth, samples).state).toBe(state);
  });

  it('forgets what is older than thirty seconds', () => {
    let health = after(initialHealth, [failure, success, failure, success], 1000);
    health = after(health, [success], 32_000);
    expect(after(health, [failure], 32_000).state).toBe('closed');
  });

  it('remembers what is younger than thirty seconds', () => {
    let health = after(initialHealth, [failure, success, failure, success], 1000);
    health = after(health, [success], 29_000);
    expect(after(health, [failure], 29_000).state).toBe('open');
  });

  it('keeps no more than thirty seconds of history', () => {
    let health = initialHealth;
    for (let second = 0; second < 1000; second++) health = after(health, [success], second * 1000);
    expect(health.recent.length).toBe(30);
  });
});

describe('ejection', () => {
  it.each([
    [0, 0, 500],
    [0, 0.999, 999.5],
    [1, 0.5, 1500],
    [5, 0.5, 24_000],
    [6, 0.5, 45_000],
    [7, 0.999, 59_970],
    [60, 0.999, 59_970],
  ])('after %i ejections with a draw of %f lasts %f ms', (ejections, draw, expected) => {
    const health = after({ ...initialHealth, ejections }, [failure, failure, failure], 10_000, () => draw);
    expect(health.untilMs - 10_000).toBeCloseTo(expected, 0);
    expect(health.ejections).toBe(ejections + 1);
  });

  it('ends when its time has come, and not before', () => {
    expect(probeDueMs(open, false)).toBe(open.untilMs);
  });

  it('ends within five seconds while no other endpoint takes traffic, however often it came before', () => {
    const health = after({ ...initialHealth, ejections: 6 }, [failure, failure, failure], 10_000, () => 0.999);
    expect(probeDueMs(health, false)).toBeCloseTo(69_970, 0);
    expect(probeDueMs(health, true)).toBeCloseTo(14_997.5, 0);
  });

  it('is a full minute for an endpoint that needs a change of settings, even when no other takes traffic', () => {
    expect(probeDueMs(after(initialHealth, [hold]), true)).toBe(70_000);
  });

  it('is not ended, shortened or prolonged by what was sent before it', () => {
    expect(after(open, [success])).toMatchObject({ state: 'open', untilMs: open.untilMs });
    expect(after(open, [failure, failure])).toMatchObject({ state: 'open', untilMs: open.untilMs, ejections: 1 });
  });

  it('becomes a hold when what was sent before it says so', () => {
    expect(after(open, [hold])).toMatchObject({ state: 'open', untilMs: 70_000 });
  });

  it('becomes a pause when what was sent before it asks for one, never shorter than the ejection', () => {
    expect(after(open, [retryAfter(15_000)])).toMatchObject({ state: 'paused', untilMs: 25_750 });
    expect(after(open, [retryAfter(0)])).toMatchObject({ state: 'paused', untilMs: open.untilMs });
  });
});

describe('a probe', () => {
  it('takes one batch at a time', () => {
    expect(halfOpen.state).toBe('half-open');
    expect(probeDueMs(halfOpen, true)).toBe(Number.POSITIVE_INFINITY);
  });

  it('closes the breaker when it succeeds and starts a new history', () => {
    const health = after(halfOpen, [success], 20_000);
    expect(health).toMatchObject({ state: 'closed', untilMs: 0, consecutiveFailures: 0, ejections: 1 });
    expect(after(health, [failure, failure], 20_000).state).toBe('closed');
  });

  it('opens it for longer when it fails', () => {
    const health = after(halfOpen, [failure], 20_000);
    expect(health).toMatchObject({ state: 'open', ejections: 2, untilMs: 21_500 });
  });

  it('opens it for a minute when the endpoint needs a change of settings', () => {
    expect(after(halfOpen, [hold], 20_000)).toMatchObject({ state: 'open', untilMs: 80_000, ejections: 1 });
  });

  it('pauses when asked to', () => {
    expect(after(halfOpen, [retryAfter(10_000)], 20_000)).toMatchObject({ state: 'paused', untilMs: 30_500 });
  });

  it('that says nothing is repeated after a second: a shortage of ours must not become a busy loop', () => {
    expect(after(halfOpen, [none], 20_000)).toMatchObject({ state: 'open', untilMs: 21_000, ejections: 1 });
  });
});

describe('a pause', () => {
  it.each([
    [0, 15_000],
    [0.5, 15_750],
    [0.999, 16_498.5],
  ])('adds up to a tenth to the Retry-After (draw %f)', (draw, expected) => {
    const health = after(initialHealth, [retryAfter(15_000)], 10_000, () => draw);
    expect(health.untilMs - 10_000).toBeCloseTo(expected, 0);
  });

  it('is probed when its time has come', () => {
    expect(probeDueMs(paused, false)).toBe(paused.untilMs);
    expect(probeDueMs(paused, true)).toBe(paused.untilMs);
  });

  it.each([
    ['a success', success],
    ['a failure', failure],
    ['a hold, which is shorter', hold],
    ['a shorter Retry-After', retryAfter(1000)],
    ['nothing', none],
  ])('is not undercut by %s of a request sent before it', (_what, sample) => {
    const long = after(initialHealth, [retryAfter(300_000)]);
    const next = after(long, [sample]);
    expect(next.state).toBe('paused');
    expect(next.untilMs).toBe(long.untilMs);
  });

  it('grows with a longer Retry-After', () => {
    expect(after(paused, [retryAfter(100_000)]).untilMs).toBe(115_000);
  });
});

describe('flapping', () => {
  it('shortens the ejection time by one step per ten healthy seconds, not at once', () => {
    let health: Health = { ...halfOpen, ejections: 5 };
    health = after(health, [success], 20_000);
    expect(health.ejections).toBe(5);
    expect(after(health, [success], 29_999).ejections).toBe(5);
    expect(after(health, [success], 30_000).ejections).toBe(4);
    expect(after(health, [success], 55_000).ejections).toBe(2);
    expect(after(health, [success], 500_000).ejections).toBe(0);
  });

  it('loses no part of a step between two successes', () => {
    let health = after({ ...halfOpen, ejections: 5 }, [success], 20_000);
    for (let ms = 24_000; ms <= 60_000; ms += 4000) health = after(health, [success], ms);
    expect(health.ejections).toBe(1);
  });
});

describe('an endpoint that is gone', () => {
  it('is not brought back by what was sent before', () => {
    const gone: Health = { ...initialHealth, state: 'gone' };
    for (const sample of [success, failure, hold, busy, retryAfter(1000), none]) {
      expect(after(gone, [sample]).state).toBe('gone');
    }
  });
});
