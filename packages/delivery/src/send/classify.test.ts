import { describe, expect, it } from 'vitest';
import type { ReplyVerdict } from '../format.ts';
import { classify } from './classify.ts';
import type { TransportResult } from './transport.ts';

const taken: ReplyVerdict = { understood: true, rejectedRecords: 0, message: '' };

function reply(status: number, more: Partial<Extract<TransportResult, { kind: 'reply' }>> = {}): TransportResult {
  const none = { contentType: undefined, retryAfter: undefined, date: undefined };
  return { kind: 'reply', status, ...none, body: new Uint8Array(), complete: true, ...more };
}

function outcomeOf(result: TransportResult, verdict: ReplyVerdict = taken) {
  return classify(result, () => verdict, 0);
}

describe('classify, by status', () => {
  it.each([
    [101, 'retry', 'failure'],
    [199, 'retry', 'failure'],
    [200, 'delivered', 'success'],
    [204, 'delivered', 'success'],
    [299, 'delivered', 'success'],
    [300, 'hold', 'hold'],
    [302, 'hold', 'hold'],
    [399, 'hold', 'hold'],
    [400, 'dead', 'none'],
    [401, 'hold', 'hold'],
    [402, 'dead', 'none'],
    [403, 'hold', 'hold'],
    [404, 'hold', 'hold'],
    [405, 'hold', 'hold'],
    [406, 'dead', 'none'],
    [407, 'hold', 'hold'],
    [408, 'dead', 'none'],
    [413, 'split', 'success'],
    [415, 'dead', 'none'],
    [422, 'dead', 'none'],
    [429, 'retry', 'backpressure'],
    [431, 'dead', 'none'],
    [500, 'retry', 'failure'],
    [501, 'dead', 'failure'],
    [502, 'retry', 'failure'],
    [503, 'retry', 'backpressure'],
    [504, 'retry', 'failure'],
    [505, 'dead', 'failure'],
    [599, 'dead', 'failure'],
  ])('%i: the batch is %s, the endpoint sample %s', (status, batch, endpoint) => {
    const outcome = outcomeOf(reply(status));
    expect([outcome.batch.kind, outcome.endpoint.kind]).toEqual([batch, endpoint]);
  });

  it('marks a 500 as a server error, and no other retry', () => {
    expect(outcomeOf(reply(500)).batch).toMatchObject({ isServerError: true });
    for (const status of [429, 502, 503, 504]) {
      expect(outcomeOf(reply(status)).batch).toMatchObject({ isServerError: false });
    }
  });

  it.each([429, 502, 503, 504])('reads the Retry-After of a %i', (status) => {
    expect(outcomeOf(reply(status, { retryAfter: '7' })).endpoint).toEqual({
      kind: 'backpressure',
      retryAfterMs: 7000,
    });
  });

  it.each([200, 302, 400, 401, 413, 500])('has no use for the Retry-After of a %i', (status) => {
    expect(outcomeOf(reply(status, { retryAfter: '7' })).endpoint).not.toHaveProperty('retryAfterMs');
  });

  it.each([400, 401, 413, 429, 500, 503])('decides a %i by its status even when the body was cut short', (status) => {
    expect(outcomeOf(reply(status, { complete: false }))).toEqual(outcomeOf(reply(status)));
  });
});

describe('classify, a 2xx', () => {
  it('is not acked when it was cut short', () => {
    expect(outcomeOf(reply(200, { complete: false }))).toMatchObject({
      batch: { kind: 'retry', isServerError: false },
      endpoint: { kind: 'failure' },
    });
  });

  it('is not acked when it is not from a logs backend, and says what came instead', () => {
    const outcome = outcomeOf(reply(200, { contentType: 'text/html' }), { ...taken, understood: false });
    expect(outcome.endpoint).toEqual({ kind: 'failure' });
    expect(outcome.batch).toMatchObject({ kind: 'retry', reason: expect.stringContaining('text/html') });
  });

  it.each([
    ['delivered', { ...taken, message: 'slow down' }, { kind: 'delivered', warning: 'slow down' }],
    [
      'partial',
      { ...taken, rejectedRecords: 1, message: 'no' },
      { kind: 'partial', rejectedRecords: 1, message: 'no' },
    ],
    ['delivered', { ...taken, rejectedRecords: -1 }, { kind: 'delivered', warning: 'rejected -1 records' }],
    ['delivered', { ...taken, rejectedRecords: Number.NaN }, { kind: 'delivered', warning: '' }],
  ])('is %s for the verdict %j', (_kind, verdict, batch) => {
    expect(outcomeOf(reply(200), verdict)).toEqual({ batch, endpoint: { kind: 'success' } });
  });

  it('asks the format about the body it was given', () => {
    const sent = reply(200, { contentType: 'application/json', body: Buffer.from('{}') });
    const seen: unknown[] = [];
    const judge = (judged: unknown): ReplyVerdict => {
      seen.push(judged);
      return taken;
    };
    classify(sent, judge, 0);
    expect(seen).toEqual([sent]);
  });
});

