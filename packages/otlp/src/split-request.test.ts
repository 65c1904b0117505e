import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryLogsRequest } from '../test/arbitraries.ts';
import { encodeWithProtobufjs } from '../test/conformance/otlp-descriptor.ts';
import { decodeLogsRequest } from './decode-request.ts';
import type { OtlpLogsRequest } from './otlp-json.ts';
import { countLogRecords, splitLogsRequest } from './split-request.ts';

/** Every record with the headers it stands under, in order. */
function flatten({ resourceLogs }: OtlpLogsRequest): unknown[] {
  return resourceLogs.flatMap(({ resource, scopeLogs = [] }) =>
    scopeLogs.flatMap(({ scope, logRecords = [] }) =>
      logRecords.map((record) => ({ resource: resource ?? {}, scope: scope ?? {}, record })),
    ),
  );
}

describe('splitLogsRequest', () => {
  it('keeps every record once, in order, under its own resource and scope, in two halves of about the same size', () => {
    fc.assert(
      fc.property(arbitraryLogsRequest, (request) => {
        const bytes = encodeWithProtobufjs(request);
        const whole = flatten(decodeLogsRequest(bytes));
        expect(countLogRecords(bytes)).toBe(whole.length);
        const halves = splitLogsRequest(bytes);
        if (whole.length < 2) {
          expect(halves).toBeUndefined();
          return;
        }
        const [first, second] = (halves ?? []).map((half) => flatten(decodeLogsRequest(half)));
        expect(first).toHaveLength(whole.length >> 1);
        expect([...(first ?? []), ...(second ?? [])]).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });

  it('refuses bytes that are no request', () => {
    expect(() => splitLogsRequest(Uint8Array.of(0x0a, 0x05, 1))).toThrow('truncated');
  });
});
