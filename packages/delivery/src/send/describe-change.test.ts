import { describe, expect, it } from 'vitest';
import type { EndpointSample } from '../outcome.ts';
import { describeChange } from './describe-change.ts';
import { createEndpoint, type Endpoint } from './endpoint.ts';
import { type EndpointState, initialHealth } from './health.ts';

function endpointAt(url: string, state: EndpointState, more: Partial<Endpoint> = {}): Endpoint {
  const target = { origin: url, url, address: undefined, weight: 1, priority: 0, rank: 0, headers: {} };
  return { ...createEndpoint(target), health: { ...initialHealth, state }, ...more };
}

const change = (before: EndpointState, sample: EndpointSample['kind'], reason = 'HTTP 503', isOffline = false) => ({
  before: { ...initialHealth, state: before },
  sample: { kind: sample } as EndpointSample,
  reason,
  isOffline,
});

describe('what is said of an endpoint', () => {
  it.each<[EndpointState, EndpointState, EndpointSample['kind'], boolean, string[]]>([
    ['closed', 'closed', 'success', false, []],
    ['closed', 'closed', 'failure', false, []],
    ['closed', 'open', 'failure', false, ['endpointEjected']],
    ['closed', 'paused', 'backpressure', false, ['endpointEjected']],
    ['closed', 'open', 'failure', true, ['endpointEjected', 'allEndpointsOut']],
    ['closed', 'open', 'hold', true, ['endpointHeld', 'allEndpointsOut']],
    ['half-open', 'closed', 'success', false, ['endpointRecovered']],
    ['half-open', 'open', 'failure', true, []],
    ['gone', 'gone', 'failure', true, []],
  ])('that was %s and is %s after a %s (offline: %s): %j', (before, after, sample, isOffline, kinds) => {
    const events = describeChange(endpointAt('http://a/', after), change(before, sample, 'HTTP 503', isOffline));
    expect(events.map(({ kind }) => kind)).toEqual(kinds);
  });

  it.each([
    ['HTTP 404', 'path'],
    ['HTTP 405', 'path'],
    ['HTTP 401', 'credentials in headers'],
    ['HTTP 403', 'credentials in headers'],
    ['HTTP 407', 'credentials of the proxy'],
    ['the proxy answered HTTP 407', 'credentials of the proxy'],
    ['the proxy answered HTTP 403', 'NO_PROXY'],
    ['HTTP 302: redirects are not followed', 'address it points to'],
    ['CERT_HAS_EXPIRED', 'certificate'],
    ['the server speaks no TLS on this port', 'http://'],
    ['HTTP 400: the server speaks TLS on this port', 'https://'],
    ['a header has a name or value that HTTP does not allow', 'in headers'],
  ])('that is held for %s says what to look at: %s', (reason, advice) => {
    const [event] = describeChange(endpointAt('http://a/x?token=t', 'open'), change('closed', 'hold', reason));
    expect(event?.message).toContain(`http://a/x: ${reason}; `);
    expect(event?.message.split('60 s. ')[1]).toContain(advice);
    expect(event?.message).not.toMatch(/token|\n/);
  });

  it.each<[string, string, Partial<Endpoint>, boolean]>([
    ['http://a/', 'ECONNRESET', { attempts: 1, failures: 1 }, true],
    ['http://a/', 'read ECONNRESET', { attempts: 1, failures: 1 }, false],
    ['https://a/', 'ECONNRESET', { attempts: 1, failures: 1 }, false],
    ['http://a/', 'ECONNRESET', { attempts: 2, failures: 2 }, false],
    ['http://a/', 'ECONNRESET', { attempts: 2, failures: 1, delivered: 1 }, false],
    ['http://a/', 'ECONNREFUSED', { attempts: 1, failures: 1 }, false],
  ])('at %s that answers %s (%j) may be that it speaks TLS: %s', (url, reason, counts, isSuspect) => {
    const events = describeChange(endpointAt(url, 'closed', counts), change('closed', 'failure', reason));
    expect(events.map(({ kind }) => kind)).toEqual(isSuspect ? ['endpointSuspect'] : []);
  });
});
