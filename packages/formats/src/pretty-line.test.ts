import { decodeLogRecord, forEachLogRecord, type OtlpLogRecord } from '@logflume/otlp';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { anyRecord, hostileText } from '../test/any-record.ts';
import { encodeRun, fullRecord } from '../test/encoded-runs.ts';
import { createPrettyLine, type PrettyLineOptions } from './pretty-line.ts';

const record: OtlpLogRecord = {
  timeUnixNano: '1795376462123000007',
  severityNumber: 9,
  body: { stringValue: 'payment retried' },
};
const pretty = (given: OtlpLogRecord, options: PrettyLineOptions = {}) =>
  createPrettyLine({ utc: true, ...options })(given, 0);
const attributes = (members: Record<string, string>) =>
  Object.entries(members).map(([key, stringValue]) => ({ key, value: { stringValue } }));

/** A record as the application's own values make it, errors included. */
function logged(members: object, exception?: unknown): OtlpLogRecord {
  const { bytes } = encodeRun(0, [{ ...fullRecord, attributes: members, exception, traceId: '', eventName: '' }]);
  const records: OtlpLogRecord[] = [];
  forEachLogRecord(bytes, (start, end) => records.push(decodeLogRecord(bytes, start, end)));
  return { ...records[0], body: { stringValue: 'failed' }, severityText: 'error', severityNumber: 17 };
}

/** An error whose stack does not depend on where this test runs. */
function errorWith(name: string, message: string, frames: readonly string[], members: object = {}): Error {
  const error = Object.assign(new Error(message), members);
  error.name = name;
  error.stack = `${name}: ${message}\n${frames.map((frame) => `    at ${frame}`).join('\n')}`;
  return error;
}

