import { Buffer } from 'node:buffer';
import { decodeLogsRequest } from '@logflume/otlp';
import { describe, expect, it } from 'vitest';
import { checkoutHeaders, encodeRun, fullRecord } from '../test/encoded-runs.ts';
import { createOtlpProtobufFormat } from './otlp-protobuf.ts';

const format = createOtlpProtobufFormat(checkoutHeaders);
const named = (body: string) => ({ ...fullRecord, body });

describe('createOtlpProtobufFormat', () => {
  it('names itself as OTLP asks for', () => {
    expect(format).toMatchObject({ name: 'otlp-protobuf', contentType: 'application/x-protobuf' });
  });

  it('puts the runs of a scope under one header, scopes by first appearance, records in order', () => {
    const runs = [
      encodeRun(2, [named('a'), named('b')]),
      encodeRun(1, [named('c')]),
      encodeRun(2, [named('d')]),
      encodeRun(1, [named('e')]),
    ];
    const { resourceLogs } = decodeLogsRequest(format.frame(runs));
    expect(resourceLogs).toHaveLength(1);
    const blocks = resourceLogs[0]?.scopeLogs?.map(({ scope, logRecords }) => [
      scope?.name,
      logRecords?.map(({ body }) => body?.stringValue).join(''),
    ]);
    expect(blocks).toStrictEqual([
      ['scope-2', 'abd'],
      ['scope-1', 'ce'],
    ]);
    expect(resourceLogs[0]?.resource?.attributes?.[0]?.value.stringValue).toBe('checkout');
  });

  it('asks for each scope once a batch', () => {
    const asked: number[] = [];
    const counting = createOtlpProtobufFormat({
      ...checkoutHeaders,
      scopeOf(group) {
        asked.push(group);
        return checkoutHeaders.scopeOf(group);
      },
    });
    counting.frame([encodeRun(3, [named('a')]), encodeRun(3, [named('b')]), encodeRun(0, [named('c')])]);
    expect(asked).toStrictEqual([3, 0]);
  });

  it('leaves the bytes of the runs as they are, inside the request', () => {
    const run = encodeRun(0, [named('a')]);
    const before = Buffer.from(run.bytes);
    const body = Buffer.from(format.frame([run]));
    expect(body.includes(before)).toBe(true);
    expect(before.equals(run.bytes)).toBe(true);
    run.bytes.fill(0); // chunks are recycled once a batch is framed
    expect(body.includes(before)).toBe(true);
  });
});
