import { type OtlpLogRecord, type OtlpResource, parseOtlpJsonRequest } from '@logflume/otlp';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { anyRecord, hostileText } from '../test/any-record.ts';
import { readLogfmt } from '../test/read-logfmt.ts';
import { createPresetLine, type LinePreset, linePresets } from './line-preset.ts';

const attributes = (members: Record<string, string>) =>
  Object.entries(members).map(([key, stringValue]) => ({ key, value: { stringValue } }));

const resource: OtlpResource = {
  attributes: attributes({
    'service.name': 'checkout',
    'service.version': '1.4.2',
    'service.instance.id': 'i-1',
    'deployment.environment.name': 'prod',
    'cloud.account.id': 'shop-42',
  }),
};
const scopeOf = () => ({ name: 'pay', version: '2.0.0' });

const failed: OtlpLogRecord = {
  timeUnixNano: '1795376462123000007',
  severityNumber: 17,
  severityText: 'ERROR',
  body: { stringValue: 'payment "failed"\nagain' },
  attributes: [
    ...attributes({ 'order.id': 'A 42', level: 'mine', status: 'theirs' }),
    { key: 'amount', value: { doubleValue: 99.5 } },
    { key: 'tags', value: { arrayValue: { values: [{ stringValue: 'a' }, { intValue: '1' }] } } },
    ...attributes({
      'exception.type': 'CardError',
      'exception.message': 'declined',
      'exception.stacktrace': 'CardError: declined\n    at charge (pay.js:10:5)',
      'log.record.uid': '01JD',
      'code.file.path': 'pay.js',
    }),
    { key: 'code.line.number', value: { intValue: '10' } },
  ],
  droppedAttributesCount: 2,
  flags: 1,
  traceId: '5b8aa5a2d2c872e8321cf37308d69df2',
  spanId: '051581bf3cb55c13',
  eventName: 'payment.failed',
};

/** What each vendor documents, by hand. */
const golden: [LinePreset, string][] = [
  [
    'gcp',
    '{"severity":"ERROR","time":"2026-11-22T19:41:02.123000007Z","message":"payment \\"failed\\"\\nagain",' +
      '"stack_trace":"CardError: declined\\n    at charge (pay.js:10:5)",' +
      '"serviceContext":{"service":"checkout","version":"1.4.2"},"logging.googleapis.com/insertId":"01JD",' +
      '"logging.googleapis.com/trace":"projects/shop-42/traces/5b8aa5a2d2c872e8321cf37308d69df2",' +
      '"logging.googleapis.com/spanId":"051581bf3cb55c13","logging.googleapis.com/trace_sampled":true,' +
      '"logging.googleapis.com/sourceLocation":{"file":"pay.js","line":"10"},' +
      '"order.id":"A 42","status":"theirs","amount":99.5,"tags":["a",1],"exception.type":"CardError",' +
      '"exception.message":"declined","attributes":{"level":"mine"},"logger":"pay","logger_version":"2.0.0",' +
      '"event_name":"payment.failed","service":"checkout","dropped_attributes_count":2}',
  ],
  [
    'ecs',
    '{"@timestamp":"2026-11-22T19:41:02.123Z","log.level":"error","message":"payment \\"failed\\"\\nagain",' +
      '"ecs.version":"8.10.0","service.name":"checkout","service.version":"1.4.2","service.environment":"prod",' +
      '"service.node.name":"i-1","log.logger":"pay","event.action":"payment.failed",' +
      '"trace.id":"5b8aa5a2d2c872e8321cf37308d69df2","span.id":"051581bf3cb55c13","error.type":"CardError",' +
      '"error.message":"declined","error.stack_trace":"CardError: declined\\n    at charge (pay.js:10:5)",' +
      '"labels":{"order_id":"A 42","level":"mine","status":"theirs","amount":99.5,"tags":"[\\"a\\",1]",' +
      '"log_record_uid":"01JD","code_file_path":"pay.js","code_line_number":10,"logger_version":"2.0.0",' +
      '"dropped_attributes_count":2}}',
  ],
  [
    'datadog',
    '{"timestamp":"2026-11-22T19:41:02.123Z","status":"error","message":"payment \\"failed\\"\\nagain",' +
      '"service":"checkout","ddsource":"nodejs","dd.service":"checkout","dd.version":"1.4.2","dd.env":"prod",' +
      '"dd.trace_id":"5b8aa5a2d2c872e8321cf37308d69df2","dd.span_id":"366341603057818643","error.kind":"CardError",' +
      '"error.message":"declined","error.stack":"CardError: declined\\n    at charge (pay.js:10:5)",' +
      '"order.id":"A 42","amount":99.5,"tags":["a",1],"log.record.uid":"01JD","code.file.path":"pay.js",' +
      '"code.line.number":10,"attributes":{"level":"mine","status":"theirs"},"logger.name":"pay",' +
      '"logger.version":"2.0.0","event_name":"payment.failed","dropped_attributes_count":2}',
  ],
  [
    'logfmt',
    'time=2026-11-22T19:41:02.123Z level=error msg="payment \\"failed\\"\\nagain" order.id="A 42" ' +
      'attributes.level=mine status=theirs amount=99.5 tags="[\\"a\\",1]" exception.type=CardError ' +
      'exception.message=declined exception.stacktrace="CardError: declined\\n    at charge (pay.js:10:5)" ' +
      'log.record.uid=01JD code.file.path=pay.js code.line.number=10 trace_id=5b8aa5a2d2c872e8321cf37308d69df2 ' +
      'span_id=051581bf3cb55c13 trace_flags=01 logger=pay logger_version=2.0.0 event_name=payment.failed ' +
      'service.name=checkout dropped_attributes_count=2',
  ],
  [
    'otlp-json',
    JSON.stringify({
      resourceLogs: [{ resource, scopeLogs: [{ scope: { name: 'pay', version: '2.0.0' }, logRecords: [failed] }] }],
    }),
  ],
];

