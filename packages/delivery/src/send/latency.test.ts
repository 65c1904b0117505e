import { describe, expect, it } from 'vitest';
import { addLatency, latencyAt, noLatency } from './latency.ts';

describe('the peak-sensitive average', () => {
  it.each([
    ['takes the first sample as it is', noLatency, 20, 0, 20],
    ['takes a worse sample at once', { costMs: 20, atMs: 0 }, 400, 1, 400],
    ['barely moves for a better sample right after', { costMs: 400, atMs: 0 }, 20, 1, 399.96],
    ['loses all but 1/e of an old peak in ten seconds', { costMs: 400, atMs: 0 }, 0, 10_000, 147.15],
    ['is not confused by a clock that stands still', { costMs: 400, atMs: 50 }, 20, 50, 400],
    ['is not confused by a clock that runs backwards', { costMs: 400, atMs: 50 }, 20, 0, 400],
  ])('%s', (_title, latency, sampleMs, nowMs, expected) => {
    expect(addLatency(latency, sampleMs, nowMs).costMs).toBeCloseTo(expected, 1);
  });

  it('decays while nothing is sent, so that a slow endpoint is tried again', () => {
    const latency = addLatency(noLatency, 5000, 0);
    expect(latencyAt(latency, 0)).toBe(5000);
    expect(latencyAt(latency, 10_000)).toBeCloseTo(1839.4, 1);
    expect(latencyAt(latency, 120_000)).toBeLessThan(0.1);
  });
});
