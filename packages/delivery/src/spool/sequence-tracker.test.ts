import { expect, test } from 'vitest';
import { createSegment } from './segment.ts';
import type { FrameHeader } from './segment-format.ts';
import { createSequenceTracker } from './sequence-tracker.ts';

function header(firstSequence: number, records: number): FrameHeader {
  const meta = { batchId: '0'.repeat(32), createdMs: 0, minSeverity: 0, encoding: 'identity' } as const;
  return { ...meta, firstSequence, records, payloadBytes: 0, payloadCrc: 0, headerCrc: 0 };
}

const segment = createSegment({ path: '/spool', createdMs: 0 }, 1);
const at = { segment, offset: 100 };

test('counts a jump inside a segment', () => {
  const tracker = createSequenceTracker();
  tracker.begin(4);
  expect([header(100, 10), header(110, 5), header(130, 5)].map(tracker.frame)).toEqual([0, 0, 15]);
});

test('counts a jump from one segment to the next, and none over a deleted one', () => {
  const tracker = createSequenceTracker();
  tracker.begin(4);
  tracker.frame(header(100, 10));
  tracker.begin(5);
  expect(tracker.frame(header(113, 1))).toBe(3);
  tracker.begin(7);
  expect(tracker.frame(header(500, 1))).toBe(0);
});

test('knows that the first segment of a process begins at 0', () => {
  const tracker = createSequenceTracker();
  tracker.begin(1);
  expect(tracker.frame(header(12, 1))).toBe(12);
});

test('takes a frame written twice for no loss', () => {
  const tracker = createSequenceTracker();
  tracker.begin(1);
  tracker.frame(header(0, 10));
  tracker.begin(2);
  expect(tracker.frame(header(5, 5))).toBe(0);
  expect(tracker.frame(header(10, 5))).toBe(0);
});

test('counts a torn tail at the end of all, or before a segment that does not follow', () => {
  const tracker = createSequenceTracker();
  tracker.begin(1);
  tracker.torn(header(0, 7), at);
  expect(tracker.end()).toEqual({ ...at, records: 7 });
  expect(tracker.end()).toBeUndefined();
  tracker.torn(header(0, 7), at);
  expect(tracker.begin(5)).toEqual({ ...at, records: 7 });
});

test('counts with a torn tail what is missing in front of it', () => {
  const tracker = createSequenceTracker();
  tracker.begin(1);
  tracker.frame(header(0, 3));
  tracker.torn(header(10, 7), at);
  expect(tracker.end()).toEqual({ ...at, records: 14 });
});

test('counts a torn frame that was written again not at all', () => {
  const tracker = createSequenceTracker();
  tracker.begin(1);
  tracker.frame(header(0, 3));
  tracker.torn(header(3, 7), at);
  expect(tracker.begin(2)).toBeUndefined();
  expect(tracker.frame(header(3, 7))).toBe(0);
  expect(tracker.end()).toBeUndefined();
});

test('compares nothing across what it could not read', () => {
  const tracker = createSequenceTracker();
  tracker.begin(1);
  tracker.frame(header(0, 3));
  tracker.lose();
  expect(tracker.frame(header(50, 3))).toBe(0);
});
