/** Fields of a line, or of what stands inside it. Own members only; made by `JSON.parse`, so there are no getters. */
export type LineFields = Record<string, unknown>;

/** Digits of the smallest integer that a number cannot hold, 2^53 + 1. */
const BIG_INTEGER_DIGITS = 16;

/** A string, to be stepped over, or an integer of 16 digits or more: neither the end nor the start of a fraction. */
const STRING_OR_BIG_INTEGER = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/** Marks an integer on its way through `JSON.parse`; no text of a line can begin so unless it means to. */
const BIG_INTEGER = '\u0000logflume.integer:';

/**
 * Parses a line of a JSON logger. Never throws.
 *
 * Integers beyond ±2^53, which pino writes for a `BigInt`, come as `bigint`, digit by digit.
 *
 * @returns `undefined` for what is not a JSON object.
 */
export function parseLine(line: string): LineFields | undefined {
  let value: unknown;
  try {
    value = mayHoldBigInteger(line) ? parseWithBigIntegers(line) : JSON.parse(line);
  } catch {
    return undefined; // The caller delivers it as the text it is.
  }
  return isFields(value) ? value : undefined;
}

/** Says whether a parsed value is an object with named members. */
export function isFields(value: unknown): value is LineFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Says whether 16 digits stand in a row, by looking at every sixteenth character first: one of them is a digit if so.
 * A regular expression takes 400 ns for a line of 250 characters, where parsing it takes 600; this takes 30.
 */
function mayHoldBigInteger(line: string): boolean {
  for (let at = BIG_INTEGER_DIGITS - 1; at < line.length; at += BIG_INTEGER_DIGITS) {
    if (!isDigit(line, at)) continue;
    let start = at;
    while (isDigit(line, start - 1)) start--;
    let end = at + 1;
    while (end - start < BIG_INTEGER_DIGITS && isDigit(line, end)) end++;
    if (end - start >= BIG_INTEGER_DIGITS) return true;
  }
  return false;
}

/** Outside the line `charCodeAt` is not a number, and so no digit. */
function isDigit(line: string, at: number): boolean {
  const code = line.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
}

function parseWithBigIntegers(line: string): unknown {
  let isMarked = false;
  const text = line.replace(STRING_OR_BIG_INTEGER, (token) => {
    if (token.startsWith('"') || Number.isSafeInteger(Number(token))) return token;
    isMarked = true;
    return JSON.stringify(BIG_INTEGER + token);
  });
  if (!isMarked) return JSON.parse(line);
  return JSON.parse(text, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(BIG_INTEGER) ? toBigInteger(value) : value,
  );
}

/** What fits no 64 bits stays text: there is no wire form for it, and thousands of digits would take their time. */
function toBigInteger(marked: string): unknown {
  const digits = marked.slice(BIG_INTEGER.length);
  return /^-?\d{16,19}$/.test(digits) ? BigInt(digits) : digits;
}