describe('the first line', () => {
  test.each<[string, OtlpLogRecord, PrettyLineOptions, string]>([
    ['is time, level and message', record, {}, '19:41:02.123 INFO  payment retried'],
    ['has dashes for an unknown time', { body: { stringValue: 'm' }, severityNumber: 17 }, {}, '--:--:--.--- ERROR m'],
    [
      'shows a level of its own by its own name',
      { ...record, severityText: 'verbose' },
      {},
      '19:41:02.123 VERBOSE payment retried',
    ],
    ['names the scope', record, { scopeOf: () => ({ name: 'pay' }) }, '19:41:02.123 INFO  [pay] payment retried'],
    [
      'names the event when there is no message',
      { ...record, body: {}, eventName: 'a.b' },
      {},
      '19:41:02.123 INFO  a.b',
    ],
    [
      'names message and event when there are both, and the trace',
      { ...record, eventName: 'a.b', traceId: 'ab'.repeat(16) },
      {},
      `19:41:02.123 INFO  payment retried  event_name=a.b trace_id=${'ab'.repeat(16)}`,
    ],
    [
      'counts what was dropped',
      { ...record, droppedAttributesCount: 3 },
      {},
      '19:41:02.123 INFO  payment retried  dropped_attributes_count=3',
    ],
    [
      'shows a structured body',
      {
        ...record,
        body: { kvlistValue: { values: [{ key: 'a', value: { arrayValue: { values: [{ intValue: '1' }] } } }] } },
      },
      {},
      '19:41:02.123 INFO  {a: [1]}',
    ],
  ])('%s', (_, given, options, expected) => {
    expect(pretty(given, options)).toBe(expected);
  });

  it('shows the local time of who reads along', () => {
    const local = new Date(1_795_376_462_123);
    const clock = [local.getHours(), local.getMinutes(), local.getSeconds()].map((part) =>
      String(part).padStart(2, '0'),
    );
    expect(createPrettyLine()(record, 0)).toBe(`${clock.join(':')}.123 INFO  payment retried`);
  });

  it('shows each kind of value compactly, and tells text from what looks the same', () => {
    const line = pretty(
      logged({
        text: 'plain',
        spaced: 'a b',
        empty: '',
        digits: '42',
        yes: 'true',
        int: 42,
        big: 2n ** 60n,
        double: 0.5,
        zero: -0,
        nan: Number.NaN,
        no: null,
        quote: 'a"b\\',
        list: [1, 'x', ['y', null]],
        map: { a: { b: { c: { d: 1 } } } },
        bytes: new Uint8Array([0, 255]),
        'odd key': 1,
      }),
    );
    expect(line).toBe(
      '19:41:02.123 ERROR failed  text=plain spaced="a b" empty="" digits="42" yes="true" int=42 ' +
        'big=1152921504606846976 double=0.5 zero=-0 nan=NaN no=null quote="a\\"b\\\\" list=[1, x, [y, null]] ' +
        'map={a: {b: {c: {d: 1}}}} bytes=<2 bytes 00ff> "odd key"=1',
    );
  });

  it('shortens what is long and says so', () => {
    const line = pretty(
      logged({
        long: 'x'.repeat(3_000),
        deep: { a: { b: { c: { d: { e: 1 } } } } },
        list: Array.from({ length: 1_000 }, (_, at) => at),
        bytes: new Uint8Array(1_000),
      }),
    );
    const shorter = pretty(logged({ words: Array.from({ length: 20 }, () => 'w'.repeat(90)), deep: [[[[[1]]]]] }));
    expect(shorter).toContain(', … 9 more] deep=[[[[[…]]]]]');
    expect(line).toContain('x…(3000 characters) ');
    expect(line).toContain('deep={a: {b: {c: {d: {…}}}}}');
    expect(line).toContain('19, … 980 more]');
    expect(line).toMatch(/bytes=<1000 bytes 0+…>$/);
    expect(line.length).toBeLessThan(1_000);
  });

  it('shows a hundred attributes and counts the others', () => {
    const given = Array.from({ length: 150 }, (_, at) => ({ key: `k${at}`, value: { intValue: '1' } }));
    const line = pretty({ ...record, attributes: given, droppedAttributesCount: 5 });
    expect(line).toMatch(/ k99=1 dropped_attributes_count=55$/);
  });

  it('leaves attributes to indented lines where they would go past the last column', () => {
    const given = { ...record, attributes: attributes({ alpha: 'a'.repeat(10), beta: 'b'.repeat(10), gamma: 'c' }) };
    expect(pretty(given, { columns: 75 })).toBe(
      '19:41:02.123 INFO  payment retried\n    alpha=aaaaaaaaaa beta=bbbbbbbbbb gamma=c',
    );
    expect(pretty(given, { columns: 76 })).not.toContain('\n');
    expect(pretty(given, { columns: 35 })).toBe(
      '19:41:02.123 INFO  payment retried\n    alpha=aaaaaaaaaa\n    beta=bbbbbbbbbb gamma=c',
    );
  });

  it('shows the other lines of a message behind a bar, then the attributes', () => {
    const given = { ...record, body: { stringValue: 'one\n\ttwo\r\nthree' }, attributes: attributes({ a: 'b' }) };
    expect(pretty(given)).toBe('19:41:02.123 INFO  one\n  │     two\n  │ three\n    a=b');
  });

  it('ends a message that goes on and on', () => {
    const lines = pretty({ ...record, body: { stringValue: 'line\n'.repeat(100) } }).split('\n');
    expect(lines).toHaveLength(51);
    expect(lines.at(-1)).toBe('  │ … 51 more lines');
    const units = pretty({ ...record, body: { stringValue: 'x'.repeat(9_000) } });
    expect(units).toContain('x…\n  │ … 1000 more characters');
  });
});

