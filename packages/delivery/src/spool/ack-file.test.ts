import { expect, test } from 'vitest';
import { encodeAck, isAcked, isCounted, parseAcks } from './ack-file.ts';

test('an ack names one frame: its offset and its header', () => {
  const marks = parseAcks(Buffer.concat([encodeAck(0, 1), encodeAck(96, 0xffffffff)]));
  expect(isAcked(marks, 0, 1)).toBe(true);
  expect(isAcked(marks, 96, 0xffffffff)).toBe(true);
  expect(isAcked(marks, 96, 1)).toBe(false);
  expect(isAcked(marks, 1, 1)).toBe(false);
});

test('a flipped bit acknowledges no other frame (F51)', () => {
  const offsets = [0, 96, 192, 288];
  const pair = encodeAck(96, 7);
  for (let bit = 0; bit < 64; bit++) {
    const flipped = Uint8Array.from(pair);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    for (const offset of offsets) expect(isAcked(parseAcks(flipped), offset, 7), `bit ${bit}`).toBe(false);
  }
});

test('a torn tail and zeros acknowledge nothing', () => {
  const pair = encodeAck(0, 7);
  for (let end = 0; end < pair.length; end++) expect(parseAcks(pair.subarray(0, end)).size).toBe(0);
  expect(isAcked(parseAcks(Buffer.alloc(64)), 0, 0)).toBe(false);
  expect(isCounted(parseAcks(Buffer.alloc(64)), 0)).toBe(false);
});

test('a loss that was counted is no ack of a frame, and the other way round', () => {
  const marks = parseAcks(encodeAck(97, 0));
  expect(isCounted(marks, 96)).toBe(true);
  expect(isAcked(marks, 96, 0)).toBe(false);
  expect(isCounted(parseAcks(encodeAck(96, 7)), 96)).toBe(false);
});
