import { runInNewContext } from 'node:vm';
import { decodeLogRecord, forEachLogRecord } from '@logflume/otlp';
import { describe, expect, it } from 'vitest';
import { createSeenIntake } from '../../test/seen-intake.ts';
import { withContext } from '../context.ts';
import { emitRecord } from '../emit-record.ts';
import type { Logger } from '../logger.ts';
import { SharedAttributes } from '../shared-attributes.ts';
import type { ProcessedRecord, Processor } from './processor.ts';

const fail = (): never => {
  throw new Error('on purpose');
};

/** Attributes that are missing in the one record of these bytes. */
function droppedIn(bytes: Buffer): number | undefined {
  let count: number | undefined;
  forEachLogRecord(bytes, (from, to) => {
    count = decodeLogRecord(bytes, from, to).droppedAttributesCount;
  });
  return count;
}

/** Plain JavaScript may write any function there. */
const anyProcessor = (run: (record: ProcessedRecord) => unknown): Processor => run as Processor;

describe('a processor', () => {
  it('sees the record with the attributes of call, context and logger', () => {
    const seen: ProcessedRecord[] = [];
    const { log } = createSeenIntake({ processors: [(record) => void seen.push({ ...record })] });
    const db = log.child({ pool: 1, who: 'logger', big: 2n ** 60n, nested: { a: [1, 'x', null] } }, { name: 'db' });
    withContext({ request: 'r1', who: 'context' }, () => db.warn('slow', { ms: 12, who: 'call' }));
    expect(seen).toMatchObject([
      {
        logger: 'db',
        severityNumber: 13,
        severityText: 'WARN',
        body: 'slow',
        attributes: { request: 'r1', pool: 1, big: 2n ** 60n, nested: { a: [1, 'x', null] }, who: 'call', ms: 12 },
        exception: undefined,
        eventName: '',
        traceId: '',
      },
    ]);
  });

  it('sees what is bound where the call has nothing under that name, as the encoder does', () => {
    const seen: object[] = [];
    const { log, last } = createSeenIntake({ processors: [({ attributes }) => void seen.push({ ...attributes })] });
    log.child({ bound: 1, other: 2 }).info('m', { bound: undefined, other: null, own: 3 });
    expect(seen).toEqual([{ bound: 1, other: null, own: 3 }]);
    expect(last().attributes).toEqual({ bound: 1, other: null, own: 3 });
    const shared = new SharedAttributes({ 'http.route': '/a' });
    const attributes = { 'http.route': undefined, 'url.path': '/a' };
    emitRecord(log, { severityNumber: 9, severityText: 'INFO', body: 'm', shared, attributes });
    expect(seen[1]).toEqual({ 'http.route': '/a', 'url.path': '/a' });
    expect(last().attributes).toEqual({ 'http.route': '/a', 'url.path': '/a' });
  });

  it('may change, add and remove, the next one seeing what it did', () => {
    const { log, last } = createSeenIntake({
      processors: [
        (record) => {
          record.body = `${record.body}!`;
          record.severityNumber = 17;
          record.severityText = 'ERROR';
          record.eventName = 'shop.order';
          delete record.attributes['bound'];
          record.attributes['own'] = 'changed';
        },
        ({ attributes }) => ({ own: `${attributes['own']} twice`, added: true }),
        (record) => record,
      ],
    });
    log.child({ bound: 1, kept: 2 }).info('m', { own: 1 });
    expect(last()).toMatchObject({ body: 'm!', severityNumber: 17, severityText: 'ERROR', eventName: 'shop.order' });
    expect(last().attributes).toEqual({ kept: 2, own: 'changed twice', added: true });
  });

  it('leaves a record out by null: counted as suppressed, not as accepted, and seen by no later one', () => {
    const later: unknown[] = [];
    const { log, records, intake } = createSeenIntake({
      processors: [({ body }) => (body === 'noise' ? null : undefined), ({ body }) => void later.push(body)],
    });
    for (const text of ['noise', 'signal', 'noise']) log.info(text);
    expect([records.map(({ body }) => body), later]).toEqual([['signal'], ['signal']]);
    expect(intake.suppressed()).toEqual({
      total: 2,
      byReason: { processor: 2, sampled: 0, rate_limited: 0, repeated: 0 },
    });
    expect(log.stats().accepted).toBe(1);
  });

  it('changes no object of the application, and is not heard any more once it has returned', () => {
    let kept: ProcessedRecord | undefined;
    const given = Object.freeze({ a: 1 });
    const { log, records } = createSeenIntake({
      processors: [
        (record) => {
          kept ??= record;
          record.attributes['a'] = 2;
        },
      ],
    });
    const child = log.child({ list: [1] });
    child.info('m', given);
    Object.assign(kept?.attributes ?? {}, { a: 3 });
    expect(Object(kept?.attributes['list']).push(2)).toBe(2);
    child.info('m', given);
    expect([given, records.map(({ attributes }) => attributes)]).toEqual([
      { a: 1 },
      [
        { list: [1], a: 2 },
        { list: [1], a: 2 },
      ],
    ]);
  });

  it.each<[string, Processor, object]>([
    ['removes', ({ attributes }) => void delete attributes['err'], {}],
    ['masks', () => ({ err: 'masked' }), { err: 'masked' }],
    [
      'replaces',
      () => ({ err: new RangeError('other') }),
      { 'exception.type': 'RangeError', 'exception.message': 'other' },
    ],
  ])('%s the exception with the attribute err it stood in', (_, processor, expected) => {
    const { log, last, encoded } = createSeenIntake({ processors: [processor] });
    log.error('m', { err: new Error('swordfish') });
    expect(last().attributes).toMatchObject(expected);
    expect(encoded[0]?.includes('swordfish')).toBe(false);
  });

  it('leaves an exception as it is that stands in no attribute, and has the last word about it', () => {
    const { log, last } = createSeenIntake({
      processors: [
        (record) => {
          delete record.attributes['err'];
          if (record.body === 'other') record.exception = new RangeError('other');
        },
      ],
    });
    log.error('m', new Error('kept'), { err: 'text' });
    expect(last().attributes).toMatchObject({ 'exception.message': 'kept' });
    log.error('other', { err: new Error('first') });
    expect(last().attributes).toMatchObject({ 'exception.message': 'other' });
  });

  it('cannot bring a secret past redaction', () => {
    const { log, encoded } = createSeenIntake(
      { processors: [({ attributes }) => ({ password: attributes['hint'], note: 'Bearer abcdefghijklmnop1234' })] },
      { redact: { keys: ['password'], values: true } },
    );
    log.info('m', { hint: 'swordfish-1' });
    const text = encoded.map((bytes) => bytes.toString('latin1')).join();
    expect([text.includes('abcdefghijklmnop1234'), text.split('swordfish-1').length]).toEqual([false, 2]);
  });

  it('sees the records of other loggers too', () => {
    const processors: Processor[] = [({ logger, body }) => ({ seen: `${logger} ${body}` })];
    const { log, last, encoded } = createSeenIntake({ processors });
    emitRecord(log, {
      severityNumber: 9,
      severityText: 'info',
      body: 'of winston',
      scope: { name: 'host' },
      attributes: new Map([['a', 1]]),
      droppedAttributesCount: 3,
    });
    expect(last()).toMatchObject({ scope: 'host', attributes: { a: 1, seen: 'host of winston' } });
    expect(encoded.map(droppedIn)).toEqual([3]);
  });
});