describe('an error', () => {
  it('stands below, with its members, its frames and its causes, shared frames once', () => {
    const outer = ['main (app.js:1:1)', 'node:internal/a', 'node:internal/b'];
    const cause = errorWith('Error', 'connect ECONNREFUSED', ['connect (net.js:9:9)', ...outer], {
      code: 'ECONNREFUSED',
      errno: -111,
    });
    const error = errorWith('CardError', 'declined', ['charge (pay.js:3:3)', ...outer], { code: 'E_DECLINED', cause });
    expect(pretty(logged({ 'order.id': 42 }, error))).toBe(
      [
        '19:41:02.123 ERROR failed  order.id=42',
        '  CardError: declined  code=E_DECLINED',
        '      at charge (pay.js:3:3)',
        '      at main (app.js:1:1)',
        '      at node:internal/a',
        '      at node:internal/b',
        '    cause: Error: connect ECONNREFUSED  code=ECONNREFUSED  errno=-111',
        '        at connect (net.js:9:9)',
        '        … 3 frames as above',
      ].join('\n'),
    );
  });

  it('shows two frames it shares with the error around it: saying so would be no shorter', () => {
    const cause = errorWith('Error', 'inner', ['c (c.js:1:1)', 'a (a.js:1:1)', 'b (b.js:1:1)']);
    const error = errorWith('Error', 'outer', ['a (a.js:1:1)', 'b (b.js:1:1)'], { cause });
    expect(pretty(logged({}, error)).split('\n').slice(-3)).toStrictEqual([
      '        at c (c.js:1:1)',
      '        at a (a.js:1:1)',
      '        at b (b.js:1:1)',
    ]);
  });

  it('shows the children of an AggregateError, whatever they are', () => {
    const errors = [errorWith('Error', 'a', ['x (x.js:1:1)']), 'just text', { message: 'no stack' }];
    const error = Object.assign(errorWith('AggregateError', 'all failed', []), { errors });
    expect(pretty(logged({}, error)).split('\n').slice(1)).toStrictEqual([
      '  AggregateError: all failed',
      '    errors[0]: Error: a',
      '        at x (x.js:1:1)',
      '    errors[1]: "just text"',
      '    errors[2]: no stack',
    ]);
  });

  it('among the attributes is shown the same way, under its key', () => {
    expect(pretty(logged({ err: errorWith('Error', 'boom', ['f (f.js:1:1)']), a: 1 }))).toBe(
      '19:41:02.123 ERROR failed  a=1\n  err: Error: boom\n      at f (f.js:1:1)',
    );
  });

  it('has the lines of its message below each other', () => {
    const error = errorWith('Error', 'one\ntwo\n12:00:00.000 INFO  forged', ['f (f.js:1:1)']);
    expect(pretty(logged({}, error)).split('\n').slice(1)).toStrictEqual([
      '  Error: one',
      '    two',
      '    12:00:00.000 INFO  forged',
      '      at f (f.js:1:1)',
    ]);
  });

  test.each<[string, Record<string, string>, string[]]>([
    ['without a stack is its type and message', { type: 'E', message: 'm' }, ['  E: m']],
    ['may have a message alone', { message: 'm' }, ['  m']],
    ['may have a type alone', { type: 'E' }, ['  E']],
    ['may have a stack alone', { stacktrace: 'E: m\n  at f' }, ['  E: m', '      at f']],
    [
      'trusts its message over a stack made before',
      { type: 'E', message: 'new', stacktrace: 'E: old\n  at f' },
      ['  E: new', '      at f'],
    ],
    [
      'keeps what only the stack knows',
      { type: 'E', message: 'm', stacktrace: 'E [X]: m\n  at f' },
      ['  E [X]: m', '      at f'],
    ],
    [
      'shows a stack of another language',
      { type: 'E', message: 'm', stacktrace: 'Traceback\n  File "x"' },
      ['  E: m', '      Traceback', '        File "x"'],
    ],
  ])('%s', (_, members, expected) => {
    const given = Object.entries(members).map(([key, stringValue]) => ({
      key: `exception.${key}`,
      value: { stringValue },
    }));
    expect(
      pretty({ ...record, attributes: given })
        .split('\n')
        .slice(1),
    ).toStrictEqual(expected);
  });

  it('does not fill the terminal, however many errors are in it', () => {
    const nest = (depth: number): Error =>
      Object.assign(errorWith('Error', 'e', []), {
        errors: depth === 0 ? [] : Array.from({ length: 12 }, () => nest(depth - 1)),
      });
    const lines = pretty(logged({}, nest(3))).split('\n');
    expect(lines.length).toBeLessThan(230);
    expect(lines).toContain('  … more errors');
    const chain = Array.from({ length: 30 }).reduce<Error | undefined>(
      (cause, _, at) => errorWith('Error', `e${at}`, [], { cause }),
      undefined,
    );
    expect(pretty(logged({}, chain)).split('\n').length).toBeLessThan(15);
  });
});

