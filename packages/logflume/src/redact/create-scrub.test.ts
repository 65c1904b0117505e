import { encodeReducedLogRecord, type LogRecordInput } from '@logflume/otlp';
import { describe, expect, it, test } from 'vitest';
import { createSeenLogger } from '../../test/memory-delivery.ts';
import { withContext } from '../context.ts';
import { emitRecord } from '../emit-record.ts';
import type { Logger } from '../logger.ts';
import { createScrub } from './create-scrub.ts';
import type { RedactOptions } from './redact-options.ts';

const card = '4111111111111111';
const gone = '[redacted]';

function logWith(redact: readonly string[] | RedactOptions) {
  return createSeenLogger('trace', { scrub: createScrub(redact) });
}

function seen(redact: readonly string[] | RedactOptions, attributes: object) {
  const { log, last } = logWith(redact);
  log.info('m', { ...attributes });
  return last().attributes;
}

describe('keys', () => {
  test.each<[string, object, object]>([
    ['at the top', { password: 's', user: 'u' }, { password: gone, user: 'u' }],
    ['inside', { a: { b: [{ Password: 's', c: 1 }] } }, { a: { b: [{ Password: gone, c: 1 }] } }],
    ['whatever stands under them', { password: { hash: 's', list: [1] } }, { password: gone }],
    ['in flat names', { 'user.password.hash': 's', passwords: 1 }, { 'user.password.hash': gone, passwords: 1 }],
    ['in maps', { m: new Map([['password', 's']]) }, { m: { password: gone } }],
    ['in what toJSON answers', { o: { toJSON: () => ({ password: 's' }) } }, { o: { password: gone } }],
    [
      'with dots, flat',
      { req: 1, 'req.headers.Cookie': 's', other: 1 },
      { req: 1, 'req.headers.Cookie': gone, other: 1 },
    ],
    ['with dots, nested', { req: { headers: { cookie: 's', a: 1 } } }, { req: { headers: { cookie: gone, a: 1 } } }],
    ['that are null', { password: null }, { password: gone }],
  ])('are found %s', (_, attributes, expected) => {
    expect(seen(['password', 'req.headers.cookie'], attributes)).toStrictEqual(expected);
  });

  it('are found in errors and their causes', () => {
    const { log, last } = logWith(['token']);
    log.error(
      'm',
      Object.assign(new Error('e', { cause: Object.assign(new Error('c'), { token: 's' }) }), { token: 's' }),
    );
    expect(last().attributes).toMatchObject({
      'exception.properties': { token: gone },
      'exception.cause': { properties: { token: gone } },
    });
  });

  it('are found in bound and context attributes and in a structured body', () => {
    const { log, last } = logWith(['token']);
    withContext({ token: 's', request: { token: 's' } }, () =>
      log.child({ pool: { token: 's' } }).event('e', {}, { body: { token: 's' } }),
    );
    expect(last()).toMatchObject({
      body: { token: gone },
      attributes: { token: gone, request: { token: gone }, pool: { token: gone } },
    });
  });
});

