import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { decodeWithProtobufjs } from '../test/conformance/otlp-descriptor.ts';
import { contentOf, encodeRecord, plainRecord } from '../test/records.ts';
import { decodeLogRecord } from './decode-log-record.ts';
import { decodeLogsRequest } from './decode-request.ts';
import { encodeResource, encodeScope } from './encode-resource.ts';
import { frameLogsRequest } from './frame-request.ts';
import type { OtlpLogRecord } from './otlp-json.ts';
import { splitLogsRequest } from './split-request.ts';

const resource = encodeResource({ 'service.name': 'a' });
const resourceFields = { attributes: [{ key: 'service.name', value: { stringValue: 'a' } }] };

describe('frameLogsRequest', () => {
  it('keeps every record once, in order, under its scope', () => {
    const [one, two, three] = [run('1'), run('2'), run('3')];
    const body = frameLogsRequest(resource, [
      { scope: encodeScope('first', '1.0'), runs: [Buffer.concat([one, two]), three] },
      { scope: encodeScope('second'), runs: [one] },
    ]);
    const expected = {
      resourceLogs: [
        {
          resource: resourceFields,
          scopeLogs: [
            { scope: { name: 'first', version: '1.0' }, logRecords: [decoded(one), decoded(two), decoded(three)] },
            { scope: { name: 'second' }, logRecords: [decoded(one)] },
          ],
        },
      ],
    };
    expect(decodeLogsRequest(body)).toStrictEqual(expected);
    expect(decodeWithProtobufjs(body)).toStrictEqual(expected);
  });

  it('writes lengths of one to four bytes', () => {
    for (const size of [0, 50, 100, 127, 128, 129, 16_300, 16_383, 16_384, 2_097_152]) {
      const record = run('x'.repeat(size));
      const body = frameLogsRequest(resource, [{ scope: encodeScope('s'), runs: [record] }]);
      expect(decodeLogsRequest(body).resourceLogs?.[0]?.scopeLogs?.[0]?.logRecords).toStrictEqual([decoded(record)]);
      const name = 's'.repeat(size);
      const named = frameLogsRequest(encodeResource({ name }), [{ scope: encodeScope(name), runs: [record] }]);
      expect(decodeLogsRequest(named).resourceLogs?.[0]?.scopeLogs?.[0]?.scope).toStrictEqual(size ? { name } : {});
    }
  });

  it('nests no deeper than the 100 messages that decoders take, whatever was logged', () => {
    for (const wrap of [(x: unknown) => [x], (x: unknown) => ({ x }), (x: unknown) => [{ x }]]) {
      let value: unknown = 'leaf';
      for (let level = 0; level < 200; level++) value = wrap(value);
      const record = encodeRecord({ ...plainRecord, body: value, attributes: { value } });
      const body = frameLogsRequest(resource, [{ scope: encodeScope('s'), runs: [record] }]);
      expect(decodeWithProtobufjs(body)).toStrictEqual(decodeLogsRequest(body));
    }
  });

  it('puts schema URLs behind the records they belong to, and keeps them when a request is split', () => {
    const records = [run('1'), run('2')];
    const url = 'https://example.com/é';
    const blocks = [
      { scope: encodeScope('a'), runs: records, schemaUrl: url },
      { scope: encodeScope('b'), runs: records, schemaUrl: '' },
    ];
    const body = frameLogsRequest(resource, blocks, `${url}/resource`);
    const logRecords = records.map(decoded);
    const expected = (scopes: readonly object[]) => ({
      resourceLogs: [{ resource: resourceFields, scopeLogs: scopes, schemaUrl: `${url}/resource` }],
    });
    const [a, b] = [
      { scope: { name: 'a' }, logRecords, schemaUrl: url },
      { scope: { name: 'b' }, logRecords },
    ];
    expect(decodeLogsRequest(body)).toStrictEqual(expected([a, b]));
    expect(decodeWithProtobufjs(body)).toStrictEqual(expected([a, b]));
    const halves = splitLogsRequest(body) ?? [];
    expect(halves.map((half) => decodeLogsRequest(half))).toStrictEqual([expected([a]), expected([b])]);
  });

  it('frames a resource and a scope without a member', () => {
    const body = frameLogsRequest(new Uint8Array(0), [{ scope: new Uint8Array(0), runs: [] }]);
    expect(body.toString('hex')).toBe('0a060a0012020a00');
  });

  it('copies: what happens to a run afterwards changes no request', () => {
    const record = run('before');
    const body = frameLogsRequest(resource, [{ scope: encodeScope('s'), runs: [record] }]);
    const copy = Buffer.from(body);
    record.fill(0);
    expect(body.equals(copy)).toBe(true);
  });
});

function run(body: string): Buffer {
  return encodeRecord({ ...plainRecord, body });
}

function decoded(record: Uint8Array): OtlpLogRecord {
  return decodeLogRecord(contentOf(record));
}
