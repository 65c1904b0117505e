import { describe, expect, it } from 'vitest';
import { formatTraceparent, LocalTrace, parseTraceparent } from './traceparent.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

describe('parseTraceparent', () => {
  it('reads ids and flags, and writes them as they came', () => {
    const header = `00-${traceId}-${spanId}-01`;
    const trace = parseTraceparent(header);
    expect(trace).toEqual({ traceId, spanId, traceFlags: 1, isLocal: false });
    expect(trace === undefined ? '' : formatTraceparent(trace)).toBe(header);
  });

  it('reads the four fields of later versions', () => {
    expect(parseTraceparent(`cc-${traceId}-${spanId}-03-what.comes`)?.traceFlags).toBe(3);
  });

  it.each([
    [undefined],
    [[`00-${traceId}-${spanId}-01`]],
    [''],
    [`ff-${traceId}-${spanId}-01`],
    [`00-${traceId}-${spanId}-01-more`],
    [`00-${traceId}-${spanId}-1`],
    [`00-${traceId.toUpperCase()}-${spanId}-01`],
    [`00-${'0'.repeat(32)}-${spanId}-01`],
    [`00-${traceId}-${'0'.repeat(16)}-01`],
    [`00-${traceId}-${spanId}-zz`],
    [`cc-${traceId}-${spanId}-01${'-x'.repeat(300)}`],
    [`cc-${traceId}-${spanId}-01x`],
  ])('takes %s for none', (header) => {
    expect(parseTraceparent(header)).toBeUndefined();
  });
});

describe('LocalTrace', () => {
  it('makes ids nobody else has, and no decision about sampling', () => {
    const traces = Array.from({ length: 1000 }, () => new LocalTrace());
    expect(new Set(traces.map((trace) => trace.traceId)).size).toBe(1000);
    expect(new Set(traces.map((trace) => trace.spanId)).size).toBe(1000);
    for (const trace of traces.slice(0, 10)) {
      const { traceId, spanId } = trace;
      expect(parseTraceparent(formatTraceparent(trace))).toEqual({ traceId, spanId, traceFlags: 0, isLocal: false });
      expect(trace).toMatchObject({ traceId: trace.traceId, spanId: trace.spanId, isLocal: true });
    }
  });

  it('is used as soon as somebody has read its id', () => {
    const trace = new LocalTrace();
    expect(trace.isUsed).toBe(false);
    expect(trace.traceId).toMatch(/^[\da-f]{32}$/);
    expect(trace.isUsed).toBe(true);
  });
});
