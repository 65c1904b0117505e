import { describe, expect, it } from 'vitest';
import { createSeenLogger } from '../test/memory-delivery.ts';
import { withContext } from './context.ts';
import { captureCall, emitRecord, noCall } from './emit-record.ts';
import type { Logger } from './logger.ts';
import { SharedAttributes } from './shared-attributes.ts';

const host = { severityNumber: 10, severityText: 'notice', body: 'm' };
const span = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331', traceFlags: 1 };

describe('emitRecord', () => {
  it('writes what the host says, whatever the level of the logger', () => {
    const { log, last } = createSeenLogger('fatal');
    emitRecord(log.child({ bound: 1 }), {
      ...host,
      attributes: { own: 2 },
      exception: new RangeError('too far'),
      eventName: 'shop.order',
      timeMs: 1_700_000_000_123.9,
      timeNanos: 456_789,
      observedTimeMs: 1_700_000_000_124,
      observedTimeNanos: 1,
      trace: span,
      scope: { name: 'other' },
    });
    expect(last()).toMatchObject({
      severityNumber: 10,
      severityText: 'notice',
      body: 'm',
      attributes: { bound: 1, own: 2, 'exception.type': 'RangeError', 'exception.message': 'too far' },
      eventName: 'shop.order',
      timeUnixNano: '1700000000123456789',
      observedTimeUnixNano: '1700000000124000001',
      traceId: span.traceId,
      spanId: span.spanId,
      flags: 1,
      scope: 'other',
    });
  });

  it('takes time, context and scope from here and now', () => {
    const { log, last } = createSeenLogger();
    const before = Date.now();
    withContext({ request: 7 }, () => emitRecord(log.child({}, { name: 'db' }), host));
    const { timeUnixNano, observedTimeUnixNano, attributes, traceId, scope } = last();
    expect(Number(timeUnixNano.slice(0, -6))).toBeGreaterThanOrEqual(before);
    expect({ observedTimeUnixNano, attributes, traceId, scope }).toEqual({
      observedTimeUnixNano: timeUnixNano,
      attributes: { request: 7 },
      traceId: '',
      scope: 'db',
    });
  });

  it('takes them from the call it is given, observed later', () => {
    const { log, last } = createSeenLogger();
    const call = withContext({ request: 7 }, () => captureCall(log));
    emitRecord(log, { ...host, call });
    expect(last().attributes).toEqual({ request: 7 });
    expect(last().timeUnixNano < last().observedTimeUnixNano).toBe(true);
    expect(last().timeUnixNano.startsWith(String(call?.timeMs))).toBe(true);
  });

  it('adds nothing of the running context to a record that comes from elsewhere', () => {
    const { log, last } = createSeenLogger();
    withContext({ request: 7 }, () => emitRecord(log, { ...host, call: noCall, trace: span }));
    expect(last()).toMatchObject({ attributes: {}, traceId: span.traceId });
    expect(last().timeUnixNano).toBe(last().observedTimeUnixNano);
  });

  it.each([0, -1, 25, 300, Number.NaN])('leaves a severity of %s unspecified', (severityNumber) => {
    const { log, last } = createSeenLogger();
    emitRecord(log, { ...host, severityNumber });
    expect(last()).toMatchObject({ severityNumber: 0, severityText: 'notice', body: 'm' });
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('takes %s for no time', (timeMs) => {
    const { log, last } = createSeenLogger();
    emitRecord(log, { ...host, timeMs, timeNanos: -1, observedTimeMs: timeMs });
    expect(last().timeUnixNano).toBe(last().observedTimeUnixNano);
    emitRecord(log, { ...host, timeMs: 5, timeNanos: 1e6 });
    expect(last().timeUnixNano).toBe('5000000');
  });

  it.each(['attributes', 'exception', 'body'] as const)('never throws for %s that cannot be read', (member) => {
    const { log, last, records, lost } = createSeenLogger();
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    emitRecord(log, { ...host, [member]: proxy });
    expect(last()).toMatchObject({ severityText: 'notice', severityNumber: 10 });
    if (member !== 'body') {
      expect(last()).toMatchObject({ body: 'm', attributes: { 'logflume.attributes_error': '[unreadable argument]' } });
    }
    expect(records).toHaveLength(1);
    expect(lost()).toBe(0);
  });

  it('cuts names that are longer than any record', () => {
    const { log, last, lost } = createSeenLogger();
    emitRecord(log, { ...host, severityText: 'x'.repeat(400_000), eventName: 'y'.repeat(400_000) });
    expect(last()).toMatchObject({ severityText: 'x'.repeat(1024), eventName: 'y'.repeat(1024), body: 'm' });
    expect(lost()).toBe(0);
  });

  it('comes to an end when its attributes log', () => {
    const { log, records } = createSeenLogger();
    const attributes = {
      get again(): string {
        emitRecord(log, { ...host, attributes });
        return 'x';
      },
    };
    emitRecord(log, { ...host, attributes });
    expect(records.length).toBeGreaterThan(1);
    expect(records[0]?.attributes).toEqual({ 'logflume.attributes_error': '[logged from inside its own attributes]' });
  });

  it('takes shared attributes over those of the logger, and its own over both', () => {
    const { log, last, lost } = createSeenLogger();
    const shared = new SharedAttributes({ shared: 1, bound: 'shared', own: 'shared', gone: undefined });
    const attributes = { own: 'own', shared: undefined };
    const loggers = [log, log.child({ bound: 1, deep: true }), log.child({ bound: 2 }), log];
    for (const [index, logger] of loggers.entries()) {
      emitRecord(logger, { ...host, shared, attributes });
      const deep = index === 1 ? { deep: true } : {};
      expect(last().attributes).toEqual({ shared: 1, bound: 'shared', own: 'own', ...deep });
    }
    withContext({ request: 7, shared: 'context' }, () => emitRecord(log, { ...host, shared, attributes }));
    expect(last().attributes).toEqual({ shared: 1, bound: 'shared', own: 'own', request: 7 });
    expect(lost()).toBe(0);
  });

  it('encodes shared attributes once for a logger', () => {
    const { log, records } = createSeenLogger();
    let reads = 0;
    const shared = new SharedAttributes({
      get read() {
        reads++;
        return reads;
      },
    });
    for (let i = 0; i < 5; i++) emitRecord(log, { ...host, shared });
    expect(records.map(({ attributes }) => attributes)).toEqual(Array(5).fill({ read: 1 }));
    expect(reads).toBe(1);
    expect(shared.has('read') && !shared.has('write')).toBe(true);
  });

  it('hands shared attributes to a logger somebody else made', () => {
    const { log, last } = createSeenLogger();
    const shared = new SharedAttributes({ shared: 1, own: 'shared' });
    emitRecord({ ...log }, { ...host, shared, attributes: { own: 'own', shared: undefined } });
    expect(last().attributes).toEqual({ shared: 1, own: 'own' });
  });

  it('goes through log() of a logger somebody else made, at the nearest level', () => {
    const { log, records } = createSeenLogger();
    const other: Logger = { ...log };
    expect(captureCall(other)).toBeUndefined();
    for (const severityNumber of [0, 1, 6, 10, 16, 18, 24]) {
      emitRecord(other, { ...host, severityNumber, attributes: { a: 1 }, exception: new Error('e') });
    }
    expect(records.map(({ severityNumber }) => severityNumber)).toEqual([9, 1, 5, 9, 13, 17, 21]);
    expect(records[0]).toMatchObject({ body: 'm', attributes: { a: 1, 'exception.message': 'e' } });
  });
});
