import { describe, expect, it } from 'vitest';
import { traceOfFields } from './trace-of-fields.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

describe('traceOfFields', () => {
  it.each([
    ['01', 1],
    ['ff', 255],
    [1, 1],
    ['zz', 0],
    [256, 0],
    [undefined, 0],
  ])('reads the flags %j as %i', (trace_flags, traceFlags) => {
    expect(traceOfFields({ trace_id: traceId, span_id: spanId, trace_flags })).toStrictEqual({
      traceId,
      spanId,
      traceFlags,
    });
  });

  it('writes ids in lower case', () => {
    expect(traceOfFields({ trace_id: traceId.toUpperCase() })).toMatchObject({ traceId });
  });

  it('needs a trace id, and leaves out a span id that is none', () => {
    expect(traceOfFields({ trace_id: '0'.repeat(32), span_id: spanId })).toBeUndefined();
    expect(traceOfFields({ trace_id: 1, span_id: spanId })).toBeUndefined();
    expect(traceOfFields({ trace_id: traceId, span_id: 'short' })).toMatchObject({ spanId: '' });
  });
});
