import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkoutHeaders, encodeRun, fullRecord } from '../test/encoded-runs.ts';
import { createOtlpJsonFormat } from './otlp-json.ts';
import { createOtlpProtobufFormat } from './otlp-protobuf.ts';
import { toFallbackLines } from './record-lines.ts';

const named = (body: string) => ({ ...fullRecord, body });
const parse = (line: string): Record<string, unknown> => JSON.parse(line);

describe('the fallback lines of both OTLP formats', () => {
  const runs = [encodeRun(2, [named('a'), named('b')]), encodeRun(1, [named('c')])];

  it('are one per record, in order, with service and logger', () => {
    const lines = createOtlpProtobufFormat(checkoutHeaders).lines(runs);
    expect(lines.map(parse)).toMatchObject([
      { message: 'a', logger: 'scope-2', 'service.name': 'checkout', 'sdk.fallback': true },
      { message: 'b', logger: 'scope-2' },
      { message: 'c', logger: 'scope-1' },
    ]);
    expect(createOtlpJsonFormat(checkoutHeaders).lines(runs)).toStrictEqual(lines);
  });

  it('show what is no record as base64, and go on behind it', () => {
    const [damaged, whole] = [encodeRun(0, [named('a')]), encodeRun(0, [named('b')])];
    damaged.bytes[3] = 0x07; // wire type 7, which does not exist, behind tag and two bytes of length
    const lines = toFallbackLines([{ ...whole, bytes: Buffer.concat([damaged.bytes, whole.bytes]) }], checkoutHeaders);
    expect(lines.map(parse)).toMatchObject([
      { level: 'error', message: 'a log record could not be decoded', 'sdk.fallback': true },
      { message: 'b' },
    ]);
  });

  it('show a run cut short as base64, in one line behind its whole records', () => {
    const [whole, short] = [encodeRun(0, [named('a')]), Buffer.from(encodeRun(0, [named('b')]).bytes.subarray(0, -1))];
    const lines = toFallbackLines([{ ...whole, bytes: Buffer.concat([whole.bytes, short]) }], checkoutHeaders);
    expect(lines.map(parse)).toMatchObject([{ message: 'a' }, { bytes: short.toString('base64') }]);
  });

  it('come without service and logger rather than not at all', () => {
    const broken = Uint8Array.of(0xff);
    const lines = toFallbackLines(runs.slice(0, 1), { resource: broken, scopeOf: () => broken });
    expect(lines.map(parse)).toMatchObject([{ message: 'a' }, { message: 'b' }]);
    expect(lines.join()).not.toContain('logger');
  });

  it('come for any bytes whatsoever', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), fc.boolean(), (noise, asRecord) => {
        const bytes = asRecord ? Buffer.concat([Uint8Array.of(0x12, noise.length % 128), noise]) : noise;
        const lines = toFallbackLines([{ group: 0, bytes, records: 1 }], checkoutHeaders);
        expect(lines.length).toBeGreaterThan(0);
        for (const line of lines) expect(parse(line)).toMatchObject({ 'sdk.fallback': true });
      }),
    );
  });
});
