import { describe, expect, it } from 'vitest';
import type { Clock } from '../clock.ts';
import type { DeliveryDiagnostic } from '../diagnostics.ts';
import { systemClock } from '../system-clock.ts';
import { createEndpoint, type Endpoint } from './endpoint.ts';
import { createHeaderSource } from './header-source.ts';

type Headers = Readonly<Record<string, string>>;

function endpointWith(headers: Headers): Endpoint {
  const url = 'http://a/';
  return createEndpoint({ origin: url, url, address: undefined, weight: 1, priority: 0, rank: 0, headers });
}

const endpoint = endpointWith({});

function newSource(headers: Headers | (() => Promise<Headers>) | undefined, clock: Clock = systemClock) {
  const events: DeliveryDiagnostic[] = [];
  const source = createHeaderSource(headers, { report: (event) => events.push(event), clock });
  return { source, events };
}

describe('a header source', () => {
  it('gives none when there are none', async () => {
    expect(await newSource(undefined).source.headersFor(endpoint)).toEqual({});
  });

  it('folds names, so that an endpoint wins over the common headers whatever the case', async () => {
    const { source } = newSource({ Authorization: 'common', 'X-Tenant': 'a' });
    expect(await source.headersFor(endpointWith({ authorization: 'own' }))).toEqual({
      authorization: 'own',
      'x-tenant': 'a',
    });
  });

  it('asks a function for every attempt', async () => {
    let calls = 0;
    const { source } = newSource(async () => ({ Token: `${++calls}` }));
    expect([await source.headersFor(endpoint), await source.headersFor(endpoint)]).toEqual([
      { token: '1' },
      { token: '2' },
    ]);
    expect(source.lastHeadersFor(endpoint)).toEqual({ token: '2' });
  });

  it.each([
    ['rejects', () => Promise.reject(new TypeError('token abc'))],
    [
      'throws',
      () => {
        throw new TypeError('token abc');
      },
    ],
    ['gives nothing', () => Promise.resolve(undefined as unknown as Headers)],
  ])('uses the last answer when the function %s, and says so without its text', async (_how, fail) => {
    let calls = 0;
    const { source, events } = newSource(() => (calls++ === 0 ? Promise.resolve({ token: '1' }) : fail()));
    await source.headersFor(endpoint);
    expect(await source.headersFor(endpoint)).toEqual({ token: '1' });
    expect(events).toMatchObject([{ kind: 'headersFailed' }]);
    expect(JSON.stringify(events)).toContain('TypeError');
    expect(JSON.stringify(events)).not.toContain('abc');
  });

  it('gives none, not even those of the endpoint, while the function has never answered', async () => {
    const { source, events } = newSource(() => Promise.reject(new TypeError('token abc')));
    expect(await source.headersFor(endpointWith({ 'x-tenant': 'a' }))).toBeUndefined();
    expect(events).toMatchObject([{ message: 'headers() failed (TypeError); nothing is sent until it gives some' }]);
  });

  it('waits five seconds for a function that does not answer, and no timer is left of one that does', async () => {
    const timers: { delayMs: number; callback: () => void; isCancelled: boolean }[] = [];
    const clock: Clock = {
      ...systemClock,
      after(delayMs, callback) {
        const timer = { delayMs, callback, isCancelled: false };
        timers.push(timer);
        return {
          cancel: () => {
            timer.isCancelled = true;
          },
        };
      },
    };
    let calls = 0;
    const { source, events } = newSource(
      () => (calls++ === 0 ? Promise.resolve({ token: '1' }) : new Promise<Headers>(() => undefined)),
      clock,
    );
    await source.headersFor(endpoint);
    expect(timers).toMatchObject([{ delayMs: 5000, isCancelled: true }]);
    const hanging = source.headersFor(endpoint);
    timers[1]?.callback();
    expect(await hanging).toEqual({ token: '1' });
    expect(events.length).toBe(1);
  });

  it.each<[string, () => unknown]>([
    ['undefined', () => ({ token: undefined })],
    ['null', () => ({ token: null })],
    ['an object', () => ({ token: { value: '2' } })],
    ['several texts', () => ({ token: ['2', '3'] })],
    ['undefined in a map', () => new Map([['token', undefined]])],
  ])('takes a header that is %s for a failure', async (_what, wrong) => {
    let calls = 0;
    const { source, events } = newSource(async () => (calls++ === 0 ? { token: '1' } : wrong()) as Headers);
    await source.headersFor(endpoint);
    expect(await source.headersFor(endpoint)).toEqual({ token: '1' });
    expect(events).toMatchObject([
      { message: 'headers() failed (a value of token that is no text); the last headers it gave are used' },
    ]);
  });

  it.each<[string, Headers, string]>([
    ['a dash of typography', { 'X-Tenant': 'Z\u00fcrich\u2013S\u00fcd' }, 'a value of x-tenant'],
    ['a zero', { 'x-tenant': 'ab\0cd' }, 'a value of x-tenant'],
    ['a line feed inside', { 'x-tenant': 'ab\r\nhost: cd' }, 'a value of x-tenant'],
    ['a vertical tab at its end', { 'x-tenant': 'ab\v' }, 'a value of x-tenant'],
    ['a blank in its name', { 'sesame x': 'ab' }, 'a name'],
    ['no name', { '': 'ab' }, 'a name'],
  ])('takes a header with %s for a failure: nobody sends another one instead', async (_what, wrong, which) => {
    let calls = 0;
    const { source, events } = newSource(async () => (calls++ === 0 ? { token: '1' } : wrong));
    await source.headersFor(endpoint);
    expect(await source.headersFor(endpoint)).toEqual({ token: '1' });
    expect(events).toMatchObject([{ message: expect.stringMatching(`^headers\\(\\) failed \\(${which} `) }]);
    expect(JSON.stringify(events)).toContain('HTTP does not allow');
    expect(JSON.stringify(events)).not.toMatch(/ab|sesame/);
    expect(() => newSource(wrong)).toThrow(`got ${which} `);
  });

  it('takes every letter that HTTP allows', async () => {
    const tenant = 'Z\u00fcrich\tS\u00fcd ~!\u00ff';
    expect(await newSource({ 'x!#$%&*+.^_`|~-9': tenant }).source.headersFor(endpoint)).toEqual({
      'x!#$%&*+.^_`|~-9': tenant,
    });
  });

  it.each<[string, unknown]>([
    ['a Headers object', new globalThis.Headers({ Token: '1' })],
    ['a map', new Map([['Token', '1']])],
    ['pairs', [['Token', '1']]],
    ['a number', { Token: 1 }],
  ])('reads %s', async (_what, answer) => {
    expect(await newSource(async () => answer as Headers).source.headersFor(endpoint)).toEqual({ token: '1' });
  });

  it.each([
    ['abc\n', 'abc'],
    ['\t Bearer a b \r\n', 'Bearer a b'],
    ['\u00a0abc', '\u00a0abc'],
    [' ', ''],
  ])('cleans the ends of %j, as HTTP does, while running and for an exit', async (given, sent) => {
    for (const headers of [{ token: given }, async () => ({ token: given })]) {
      const { source } = newSource(headers);
      expect(await source.headersFor(endpoint)).toEqual({ token: sent });
      expect(source.lastHeadersFor(endpoint)).toEqual({ token: sent });
    }
  });

  it('has the last answer for an exit, and none, not even of the endpoint, while there is none', async () => {
    const { source } = newSource(async () => ({ token: '1' }));
    expect(source.lastHeadersFor(endpointWith({ 'x-tenant': 'a' }))).toBeUndefined();
    await source.headersFor(endpoint);
    expect(source.lastHeadersFor(endpointWith({ 'x-tenant': 'a' }))).toEqual({ token: '1', 'x-tenant': 'a' });
    expect(newSource({ Token: '1' }).source.lastHeadersFor(endpoint)).toEqual({ token: '1' });
  });
});
