import { encodeResource, encodeScope } from '@logflume/otlp';
import { describe, expect, it } from 'vitest';
import { encodeRun, fullRecord } from '../test/encoded-runs.ts';
import { createOtlpJsonFormat } from './otlp-json.ts';
import { createOtlpProtobufFormat } from './otlp-protobuf.ts';

const formats: Record<string, typeof createOtlpJsonFormat> = {
  protobuf: createOtlpProtobufFormat,
  json: createOtlpJsonFormat,
};

const runOf = (group: number, messages: readonly string[]) =>
  encodeRun(
    group,
    messages.map((body) => ({ ...fullRecord, body })),
  );

const pairs = Object.keys(formats).flatMap((made) => Object.keys(formats).map((read) => [made, read] as const));

describe.each(pairs)('a body of OTLP %s, read by a process that speaks %s,', (made, read) => {
  const scopeOf = (group: number) => encodeScope(`scope ${group}`, '');
  const earlier = (formats[made] ?? createOtlpJsonFormat)({
    resource: encodeResource({ 'service.name': 'earlier' }),
    scopeOf,
  });
  const now = (formats[read] ?? createOtlpJsonFormat)({
    resource: encodeResource({ 'service.name': 'now' }),
    scopeOf: () => encodeScope('now', ''),
  });
  const messagesOf = (body: Uint8Array) => now.linesOfBody(body).map((line) => JSON.parse(line)['message']);

  it('gives the lines of an earlier process, which say whose they are', () => {
    const body = earlier.frame([runOf(1, ['a', 'b']), runOf(2, ['c'])]);
    const lines = now.linesOfBody(body).map((line) => JSON.parse(line));
    expect(lines.map(({ message, logger }) => [message, logger])).toEqual([
      ['a', 'scope 1'],
      ['b', 'scope 1'],
      ['c', 'scope 2'],
    ]);
    expect(lines.every((line) => line['service.name'] === 'earlier' && line['sdk.fallback'] === true)).toBe(true);
  });

  it('is cut in two that hold every record once, under the headers they had', () => {
    const body = earlier.frame([runOf(1, ['a', 'b']), runOf(2, ['c', 'd', 'e'])]);
    const halves = now.splitBody(body);
    expect(halves?.map(({ records }) => records)).toEqual([2, 3]);
    expect(halves?.map(({ body: half }) => messagesOf(half))).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]);
    const again = halves && now.splitBody(halves[1].body);
    expect(again?.map(({ body: half }) => messagesOf(half))).toEqual([['c'], ['d', 'e']]);
    expect(now.linesOfBody(halves?.[1].body ?? Buffer.alloc(0))[0]).toContain('"service.name":"earlier"');
  });

  it('cannot be cut when it is a single record, and never throws for what is none', () => {
    expect(now.splitBody(earlier.frame([runOf(1, ['a'])]))).toBeUndefined();
    for (const garbage of [Buffer.from('<html>'), Buffer.from([0x0a, 0xff])]) {
      expect(now.splitBody(garbage)).toBeUndefined();
      expect(now.linesOfBody(garbage)).toEqual([]);
    }
  });
});
