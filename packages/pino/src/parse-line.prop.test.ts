import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapPinoLine } from './map-pino-line.ts';
import { parseLine } from './parse-line.ts';
import { defaultPinoSettings } from './pino-settings.ts';
import { SeverityTable, standardLevelNames } from './severity-table.ts';

const origin = {
  settings: { ...defaultPinoSettings, nestedKey: 'nested', name: 'shop' },
  names: standardLevelNames,
  timeKey: 'time',
  severities: new SeverityTable(),
};
/** Keys that mean something somewhere on the way, and any other. */
const keys = fc.oneof(
  fc.constantFrom('level', 'time', 'msg', 'err', 'error', 'nested', 'name', 'pid', 'hostname', 'v', 'stack', 'type'),
  fc.constantFrom('message', 'cause', 'aggregateErrors', 'trace_id', 'span_id', 'trace_flags', 'otel.event.name'),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'toJSON', 'isAxiosError', 'config', ''),
  fc.string({ unit: 'binary' }),
);
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.jsonValue(),
    fc.constantFrom('AxiosError', '0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331', 30, 1795000000000),
    tie('record'),
  ),
  record: fc
    .array(fc.tuple(keys, tie('value')), { maxLength: 8 })
    .map((entries) => Object.fromEntries(entries) as unknown),
})).record;

describe('any line', () => {
  it('is parsed or refused, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (line) => {
        let expected: unknown;
        try {
          expected = JSON.parse(line);
        } catch {
          expected = undefined;
        }
        const isObject = typeof expected === 'object' && expected !== null && !Array.isArray(expected);
        expect(parseLine(line) !== undefined).toBe(isObject);
      }),
    );
  });

  it('of a logger becomes a record that holds all it said', () => {
    const head = fc.record({ level: fc.constantFrom(30, 35), time: fc.constantFrom(1_795_000_000_000, '12:00') });
    fc.assert(
      fc.property(values, head, (value, { level, time }) => {
        const inside = JSON.stringify(value).slice(1, -1);
        const line = `{"level":${level},"time":${JSON.stringify(time)}${inside === '' ? '' : `,${inside}`}}\n`;
        const fields = parseLine(line) ?? {};
        const before = Object.keys(fields);
        const record = mapPinoLine(fields, { ...origin, level, time: JSON.stringify(time) });
        expect(record).toMatchObject({ severityNumber: level === 30 ? 9 : 11, attributes: fields });
        // What was taken out of the attributes has another place in the record.
        const places: Record<string, unknown> = {
          level: record.severityNumber,
          time: record.timeMs,
          msg: record.body,
          err: record.exception,
          error: record.exception,
          trace_id: record.trace,
          span_id: record.trace,
          trace_flags: record.trace,
          'otel.event.name': record.eventName,
        };
        const toldByResource = ['pid', 'hostname'];
        const taken = before.filter((key) => fields[key] === undefined && !toldByResource.includes(key));
        const ofAxios = ['config', 'request', 'response'];
        for (const key of taken.filter((each) => !ofAxios.includes(each))) {
          expect(Object.hasOwn(places, key) ? places[key] : undefined, key).toBeDefined();
        }
        expect(Object.prototype).not.toHaveProperty('level');
      }),
      { numRuns: 500 },
    );
  });
});