describe('a line of a preset', () => {
  test.each(golden)('%s is what its readers are documented to read', (preset, line) => {
    expect(createPresetLine(preset, { resource, scopeOf })(failed, 0)).toBe(line);
  });

  test.each<[LinePreset, string]>([
    ['gcp', '{"severity":"DEFAULT"}'],
    ['ecs', '{"message":"","ecs.version":"8.10.0"}'],
    ['datadog', '{"ddsource":"nodejs"}'],
    ['logfmt', ''],
    ['otlp-json', '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}'],
  ])('%s of an empty record invents nothing', (preset, line) => {
    expect(createPresetLine(preset)({}, 0)).toBe(line);
  });
});

describe('the empty value', () => {
  const empty = (keys: string[]) => keys.map((key) => ({ key, value: {} }));
  const origin = { resource: { attributes: empty(['service.name', 'service.version', 'cloud.account.id']) } };
  const record = { body: {}, attributes: empty(['log.record.uid', 'exception.type']) };

  test.each<[LinePreset, string]>([
    ['gcp', '{"severity":"DEFAULT","log.record.uid":null,"exception.type":null}'],
    ['ecs', '{"message":"","ecs.version":"8.10.0","labels":{"log_record_uid":null,"exception_type":null}}'],
    ['datadog', '{"ddsource":"nodejs","log.record.uid":null,"exception.type":null}'],
    ['logfmt', 'log.record.uid=null exception.type=null'],
  ])('is no text in %s', (preset, line) => {
    expect(createPresetLine(preset, origin)(record, 0)).toBe(line);
  });

  test.each(['gcp', 'ecs', 'datadog', 'logfmt'] as const)('is none in %s when a line is cut to fit', (preset) => {
    const long = { attributes: attributes({ a: 'x'.repeat(9000) }), eventName: 'e'.repeat(9000) };
    expect(createPresetLine(preset, { ...origin, maxLineBytes: 4096 })(long, 0)).not.toContain('null');
  });

  test.each(['ecs', 'datadog'] as const)('is not the text "null" in %s', (preset) => {
    const line = createPresetLine(preset)({ body: { stringValue: 'null' }, eventName: 'e' }, 0);
    expect(JSON.parse(line)).toMatchObject({ message: 'null' });
  });
});

describe('levels', () => {
  const numbers = Array.from({ length: 25 }, (_, number) => number);
  const levelIn = (preset: LinePreset, key: string) =>
    numbers.map((severityNumber) => JSON.parse(createPresetLine(preset)({ severityNumber }, 0))[key]);

  it('become severities of Cloud Logging', () => {
    expect(levelIn('gcp', 'severity')).toStrictEqual([
      'DEFAULT',
      ...numbers.slice(1, 9).map(() => 'DEBUG'),
      ...['INFO', 'INFO', 'NOTICE', 'NOTICE', 'WARNING', 'WARNING', 'WARNING', 'WARNING'],
      ...['ERROR', 'ERROR', 'ERROR', 'ERROR', 'CRITICAL', 'CRITICAL', 'ALERT', 'EMERGENCY'],
    ]);
  });

  it('become statuses of Datadog', () => {
    const words = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'].flatMap((word) => [word, word, word, word]);
    expect(levelIn('datadog', 'status')).toStrictEqual([undefined, ...words]);
  });

  test.each(['gcp', 'datadog'] as const)('keep their own word beside that of %s', (preset) => {
    const toLine = createPresetLine(preset);
    expect(JSON.parse(toLine({ severityNumber: 10, severityText: 'Notice' }, 0))).toMatchObject({ level: 'notice' });
    expect(JSON.parse(toLine({ severityNumber: 9, severityText: 'INFO' }, 0))).not.toHaveProperty('level');
  });
});

