import { describeValue } from '../describe-value.ts';
import type { Fault, FaultRule } from './decide-fault.ts';

interface FieldCheck {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
  readonly required?: true;
}

const anyInteger: FieldCheck = { expected: 'an integer', accepts: Number.isSafeInteger };
const anyText: FieldCheck = { expected: 'a string', accepts: (value) => typeof value === 'string' };
const headerText: FieldCheck = { expected: 'a string without line breaks', accepts: isHeaderText };

const scheduleChecks: Readonly<Record<string, FieldCheck>> = {
  times: { expected: 'an integer of 1 or more', accepts: (value) => isIntegerIn(value, 1, Number.MAX_SAFE_INTEGER) },
  every: { expected: 'an integer of 1 or more', accepts: (value) => isIntegerIn(value, 1, Number.MAX_SAFE_INTEGER) },
  ratio: {
    expected: 'a number from 0 to 1',
    accepts: (value) => typeof value === 'number' && value >= 0 && value <= 1,
  },
};

const kindChecks: Readonly<Record<Fault['kind'], Readonly<Record<string, FieldCheck>>>> = {
  status: {
    status: {
      expected: 'an integer from 200 to 599',
      accepts: (value) => isIntegerIn(value, 200, 599),
      required: true,
    },
    retryAfter: {
      expected: 'a number of seconds or a header value',
      accepts: (value) => Number.isFinite(value) || isHeaderText(value),
    },
    body: anyText,
    contentType: headerText,
  },
  partial: { rejected: { ...anyInteger, required: true }, message: anyText },
  // setTimeout turns anything above 2^31 - 1 into 1 ms: https://nodejs.org/api/timers.html
  delay: {
    delayMs: {
      expected: 'an integer from 0 to 2147483647',
      accepts: (value) => isIntegerIn(value, 0, 2 ** 31 - 1),
      required: true,
    },
  },
  reset: { after: { expected: 'the word "request"', accepts: (value) => value === 'request' } },
  hang: {},
  truncate: {},
  garbage: {},
  html: {},
  redirect: {
    location: headerText,
    status: { expected: 'an integer from 300 to 399', accepts: (value) => isIntegerIn(value, 300, 399) },
  },
};

/**
 * Checks a list of fault rules, from code or from JSON.
 *
 * @returns frozen copies: changing the caller's list later changes nothing here.
 * @throws TypeError naming index and field, what was expected and what came.
 */
export function parseFaults(input: unknown): readonly FaultRule[] {
  if (!Array.isArray(input)) throw new TypeError(`faults must be an array of rules, got ${describeValue(input)}`);
  return Object.freeze(input.map((rule: unknown, index) => parseRule(rule, index)));
}

function parseRule(input: unknown, index: number): FaultRule {
  const at = `faults[${index}]`;
  if (!isPlainObject(input)) throw new TypeError(`${at} must be an object with a kind, got ${describeValue(input)}`);
  const kind = input['kind'];
  if (!isFaultKind(kind)) {
    throw new TypeError(`${at}.kind must be one of ${Object.keys(kindChecks).join(', ')}, got ${describeValue(kind)}`);
  }
  const checks = { ...kindChecks[kind], ...scheduleChecks };
  for (const field of Object.keys(input)) {
    if (field !== 'kind' && !Object.hasOwn(checks, field)) {
      throw new TypeError(`${at}.${field} is not a field of ${kind}, expected ${Object.keys(checks).join(', ')}`);
    }
  }
  for (const [field, check] of Object.entries(checks)) {
    const value = input[field];
    if (value === undefined && check.required === undefined) continue;
    if (!check.accepts(value)) {
      throw new TypeError(`${at}.${field} must be ${check.expected}, got ${describeValue(value)}`);
    }
  }
  // The checks above are the proof: this is the border where unknown becomes a rule.
  return Object.freeze({ ...input }) as unknown as FaultRule;
}

function isFaultKind(value: unknown): value is Fault['kind'] {
  return typeof value === 'string' && Object.hasOwn(kindChecks, value);
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIntegerIn(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max;
}

/** What Node lets into a header value: anything else would fail when the answer is written, long after the mistake. */
function isHeaderText(value: unknown): boolean {
  return typeof value === 'string' && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}
