import { Buffer } from 'node:buffer';
import type { RecordRun } from '@logflume/delivery';
import { forEachLogRecord, type LogRecordInput, type OtlpLogRecord } from '@logflume/otlp';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLogRecordWithProtobufjs, decodeWithProtobufjs } from '../../../otlp/test/conformance/otlp-descriptor.ts';
import { createOtlpJsonFormat } from '../../src/otlp-json.ts';
import { createOtlpProtobufFormat } from '../../src/otlp-protobuf.ts';
import { hostileText } from '../any-record.ts';
import { checkoutHeaders, encodeRun, fullRecord } from '../encoded-runs.ts';

// What the formats send, read by protobufjs from the published definitions: a decoder that shares nothing with ours.

const record: fc.Arbitrary<LogRecordInput> = fc
  .record({
    timeMs: fc.nat(4_102_444_800_000),
    severityNumber: fc.nat(24),
    body: fc.oneof(hostileText, fc.anything()),
    attributes: fc.dictionary(hostileText, fc.anything(), { maxKeys: 5 }),
    eventName: fc.constantFrom('', 'order.paid'),
    traceId: fc.constantFrom('', fullRecord.traceId),
  })
  .map((changes) => ({ ...fullRecord, ...changes }));

const runs: fc.Arbitrary<RecordRun[]> = fc.array(
  fc
    .tuple(fc.nat(3), fc.array(record, { minLength: 1, maxLength: 4 }))
    .map(([group, records]) => encodeRun(group, records)),
  { minLength: 1, maxLength: 6 },
);

/** The records of each group, each decoded for itself; groups in the order they appear. */
function recordsByGroup(batch: readonly RecordRun[]): Map<number, OtlpLogRecord[]> {
  const groups = new Map<number, OtlpLogRecord[]>();
  for (const { group, bytes } of batch) {
    const records = groups.get(group) ?? [];
    groups.set(group, records);
    forEachLogRecord(bytes, (start, end) => records.push(decodeLogRecordWithProtobufjs(bytes.subarray(start, end))));
  }
  return groups;
}

const expectedRequest = (batch: readonly RecordRun[]) => ({
  resourceLogs: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'checkout' } }] },
      scopeLogs: [...recordsByGroup(batch)].map(([group, logRecords]) => ({
        scope: { name: `scope-${group}`, version: '1.2.3' },
        logRecords,
      })),
    },
  ],
});

describe('what the OTLP formats frame', () => {
  const protobuf = createOtlpProtobufFormat(checkoutHeaders);
  const json = createOtlpJsonFormat(checkoutHeaders);

  it('is, in protobuf, every record once under its scope, in order, as protobufjs reads it', () => {
    fc.assert(
      fc.property(runs, (batch) => {
        expect(decodeWithProtobufjs(protobuf.frame(batch))).toEqual(expectedRequest(batch));
      }),
    );
  });

  it('is, in JSON, the same request', () => {
    fc.assert(
      fc.property(runs, (batch) => {
        expect(JSON.parse(Buffer.from(json.frame(batch)).toString())).toEqual(expectedRequest(batch));
      }),
    );
  });

  it('becomes one fallback line per record', () => {
    fc.assert(
      fc.property(runs, (batch) => {
        const lines = protobuf.lines(batch);
        expect(lines).toHaveLength(batch.reduce((sum, { records }) => sum + records, 0));
        expect(lines).toStrictEqual(json.lines(batch));
        for (const line of lines) expect(JSON.parse(line)).toMatchObject({ 'service.name': 'checkout' });
      }),
    );
  });
});
