import { Buffer } from 'node:buffer';
import { context, TraceFlags, trace } from '@opentelemetry/api';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLogsRequest } from '../../src/decode-request.ts';
import { parseOtlpJsonRequest } from '../../src/parse-otlp-json.ts';
import { arbitraryLogsRequest } from '../arbitraries.ts';
import { serializeWithOpenTelemetry } from './opentelemetry-serializers.ts';
import { decodeWithProtobufjs, encodeMessageWithProtobufjs, encodeWithProtobufjs } from './otlp-descriptor.ts';

describe('decodeLogsRequest against protobufjs', () => {
  it('reads back any request protobufjs has encoded', () => {
    fc.assert(
      fc.property(arbitraryLogsRequest, (request) => {
        expect(decodeLogsRequest(encodeWithProtobufjs(request))).toStrictEqual(request);
      }),
      { numRuns: 500 },
    );
  });

  it('reads what protobufjs reads', () => {
    fc.assert(
      fc.property(arbitraryLogsRequest, (request) => {
        const bytes = encodeWithProtobufjs(request);
        expect(decodeLogsRequest(bytes)).toStrictEqual(decodeWithProtobufjs(bytes));
      }),
      { numRuns: 200 },
    );
  });

  it('ignores the entity references and string indexes of newer senders', () => {
    const bytes = encodeMessageWithProtobufjs('ExportLogsServiceRequest', {
      resourceLogs: [
        {
          resource: { entityRefs: [{ type: 'service', idKeys: ['service.name'] }] },
          scopeLogs: [{ logRecords: [{ attributes: [{ keyStrindex: 3, value: { stringValueStrindex: 4 } }] }] }],
        },
      ],
    });
    expect(decodeLogsRequest(bytes)).toStrictEqual({
      resourceLogs: [{ resource: {}, scopeLogs: [{ logRecords: [{ attributes: [{ key: '', value: {} }] }] }] }],
    });
  });
});

describe('the serialisers of OpenTelemetry JS', () => {
  const spanContext = {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    traceFlags: TraceFlags.SAMPLED,
  };
  const serialized = serializeWithOpenTelemetry(
    [
      {
        timestamp: [1_581_452_773, 789],
        observedTimestamp: [1_581_452_774, 1],
        severityNumber: 17,
        severityText: 'error',
        body: 'Grüße, 世界 🎉',
        eventName: 'order.failed',
        attributes: {
          'http.request.method': 'GET',
          ratio: 0.25,
          count: -3,
          large: Number.MAX_SAFE_INTEGER,
          ok: false,
          none: null,
          list: ['a', null, 1, [true]],
          map: { inner: { deep: 'x' } },
          raw: Uint8Array.of(251, 255, 0),
        },
        context: trace.setSpanContext(context.active(), spanContext),
      },
      { observedTimestamp: [1, 0], timestamp: [0, 0], body: { a: [1], b: {} } },
    ],
    {
      resource: { 'service.name': 'checkout', 'process.pid': 7 },
      scope: { name: 'db', version: '1.2.3', schemaUrl: 'https://opentelemetry.io/schemas/1.44.0' },
    },
  );
  const expected = {
    resourceLogs: [
      {
        resource: {
          attributes: [
            { key: 'service.name', value: { stringValue: 'checkout' } },
            { key: 'process.pid', value: { intValue: '7' } },
          ],
        },
        scopeLogs: [
          {
            scope: { name: 'db', version: '1.2.3' },
            logRecords: [
              {
                timeUnixNano: '1581452773000000789',
                observedTimeUnixNano: '1581452774000000001',
                severityNumber: 17,
                severityText: 'error',
                body: { stringValue: 'Grüße, 世界 🎉' },
                attributes: [
                  { key: 'http.request.method', value: { stringValue: 'GET' } },
                  { key: 'ratio', value: { doubleValue: 0.25 } },
                  { key: 'count', value: { intValue: '-3' } },
                  { key: 'large', value: { intValue: '9007199254740991' } },
                  { key: 'ok', value: { boolValue: false } },
                  { key: 'none', value: {} },
                  {
                    key: 'list',
                    value: {
                      arrayValue: {
                        values: [
                          { stringValue: 'a' },
                          {},
                          { intValue: '1' },
                          { arrayValue: { values: [{ boolValue: true }] } },
                        ],
                      },
                    },
                  },
                  {
                    key: 'map',
                    value: {
                      kvlistValue: {
                        values: [
                          {
                            key: 'inner',
                            value: { kvlistValue: { values: [{ key: 'deep', value: { stringValue: 'x' } }] } },
                          },
                        ],
                      },
                    },
                  },
                  { key: 'raw', value: { bytesValue: '+/8A' } },
                ],
                flags: 1,
                traceId: spanContext.traceId,
                spanId: spanContext.spanId,
                eventName: 'order.failed',
              },
              {
                observedTimeUnixNano: '1000000000',
                body: {
                  kvlistValue: {
                    values: [
                      { key: 'a', value: { arrayValue: { values: [{ intValue: '1' }] } } },
                      { key: 'b', value: { kvlistValue: { values: [] } } },
                    ],
                  },
                },
              },
            ],
            schemaUrl: 'https://opentelemetry.io/schemas/1.44.0',
          },
        ],
      },
    ],
  };

  it('are read alike in protobuf and in JSON', () => {
    expect(decodeLogsRequest(serialized.protobuf)).toStrictEqual(expected);
    expect(parseOtlpJsonRequest(serialized.json)).toStrictEqual(expected);
  });

  it('agree with the descriptor the other tests trust', () => {
    expect(decodeWithProtobufjs(serialized.protobuf)).toStrictEqual(expected);
  });

  it('write numbers beyond int64 in JSON, which is refused with its path', () => {
    const { json } = serializeWithOpenTelemetry([{ body: 1e21 }]);
    expect(Buffer.from(json).toString()).toContain('"intValue":1e+21');
    expect(() => parseOtlpJsonRequest(json)).toThrow(
      'resourceLogs[0].scopeLogs[0].logRecords[0].body.intValue must be an integer in −2^63 … 2^63 − 1, got 1e+21',
    );
  });
});