/** Takes our own colours away, and nothing else. */
function unpainted(text: string): string {
  return ['0', '1', '2', '31', '32', '33', '36', '90', '1;97;41'].reduce(
    (rest, code) => rest.replaceAll(`\u001b[${code}m`, ''),
    text,
  );
}

/** Whatever a terminal would obey, line feeds aside. */
const obeyed = (text: string) => text.match(/[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069\ufeff]/gu) ?? [];

describe('what is in a record', () => {
  it('is written as text where a terminal would obey it', () => {
    const text = 'a\u001b[2J\u001b]0;title\u0007\u009b1A\r\u0000\u202e\u2028\ud800b';
    const shown = 'a\\x1b[2J\\x1b]0;title\\x07\\x9b1A\\r\\x00\\u202e\\u2028\\ud800b';
    expect(pretty({ ...record, body: { stringValue: text } })).toBe(`19:41:02.123 INFO  ${shown}`);
    expect(pretty({ ...record, attributes: attributes({ a: text }) })).toContain(`a="${shown}"`);
    expect(pretty({ ...record, attributes: attributes({ [text]: '1' }) })).toContain(`"${shown}"="1"`);
    expect(pretty({ ...record, severityText: '\u001b[2J' })).toBe('19:41:02.123 \\x1b[2J payment retried');
    expect(pretty(record, { scopeOf: () => ({ name: text }) })).toContain(`[${shown}] `);
    expect(pretty({ ...record, traceId: '\u001b[2J' })).toContain('trace_id=\\x1b[2J');
    const stack = errorWith('Error\u0007', 'e', ['f\u001b[2J (f.js:1:1)']);
    expect(pretty(logged({}, stack))).toContain('  Error\\x07: e\n      at f\\x1b[2J (f.js:1:1)');
  });

  it('loses the colours a program gave it, and no sequence comes out of that', () => {
    expect(pretty({ ...record, body: { stringValue: '\u001b[31mred\u001b[0m \u001b\u001b[1m[2J' } })).toBe(
      '19:41:02.123 INFO  red \\x1b[2J',
    );
  });

  it('keeps emoji and every script whole', () => {
    const text = '👩‍👩‍👧 שלום 日本 é';
    expect(pretty({ ...record, body: { stringValue: text } })).toBe(`19:41:02.123 INFO  ${text}`);
  });

  it('can neither command a terminal nor start a line, for any record whatsoever (colours off)', () => {
    fc.assert(
      fc.property(anyRecord, hostileText, fc.option(fc.nat(200), { nil: undefined }), (any, name, columns) => {
        const text = pretty(any, { columns, scopeOf: () => ({ name }) });
        expect(obeyed(text)).toStrictEqual([]);
        for (const line of text.split('\n').slice(1)) expect(line.startsWith('  ')).toBe(true);
      }),
    );
  });

  it('is painted in our colours and no others, and nothing else changes (colours on)', () => {
    fc.assert(
      fc.property(anyRecord, hostileText, (any, name) => {
        const options = { scopeOf: () => ({ name }) };
        expect(unpainted(pretty(any, { ...options, colors: true }))).toBe(pretty(any, options));
      }),
    );
  });
});

describe('colours', () => {
  it('mark the level, step back for time and keys, and weigh what is serious', () => {
    const given = { ...record, severityNumber: 13, attributes: attributes({ a: 'b' }) };
    expect(pretty(given, { colors: true })).toBe(
      '\u001b[2m19:41:02.123\u001b[0m \u001b[33mWARN\u001b[0m  \u001b[1mpayment retried\u001b[0m  \u001b[2ma=\u001b[0mb',
    );
  });

  it('tell the frames of the application from those of Node and of dependencies', () => {
    const frames = ['f (/app/f.js:1:1)', 'g (/app/node_modules/g/g.js:1:1)', 'node:internal/h:1:1'];
    const lines = pretty(logged({}, errorWith('Error', 'e', frames)), { colors: true })
      .split('\n')
      .slice(2);
    expect(lines.map((line) => line.includes('\u001b[2m'))).toStrictEqual([false, true, true]);
  });
});