describe('an error in err or error', () => {
  const named = (message: string, more: object = {}) => Object.assign(new Error(message), more);
  const calls: readonly [string, (log: Logger, attributes: object) => void][] = [
    ['a text and attributes', (log, attributes) => log.error('m', attributes)],
    ['attributes alone', (log, attributes) => log.error(attributes)],
    [
      'attributes that are more than a literal',
      (log, attributes) => log.error('m', Object.assign(Object.create({}), attributes)),
    ],
    ['an event', (log, attributes) => log.event('e', { ...attributes }, { level: 'error' })],
    [
      'the record of another logger',
      (log, { ...attributes }: { err?: unknown; error?: unknown }) =>
        emitRecord(log, {
          severityNumber: 17,
          severityText: 'error',
          attributes,
          exception: attributes.err ?? attributes.error,
        }),
    ],
    [
      'a record that is cut to its smallest form',
      (log, attributes) =>
        log.error('m', {
          ...attributes,
          ...Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`${at}${'k'.repeat(16_000)}`, 1])),
        }),
    ],
  ];

  test.each(calls)('is told by no other name where its key is redacted: %s', (_, call) => {
    for (const [redact, key] of [
      [['ERR'], 'err'],
      [{ paths: ['error'] }, 'error'],
    ] as const) {
      const { log, encoded } = logWith(redact);
      call(log, { [key]: named('swordfish', { token: 'swordfish', cause: named('swordfish') }) });
      expect(encoded).toHaveLength(1);
      expect(encoded[0]?.includes('swordfish')).toBe(false);
    }
  });

  it('is told where the other of them is redacted, and as an argument', () => {
    const { log, last } = logWith(['err']);
    log.error('m', { err: named('first'), error: named('second') });
    expect(last().attributes).toMatchObject({ err: gone, 'exception.message': 'second' });
    log.error('m', named('third'), { err: 'text' });
    expect(last().attributes).toMatchObject({ err: gone, 'exception.message': 'third' });
  });

  test.each<[string, object]>([
    ['error.token', { 'exception.properties': { token: gone, status: 5 } }],
    ['err.token', { 'exception.properties': { token: gone, status: 5 } }],
    ['error.message', { 'exception.message': gone }],
    ['error.stack', { 'exception.stacktrace': gone }],
    ['error.cause.token', { 'exception.cause': { properties: { token: gone, status: 6 } } }],
    ['*.token', { 'exception.properties': { token: gone, status: 5 } }],
    ['error.*', { 'exception.message': gone, 'exception.properties': gone, 'exception.cause': gone }],
  ])('has its members redacted by the path %s', (path, expected) => {
    const { log, last } = logWith({ paths: [path] });
    const cause = named('c', { token: 's', status: 6 });
    log.error('m', { error: named('e', { token: 's', status: 5, cause }) });
    expect(last().attributes).toMatchObject(expected);
  });

  it('has its members redacted elsewhere, too', () => {
    expect(seen({ paths: ['failure.token'] }, { failure: named('e', { token: 's', status: 5 }) })).toMatchObject({
      failure: { properties: { token: gone, status: 5 } },
    });
  });

  it('has no say in the properties of what is called otherwise', () => {
    const feature = { id: 1, properties: { id: 'Berlin' }, stacktrace: 't' };
    const expected = { feature: { id: gone, properties: { id: 'Berlin' }, stacktrace: 't' } };
    expect(seen({ paths: ['feature.id', 'feature.stack'] }, { feature })).toEqual(expected);
  });

  test.each(['lastError', 'dbErr', 'rootCause', 'failure', 'reason', 'errors', 'e'])(
    'has its members redacted in %s',
    (name) => {
      expect(seen({ paths: [`${name}.token`] }, { [name]: named('e', { token: 's' }) })).toMatchObject({
        [name]: { properties: { token: gone } },
      });
      expect(seen({ paths: ['*.token'] }, { [name]: named('e', { token: 's' }) })).toMatchObject({
        [name]: { properties: { token: gone } },
      });
    },
  );

  it('does not say in the body what its message may not say', () => {
    const { log, last } = logWith({ paths: ['error.message'] });
    log.error(named('swordfish'));
    expect(last().body).toBe(gone);
  });
});

describe('paths', () => {
  test.each<[string[], object, object]>([
    [['user.email'], { user: { email: 's', name: 'n' }, email: 'e' }, { user: { email: gone, name: 'n' }, email: 'e' }],
    [['user.email'], { 'user.email': 's', 'user.name': 'n' }, { 'user.email': gone, 'user.name': 'n' }],
    [['a.b.c'], { 'a.b': { c: 's', d: 1 } }, { 'a.b': { c: gone, d: 1 } }],
    [['users.email'], { users: [{ email: 's' }, { email: 's' }] }, { users: [{ email: gone }, { email: gone }] }],
    [['headers.*'], { headers: { a: 's', b: 's' }, b: 1 }, { headers: { a: gone, b: gone }, b: 1 }],
    [['*.secret', 'a.b'], { a: { b: 's', secret: 's', c: 1 } }, { a: { b: gone, secret: gone, c: 1 } }],
    [['user'], { user: { name: 's' }, x: { user: 1 } }, { user: gone, x: { user: 1 } }],
    [['user'], { 'user.name': 's' }, { 'user.name': gone }],
  ])('%j', (paths, attributes, expected) => {
    expect(seen({ paths }, attributes)).toStrictEqual(expected);
  });
});