describe('classify, a failure', () => {
  it.each([
    ['ECONNREFUSED', 'retry', 'failure'],
    ['EHOSTUNREACH', 'retry', 'failure'],
    ['ENETUNREACH', 'retry', 'failure'],
    ['ETIMEDOUT', 'retry', 'failure'],
    ['ERR_LOGFLUME_CONNECT_TIMEOUT', 'retry', 'failure'],
    ['ERR_LOGFLUME_TIMEOUT', 'retry', 'failure'],
    ['ECONNRESET', 'retry', 'failure'],
    ['EPIPE', 'retry', 'failure'],
    ['HPE_INVALID_CONSTANT', 'retry', 'failure'],
    ['EPROTO', 'retry', 'failure'],
    ['ENOTFOUND', 'retry', 'failure'],
    ['EAI_AGAIN', 'retry', 'failure'],
    ['EMFILE', 'retry', 'none'],
    ['ENFILE', 'retry', 'none'],
    ['EADDRNOTAVAIL', 'retry', 'none'],
    ['ERR_LOGFLUME_ABORTED', 'retry', 'none'],
    ['CERT_HAS_EXPIRED', 'hold', 'hold'],
    ['CERT_NOT_YET_VALID', 'hold', 'hold'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'hold', 'hold'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'hold', 'hold'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'hold', 'hold'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'hold', 'hold'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'hold', 'hold'],
    ['ERR_LOGFLUME_PROXY', 'retry', 'failure'],
    ['ERR_LOGFLUME_PROXY_REFUSED', 'hold', 'hold'],
    ['SOMETHING_NEW', 'retry', 'failure'],
  ])('%s: the batch is %s, the endpoint sample %s', (code, batch, endpoint) => {
    const outcome = outcomeOf({ kind: 'failure', code, message: '' });
    expect(outcome.batch).toMatchObject({ kind: batch, reason: code });
    expect(outcome.endpoint.kind).toBe(endpoint);
  });

  it('gives the message as the reason when there is one', () => {
    const result: TransportResult = { kind: 'failure', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED ::1:4318' };
    expect(outcomeOf(result).batch).toMatchObject({ reason: 'connect ECONNREFUSED ::1:4318' });
  });
});

describe('classify, to the letter of OTLP', () => {
  const strict = (result: TransportResult) => classify(result, () => taken, 0, { isStrict: true });

  it.each([
    [200, 'delivered', 'success'],
    [302, 'dead', 'hold'],
    [400, 'dead', 'none'],
    [401, 'dead', 'hold'],
    [404, 'dead', 'hold'],
    [413, 'dead', 'success'],
    [429, 'retry', 'backpressure'],
    [500, 'dead', 'failure'],
    [501, 'dead', 'failure'],
    [502, 'retry', 'failure'],
    [503, 'retry', 'backpressure'],
    [504, 'retry', 'failure'],
  ])('%i: the batch is %s, the endpoint sample %s', (status, batch, endpoint) => {
    const outcome = strict(reply(status));
    expect([outcome.batch.kind, outcome.endpoint.kind]).toEqual([batch, endpoint]);
  });

  it('ends the batch of a reply over the limit, and retries one that was cut', () => {
    expect(strict(reply(200, { complete: false, isTooLarge: true })).batch.kind).toBe('dead');
    expect(strict(reply(200, { complete: false })).batch.kind).toBe('retry');
    expect(outcomeOf(reply(200, { complete: false, isTooLarge: true })).batch.kind).toBe('retry');
  });

  it('retries what never got there, and holds a wrong certificate: no server has seen the records', () => {
    expect(strict({ kind: 'failure', code: 'ECONNRESET', message: '' }).batch.kind).toBe('retry');
    expect(strict({ kind: 'failure', code: 'CERT_HAS_EXPIRED', message: '' }).batch.kind).toBe('hold');
  });
});
