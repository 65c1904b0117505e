import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryData, arbitraryHostile, arbitraryWellFormedKey } from '../test/arbitrary-values.ts';
import { decodeMessageWithProtobufjs } from '../test/conformance/otlp-descriptor.ts';
import { inKeyOrder, normalise } from '../test/normalise.ts';
import { decoded, encodeValue } from '../test/values.ts';
import { encodeAnyValue } from './encode-any-value.ts';
import { defaultEncodeLimits } from './limits.ts';

describe('encodeAnyValue', () => {
  it('writes any data as the data model says', () => {
    fc.assert(
      fc.property(arbitraryData(), (value) => {
        expect(inKeyOrder(decoded(value))).toStrictEqual(inKeyOrder(normalise(value)));
      }),
      { numRuns: 500 },
    );
  });

  it('writes something for any value whatsoever, and two decoders can read it', () => {
    fc.assert(
      fc.property(arbitraryHostile, ({ value }) => {
        const bytes = encodeValue(value);
        decoded(value);
        decodeMessageWithProtobufjs('AnyValue', bytes);
      }),
      { numRuns: 500 },
    );
  });

  it('fits any data into exactly the bytes it needs', () => {
    fc.assert(
      fc.property(arbitraryData(arbitraryWellFormedKey), fc.nat(40), (value, missing) => {
        const whole = encodeValue(value);
        const exact = Buffer.alloc(whole.length);
        expect(encodeAnyValue(exact, 0, value, defaultEncodeLimits)).toBe(whole.length);
        expect(exact.equals(whole)).toBe(true);
        fc.pre(missing > 0 && missing <= whole.length);
        const short = Buffer.alloc(whole.length - missing);
        expect(encodeAnyValue(short, 0, value, defaultEncodeLimits)).toBeGreaterThan(short.length);
      }),
      { numRuns: 500 },
    );
  });

  it('stays within any limits', () => {
    const limits = fc.record({
      maxValueLength: fc.nat(200),
      maxDepth: fc.nat(4),
      maxItems: fc.nat(4),
      maxAttributes: fc.constant(128),
      maxBodyLength: fc.constant(0),
      scrub: fc.constant(undefined),
    });
    fc.assert(
      fc.property(arbitraryData(arbitraryWellFormedKey), limits, (value, chosen) => {
        const whole = encodeValue(value, chosen);
        decodeMessageWithProtobufjs('AnyValue', whole);
        const exact = Buffer.alloc(whole.length);
        expect(encodeAnyValue(exact, 0, value, chosen)).toBe(whole.length);
        expect(exact.equals(whole)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