describe('values', () => {
  it('are found in messages, names, errors, numbers and bytes', () => {
    const { log, last } = logWith({ values: ['creditCard'], replacement: '****' });
    const error = new TypeError(`no ${card}`);
    log.error(`paid with ${card}`, error, {
      number: Number(card),
      fraction: 378_282_246_310_005.25,
      big: BigInt(card),
      bytes: Buffer.from(`x${card}y`.replace('x', ' ').replace('y', ' ')),
      [`key ${card}`]: 1,
      set: new Set([`${card}`]),
      time: 1_795_376_462_123,
      float: 4.1,
    });
    const { body, attributes } = last();
    expect(body).toBe('paid with ****');
    expect(attributes).toMatchObject({
      number: '****',
      fraction: '****',
      big: '****',
      bytes: '****',
      'key ****': 1,
      set: ['****'],
      time: 1_795_376_462_123,
      float: 4.1,
      'exception.message': 'no ****',
      'exception.stacktrace': expect.stringContaining('TypeError: no ****'),
    });
    expect(JSON.stringify(last())).not.toContain(card);
  });

  it.each(['AWS_SECRET_ACCESS_KEY', 'secretAccessKey', 'aws.secret', 'awsSecretKey'])(
    'are told by a name: %s',
    (name) => {
      const key = 'wJalrXUtnFEMI'.padEnd(40, '/K7');
      expect(seen({ values: true }, { [name]: key, a: { [name]: key } })).toStrictEqual({
        [name]: gone,
        a: { [name]: gone },
      });
      expect(seen({ values: ['jwt'] }, { [name]: key })).toStrictEqual({ [name]: key });
      expect(seen({ values: true }, { [`${name}Arn`]: 'arn' })).toStrictEqual({ [`${name}Arn`]: 'arn' });
    },
  );

  it('leave each of the keys they were in a place of its own', () => {
    const other = '4242424242424242';
    const keys = { [card]: 1, [other]: 2, a: 3 };
    const told = { '[redacted]': 1, '[redacted]_2': 2, a: 3 };
    const { log, last } = logWith({ values: true });
    log.info('m', { ...keys, inner: { ...keys, deeper: [keys] }, map: new Map(Object.entries(keys)) });
    expect(last().attributes).toStrictEqual({ ...told, inner: { ...told, deeper: [told] }, map: told });
    log.child(keys).info('m');
    expect(last().attributes).toStrictEqual(told);
    log.child({ [card]: 1 }).info('m', { [other]: 2 });
    expect(last().attributes).toStrictEqual({ '[redacted]_2': 2, '[redacted]': 1 });
    log.info('m', { [card]: 1, '[redacted]': 2, '[redacted]_2': 3, [other]: 4 });
    expect(last().attributes).toStrictEqual({
      '[redacted]': 1,
      '[redacted]_2': 2,
      '[redacted]_2_2': 3,
      '[redacted]_3': 4,
    });
  });

  it('do not show by their key what stands under a secret name', () => {
    const told = { '[redacted]': gone, a: 1 };
    const keys = { [card]: 's', a: 1 };
    expect(seen({ values: true, keys: [card] }, { ...keys, inner: keys })).toStrictEqual({ ...told, inner: told });
  });

  it('are looked for in no more of a text than a record can hold', () => {
    const scrub = createScrub({ values: true });
    const text = `${'a1 '.repeat(100_000)}eyJ 4111111111111111`;
    expect(scrub?.text(text)).toBe(text);
  });

  it('are found before a text is cut', () => {
    const { log, last } = createSeenLogger('trace', { maxValueLength: 12, scrub: createScrub({ values: true }) });
    log.info('m', { card });
    expect(last().attributes).toStrictEqual({ card: '[redacted]' });
  });

  it('are found in a record that is cut to fit', () => {
    const { log, last } = logWith({ values: true, keys: ['token'] });
    const text = `${'x'.repeat(300_000)}`;
    log.error(`${card} ${text}`, new Error(`${'y'.repeat(505)} ${card} ${text}`), { token: 's'.repeat(300_000), text });
    // A time may have the digits of a card.
    const written = JSON.stringify(last(), (key, value: unknown) => (key.endsWith('UnixNano') ? undefined : value));
    expect(written).not.toMatch(/4111|s{9}/);
  });
});

describe('the smallest form of a record', () => {
  it('has no half of a secret in it', () => {
    const bytes = Buffer.alloc(8192);
    const longKeys = Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`${at}${'k'.repeat(1000)}`, 1]));
    const record: LogRecordInput = {
      timeMs: 1,
      timeNanos: 0,
      observedTimeMs: 1,
      observedTimeNanos: 0,
      severityNumber: 17,
      severityText: `${'s'.repeat(56)} ${card}`,
      body: 'm',
      attributes: longKeys,
      exception: new Error(`${'y'.repeat(504)} ${card}`),
      bound: undefined,
      eventName: `${'e'.repeat(248)} ${card}`,
      traceId: '',
      spanId: '',
      traceFlags: 0,
    };
    const end = encodeReducedLogRecord(bytes, 0, record, bytes.length, createScrub({ values: true }));
    expect(bytes.subarray(0, end).includes('y'.repeat(504))).toBe(true);
    expect(bytes.subarray(0, end).includes('4111')).toBe(false);
  });
});

describe('nothing to redact', () => {
  test.each([undefined, [], {}, { values: false, keys: [] }])('costs nothing: %j', (redact) => {
    expect(createScrub(redact)).toBeUndefined();
  });
});
