import { describe, expect, it } from 'vitest';
import { createLocalTrace, formatTraceparent, parseTraceparent } from './traceparent.ts';

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

describe('createLocalTrace', () => {
  it('makes ids nobody else has, and no decision about sampling', () => {
    const traces = Array.from({ length: 1000 }, createLocalTrace);
    expect(new Set(traces.map((trace) => trace.traceId)).size).toBe(1000);
    for (const trace of traces.slice(0, 10)) {
      expect(parseTraceparent(formatTraceparent(trace))).toEqual({ ...trace, isLocal: false });
      expect(trace).toMatchObject({ traceFlags: 0, isLocal: true });
    }
  });
});