describe('a processor that throws', () => {
  const secret = 'swordfish';
  class NoSuchUser extends Error {
    override readonly name = 'NoSuchUser';
  }

  it('loses no record: it goes out marked, without the attributes that may not be clear, and is told of once', async () => {
    const { log, records, encoded, diagnostics, clock } = createSeenIntake({
      processors: [
        ({ attributes }) => ({ seen: attributes['user'] }),
        function maskUser() {
          throw new NoSuchUser(secret);
        },
      ],
    });
    const child = log.child({ user: secret });
    for (let i = 0; i < 3; i++) child.error('failed', new RangeError(secret), { user: secret });
    child.event('shop.order', { user: secret }, { body: { user: secret } });
    expect(records).toHaveLength(4);
    expect(records[0]).toMatchObject({
      body: 'failed',
      severityNumber: 17,
      attributes: {
        'logflume.processor.name': 'processors[1] (maskUser)',
        'logflume.processor.error_type': 'NoSuchUser',
        'exception.type': 'RangeError',
      },
    });
    expect(records[3]).toMatchObject({ body: '[withheld: a processor failed]', eventName: 'shop.order' });
    expect(encoded.some((bytes) => bytes.includes(secret))).toBe(false);
    expect(diagnostics).toEqual([]); // Not inside the log call.
    await clock.settle();
    const message =
      'processors[1] (maskUser) failed (NoSuchUser): records for which it does go out marked and without attributes';
    expect(diagnostics).toEqual([{ kind: 'processorFailed', processor: 'processors[1] (maskUser)', message }]);
    await clock.advance(30_000);
    child.info('again');
    await clock.settle();
    expect(diagnostics[1]?.message).toBe(`${message} (3 more like this were not told)`);
  });

  it.each<[string, (log: Logger) => void]>([
    ['alone', (log) => log.error(new Error(secret))],
    ['as an attribute', (log) => log.error({ err: new Error(secret) })],
    ['in a text', (log) => log.error(`failed: ${secret}`, new Error(secret))],
    [
      'of another logger',
      (log) => emitRecord(log, { severityNumber: 17, severityText: 'error', body: secret, exception: secret }),
    ],
  ])('does not let the message of an exception out as the text: %s', (_, call) => {
    const { log, encoded, last } = createSeenIntake({ processors: [() => fail()] });
    call(log);
    expect(last().body).toBe('[withheld: a processor failed]');
    expect(encoded[0]?.includes(secret)).toBe(false);
    log.error('its own text', new Error(secret));
    log.error('with an empty one', new Error(''));
    expect(last().body).toBe('with an empty one');
  });

  it('is one that has not finished, for it may not have cleared what it was to clear', async () => {
    const { log, last, diagnostics, clock } = createSeenIntake({
      processors: [anyProcessor(async () => Promise.reject(new Error('late')))],
    });
    log.info('m', { user: secret });
    expect(last().attributes).toEqual({
      'logflume.processor.name': 'processors[0]',
      'logflume.processor.error_type': 'promise',
    });
    await clock.settle();
    expect(diagnostics).toMatchObject([{ message: expect.stringContaining('processors[0] failed (promise)') }]);
  });

  it('says how many attributes are missing, and reads them once', () => {
    let reads = 0;
    const { log, encoded } = createSeenIntake({ processors: [() => fail()] });
    const child = log.child({ a: 1, b: 2 });
    child.info('m', {
      b: 3,
      get c() {
        return ++reads;
      },
    });
    child.info('m', new Map([['c', 1]]));
    child.info('m', new Proxy({ c: 1 }, { ownKeys: fail }));
    expect([encoded.map(droppedIn), reads]).toEqual([[3, 3, 2], 1]);
  });

  const throws = (): never => {
    throw secret;
  };
  const hostile = new Proxy({}, { ownKeys: throws, get: throws });
  it.each<[string, string, (record: ProcessedRecord) => unknown]>([
    ['a text', 'string', throws],
    [
      'nothing',
      'undefined',
      () => {
        throw undefined;
      },
    ],
    ['by an answer that cannot be read', 'string', () => hostile],
    [
      'as it logs, and so meets itself',
      'RangeError',
      function again(record): unknown {
        return again(record);
      },
    ],
    [
      'as it leaves no attributes',
      'attributes that are no object',
      (record) => {
        record.attributes = 5 as unknown as Record<string, unknown>;
      },
    ],
  ])('may throw %s', (_, type, run) => {
    const { log, records } = createSeenIntake({ processors: [anyProcessor(run)] });
    log.info('m', { user: secret });
    const { attributes } = records[0] ?? {};
    expect(records).toHaveLength(1);
    expect(attributes?.['logflume.processor.error_type']).toBe(type);
  });

  it('ends no program that logs from inside it', () => {
    let depth = 0;
    const { log, records } = createSeenIntake({
      processors: [
        () => {
          depth++;
          log.info('inside', { user: secret });
        },
      ],
    });
    log.info('outside', { a: 1 });
    expect(depth).toBe(1);
    expect(records).toMatchObject([
      { body: 'inside', attributes: { 'logflume.processor.error_type': 'logged from inside a processor' } },
      { body: 'outside', attributes: { a: 1 } },
    ]);
  });
});

