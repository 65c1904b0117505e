import { describe, expect, it } from 'vitest';
import { checkRecordQuery } from './check-record-query.ts';

describe('checkRecordQuery', () => {
  it.each([
    {},
    { maxRecords: 0, minSeverityNumber: 0, afterSequence: 0, sinceUnixMs: 0 },
    { maxRecords: Number.POSITIVE_INFINITY, minSeverityNumber: 24, text: '', service: '', scope: '' },
    { maxRecords: undefined, text: undefined, traceId: '0AF7651916CD43DD8448EB211C80319c' },
  ])('takes %j', (query) => {
    expect(() => checkRecordQuery(query)).not.toThrow();
  });

  it.each<[object, string]>([
    [
      { severity: 'warn' },
      'query.severity is not a condition, expected maxRecords, minSeverityNumber, service, scope,',
    ],
    [JSON.parse('{"__proto__":1}'), 'query.__proto__ is not a condition'],
    [{ minSeverityNumber: 'warn' }, 'query.minSeverityNumber must be a number from 0 to 24, got "warn"'],
    [{ maxRecords: -1 }, 'query.maxRecords must be a number of 0 or more, got -1'],
    [{ afterSequence: Number.NaN }, 'query.afterSequence must be a number of 0 or more, got NaN'],
    [{ sinceUnixMs: new Date(0) }, 'query.sinceUnixMs must be a number, got an object'],
    [{ text: 5 }, 'query.text must be a string, got 5'],
    [{ traceId: 'abc' }, 'query.traceId must be 32 hex digits, got "abc"'],
    [JSON.parse('null'), 'query must be an object, got null'],
    [JSON.parse('"warn"'), 'query must be an object, got "warn"'],
  ])('refuses %j', (query, message) => {
    expect(() => checkRecordQuery(query)).toThrow(TypeError);
    expect(() => checkRecordQuery(query)).toThrow(message);
  });
});
