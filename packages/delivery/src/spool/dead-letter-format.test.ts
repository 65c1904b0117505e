import { expect, test } from 'vitest';
import { type DeadLetterReason, encodeDeadLetter, parseDeadLetter } from './dead-letter-format.ts';

const meta = {
  batchId: '0123456789abcdef0123456789abcdef',
  records: 3,
  createdMs: 1_800_000_000_000,
  minSeverity: 9,
  encoding: 'gzip',
} as const;
const payload = Buffer.from('the body that was sent');
const reason = { status: 400, endpoint: 'https://logs.example.com/v1/logs', reply: 'bad "record"\n' };

function letter(changes: Partial<DeadLetterReason> = {}): Buffer {
  return Buffer.concat(
    encodeDeadLetter(meta, payload, { reason: { ...reason, ...changes }, timeMs: 1_800_000_000_500 }),
  );
}

test('keeps what was sent and what came of it', () => {
  const parsed = parseDeadLetter(letter());
  expect(parsed).toMatchObject({ header: meta, reason, timeMs: 1_800_000_000_500 });
  expect(Buffer.from(parsed?.payload ?? [])).toEqual(payload);
});

test('keeps that there was no answer', () => {
  expect(parseDeadLetter(letter({ status: undefined }))?.reason.status).toBeUndefined();
});

test.each([65_535, 65_536, 65_537, 200_000])('cuts a reply of %i bytes at 64 KiB', (bytes) => {
  const reply = parseDeadLetter(letter({ reply: 'x'.repeat(bytes) }))?.reason.reply;
  expect(reply).toHaveLength(Math.min(bytes, 65_536));
});

test('cuts between characters', () => {
  const reply = parseDeadLetter(letter({ reply: `x${'€'.repeat(30_000)}` }))?.reason.reply ?? '';
  expect(reply).toBe(`x${'€'.repeat(21_845)}`);
});

test('is nothing when it is torn at any byte', () => {
  const whole = letter();
  for (let end = 0; end < whole.length; end++)
    expect(parseDeadLetter(whole.subarray(0, end)), `at ${end}`).toBeUndefined();
});