it.each([
  ['number', () => 5],
  ['string', () => 'text'],
  ['boolean', () => false],
  ['array', () => [1]],
  ['object', () => new Map([['a', 1]])],
  ['function', () => () => undefined],
  ['object', () => new Proxy(new Date(), {})],
])('says that the answer of a processor means nothing: %s', async (what, run) => {
  const { log, records, diagnostics, clock } = createSeenIntake({ processors: [anyProcessor(run)] });
  log.info('m', { a: 1 });
  await clock.settle();
  expect(records).toMatchObject([{ body: 'm', attributes: { a: 1 } }]);
  const message = `processors[0] (run) must return attributes, null or nothing, got another ${what}, which is ignored`;
  expect(diagnostics.map((event) => event.message.replace(/ \(\w+\)/, ' (run)'))).toEqual([
    message.replace(' (run)', ''),
  ]);
});

it('sees a record that a getter of another one logs, and that other one', () => {
  const seen: unknown[] = [];
  const { log, records } = createSeenIntake({ processors: [({ body }) => void seen.push(body)] });
  log.info('outer', {
    get a() {
      log.info('inner', { b: 2 });
      return 1;
    },
  });
  expect(seen).toEqual(['inner', 'outer']);
  expect(records.map(({ attributes }) => attributes)).toEqual([{ b: 2 }, { a: 1 }]);
});

it('takes a member of the name __proto__ for one like others', () => {
  const member = () => JSON.parse('{"__proto__":{"hidden":1},"a":1}');
  const seen: unknown[] = [];
  const { log, last } = createSeenIntake({
    processors: [({ attributes }) => void seen.push(attributes['hidden'], Object.keys(attributes)), member],
  });
  log.info('m', member());
  log.child(member()).info('m');
  expect(seen).toEqual([undefined, ['__proto__', 'a'], undefined, ['__proto__', 'a']]);
  expect(Object.entries(last().attributes)).toEqual([
    ['__proto__', { hidden: 1 }],
    ['a', 1],
  ]);
});

it('takes attributes of another realm as such', () => {
  const { log, last } = createSeenIntake({
    processors: [anyProcessor(() => runInNewContext('Object.assign(Object.create(null), { far: 1 })'))],
  });
  log.info('m');
  expect(last().attributes).toEqual({ far: 1 });
});
