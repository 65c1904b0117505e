import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryLogsRequest } from '../test/arbitraries.ts';
import { encodeWithProtobufjs } from '../test/conformance/otlp-descriptor.ts';
import { decodeLogsRequest } from './decode-request.ts';
import type { OtlpAnyValue, OtlpLogsRequest } from './otlp-json.ts';
import { shortenDecodedRequest, shortenLogsRequest } from './shorten-request.ts';

const requestOf = (body: OtlpAnyValue): OtlpLogsRequest => ({
  resourceLogs: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
      scopeLogs: [
        {
          scope: { name: 'db' },
          logRecords: [
            { timeUnixNano: '1', severityNumber: 9, body, attributes: [{ key: 'a', value: { intValue: '1' } }] },
          ],
        },
      ],
    },
  ],
});

const bodyOf = ({ resourceLogs }: OtlpLogsRequest) => resourceLogs[0]?.scopeLogs?.[0]?.logRecords?.[0]?.body;
const values = Array.from({ length: 2000 }, () => ({ boolValue: true }));
const long = '世'.repeat(5000);

describe.each([
  [
    'shortenLogsRequest',
    (request: OtlpLogsRequest) => {
      const shorter = shortenLogsRequest(encodeWithProtobufjs(request));
      return shorter && decodeLogsRequest(shorter);
    },
  ],
  ['shortenDecodedRequest', shortenDecodedRequest],
])('%s', (_name, shorten) => {
  it('cuts a long text, says how much went, and leaves everything else', () => {
    const shorter = shorten(requestOf({ stringValue: long }));
    const text = `${long.slice(0, 1024)}… [3976 characters cut]`;
    expect(shorter).toEqual(requestOf({ stringValue: text }));
  });

  it.each<[string, OtlpAnyValue]>([
    ['a list', { arrayValue: { values } }],
    ['bytes', { bytesValue: Buffer.alloc(5000).toString('base64') }],
  ])('puts a note for %s', (_what, body) => {
    const shorter = shorten(requestOf(body));
    expect(shorter && bodyOf(shorter)).toEqual({ stringValue: '[too large]' });
  });

  it.each<[string, OtlpAnyValue]>([
    ['a text of 1024 characters', { stringValue: 'x'.repeat(1024) }],
    ['as many that take three bytes each', { stringValue: '世'.repeat(1024) }],
    ['a number', { intValue: '5' }],
    ['a short list', { arrayValue: { values: values.slice(0, 3) } }],
  ])('has nothing to cut of %s', (_what, body) => {
    expect(shorten(requestOf(body))).toBeUndefined();
  });

  it('changes nothing but the body, whatever stands around it', () => {
    /** Every record with the headers it stands under, but for its body. */
    const flatten = ({ resourceLogs }: OtlpLogsRequest): unknown[] =>
      resourceLogs.flatMap(({ resource = {}, scopeLogs = [] }) =>
        scopeLogs.flatMap(({ scope = {}, logRecords = [] }) =>
          logRecords.map(({ body: _body, ...record }) => ({ resource, scope, record })),
        ),
      );
    const whole = (request: OtlpLogsRequest) => decodeLogsRequest(encodeWithProtobufjs(request));
    fc.assert(
      fc.property(arbitraryLogsRequest, (arbitrary) => {
        const request = structuredClone(arbitrary);
        const record = request.resourceLogs.flatMap(({ scopeLogs = [] }) =>
          scopeLogs.flatMap(({ logRecords = [] }) => logRecords),
        )[0];
        if (record === undefined) return;
        Object.assign(record, { body: { stringValue: long } });
        const shorter = shorten(whole(request));
        expect(flatten(whole(shorter ?? { resourceLogs: [] }))).toEqual(flatten(whole(request)));
      }),
      { numRuns: 100 },
    );
  });
});

it('refuses bytes that are no request', () => {
  expect(() => shortenLogsRequest(Uint8Array.of(0x0a, 0x05, 1))).toThrow('truncated');
});
