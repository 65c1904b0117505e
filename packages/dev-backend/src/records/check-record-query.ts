import { describeValue } from '../describe-value.ts';
import type { RecordQuery } from './record-query.ts';

interface FieldCheck {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

const anyText: FieldCheck = { expected: 'a string', accepts: (value) => typeof value === 'string' };
const time: FieldCheck = {
  expected: 'a number',
  accepts: (value) => typeof value === 'number' && !Number.isNaN(value),
};
const count: FieldCheck = {
  expected: 'a number of 0 or more',
  accepts: (value) => typeof value === 'number' && value >= 0,
};

const fieldChecks: Readonly<Record<keyof RecordQuery, FieldCheck>> = {
  maxRecords: count,
  minSeverityNumber: {
    expected: 'a number from 0 to 24',
    accepts: (value) => typeof value === 'number' && value >= 0 && value <= 24,
  },
  service: anyText,
  scope: anyText,
  text: anyText,
  traceId: {
    expected: '32 hex digits',
    accepts: (value) => typeof value === 'string' && /^[0-9a-f]{32}$/i.test(value),
  },
  sinceUnixMs: time,
  afterSequence: count,
};

/**
 * Checks a query from code without types: a condition that cannot hold or is not known would find all records, or none.
 *
 * @throws TypeError naming the field, what was expected and what came.
 */
export function checkRecordQuery(query: RecordQuery): void {
  if (typeof query !== 'object' || query === null || Array.isArray(query)) {
    throw new TypeError(`query must be an object, got ${describeValue(query)}`);
  }
  for (const field of Object.keys(query)) {
    if (Object.hasOwn(fieldChecks, field)) continue;
    throw new TypeError(`query.${field} is not a condition, expected ${Object.keys(fieldChecks).join(', ')}`);
  }
  const given: Readonly<Partial<Record<string, unknown>>> = { ...query };
  for (const [field, { expected, accepts }] of Object.entries(fieldChecks)) {
    const value = given[field];
    if (value === undefined || accepts(value)) continue;
    throw new TypeError(`query.${field} must be ${expected}, got ${describeValue(value)}`);
  }
}