describe('names that meet', () => {
  const given = attributes({ 'a.b': '1', a_b: '2', 'a*b': '3', '': '4' });

  it('are told apart in labels', () => {
    const { labels } = JSON.parse(createPresetLine('ecs')({ attributes: given }, 0));
    expect(labels).toStrictEqual({ a_b: '1', a_b_: '2', a_b__: '3', _: '4' });
  });

  it('are told apart in labels from those of the line', () => {
    const own = attributes({ logger_version: 'mine', dropped_attributes_count: 'mine', 'logger.version': 'too' });
    const line = createPresetLine('ecs', { scopeOf })({ attributes: own, droppedAttributesCount: 2 }, 0);
    expect(JSON.parse(line).labels).toStrictEqual({
      logger_version_: 'mine',
      dropped_attributes_count_: 'mine',
      logger_version__: 'too',
      logger_version: '2.0.0',
      dropped_attributes_count: 2,
    });
    expect(JSON.parse(createPresetLine('ecs')({ attributes: own }, 0)).labels).toMatchObject({
      logger_version: 'mine',
    });
  });

  it('are told apart in logfmt', () => {
    const line = createPresetLine('logfmt')({ attributes: attributes({ 'a b': '1', a_b: '2', '': '3' }) }, 0);
    expect(line).toBe('a_b=1 a_b_=2 _=3');
  });
});

describe('ids of Datadog', () => {
  test.each([
    ['0000000000000000321cf37308d69df2', '3611028676639366642'],
    ['5b8aa5a2d2c872e8321cf37308d69df2', '5b8aa5a2d2c872e8321cf37308d69df2'],
    ['no id', 'no id'],
  ])('%s is %s', (traceId, id) => {
    expect(JSON.parse(createPresetLine('datadog')({ traceId }, 0))).toMatchObject({ 'dd.trace_id': id });
  });
});

describe('an OTLP line', () => {
  it('is read back as the record it was', () => {
    const line = createPresetLine('otlp-json', { resource, scopeOf })(failed, 0);
    expect(parseOtlpJsonRequest(line).resourceLogs[0]?.scopeLogs?.[0]?.logRecords).toStrictEqual([failed]);
  });
});

/** Reads a line back, by readers that are not ours where there are any. */
function read(preset: LinePreset, line: string): unknown {
  return preset === 'logfmt' ? readLogfmt(line) : JSON.parse(line);
}

describe('whatever the record', () => {
  const anyOrigin = fc.record({ name: hostileText, version: hostileText, service: hostileText });

  test.each(linePresets)('%s is one line that can be read and fits', (preset) => {
    fc.assert(
      fc.property(anyRecord, anyOrigin, fc.constantFrom(4096, 16_383), (record, origin, maxLineBytes) => {
        const toLine = createPresetLine(preset, {
          resource: { attributes: attributes({ 'service.name': origin.service, 'service.version': origin.version }) },
          scopeOf: () => origin,
          maxLineBytes,
        });
        const line = toLine(record, 0);
        expect(line.match(/\p{Cc}|[\u2028\u2029]|\p{Cs}/gu)).toBeNull();
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(maxLineBytes);
        expect(read(preset, line)).toBeTypeOf('object');
      }),
      { numRuns: 150 },
    );
  });

  test.each(linePresets)('%s keeps every attribute of a record that fits', (preset) => {
    const keys = fc.uniqueArray(fc.oneof(hostileText, fc.constantFrom('level', 'severity', 'msg', 'error', 'labels')), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(keys, (names) => {
        const given = names.map((key, at) => ({ key, value: { stringValue: `value-${at}.` } }));
        const line = createPresetLine(preset)({ attributes: given }, 0);
        read(preset, line);
        names.forEach((_, at) => {
          expect(line).toContain(`value-${at}.`);
        });
      }),
      { numRuns: 100 },
    );
  });
});

describe('a record too long for its line', () => {
  const absurd = '\u0000'.repeat(5_000);
  const many = Array.from({ length: 128 }, (_, at) => ({
    key: `${absurd.slice(0, 500)}${at}`,
    value: { intValue: '1' },
  }));

  test.each(linePresets)('%s says how long it was and keeps what is short', (preset) => {
    const record = { ...failed, body: { stringValue: 'é'.repeat(50_000) } };
    const line = createPresetLine(preset, { resource, scopeOf })(record, 0);
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(16_383);
    expect(Buffer.byteLength(line)).toBeGreaterThan(16_000);
    expect(line).toMatch(/original_bytes/);
    for (const kept of ['A 42', 'declined', 'checkout', 'payment.failed']) expect(line).toContain(kept);
  });

  test.each(linePresets)('%s fits even when every text is absurd', (preset) => {
    const origin = { name: absurd, version: absurd };
    const everywhere = attributes(Object.fromEntries(resource.attributes?.map(({ key }) => [key, absurd]) ?? []));
    const toLine = createPresetLine(preset, {
      maxLineBytes: 4096,
      resource: { attributes: [...everywhere, { key: 'x', value: { stringValue: absurd } }] },
      scopeOf: () => origin,
    });
    const line = toLine(
      {
        severityText: absurd,
        body: { stringValue: absurd },
        traceId: absurd,
        spanId: absurd,
        eventName: absurd,
        attributes: many,
      },
      0,
    );
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(4096);
    read(preset, line);
  });

  test.each(linePresets)('%s refuses a length that cannot work', (preset) => {
    expect(() => createPresetLine(preset, { maxLineBytes: 100 })).toThrow(
      /maxLineBytes must be an integer of at least/,
    );
  });
});
