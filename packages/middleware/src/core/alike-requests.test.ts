import { describe, expect, it } from 'vitest';
import { AlikeRequests } from './alike-requests.ts';

type Tuple = Parameters<AlikeRequests['find']>;

const order: Tuple = ['GET', '/orders/:id', 'http', 200, '10.0.0.7', 'billing/1.0'];

/** What is found of one request after another. */
function findAll(alike: AlikeRequests, tuple: Tuple, times: number) {
  return Array.from({ length: times }, () => alike.find(...tuple));
}

describe('AlikeRequests', () => {
  it('finds what requests have in common once there were some of them', () => {
    const found = findAll(new AlikeRequests(), order, 30);
    expect(found.slice(0, 10).every((each) => each === undefined)).toBe(true);
    const shared = new Set(found.slice(10));
    expect(shared.size).toBe(1);
    expect([...shared][0]?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/orders/:id',
      'url.scheme': 'http',
      'http.response.status_code': 200,
      'client.address': '10.0.0.7',
      'user_agent.original': 'billing/1.0',
    });
  });

  it.each<[string, Tuple]>([
    ['method', ['PUT', '/orders/:id', 'http', 200, '10.0.0.7', 'billing/1.0']],
    ['route', ['GET', '/orderz/:id', 'http', 200, '10.0.0.7', 'billing/1.0']],
    ['scheme', ['GET', '/orders/:id', 'https', 200, '10.0.0.7', 'billing/1.0']],
    ['status', ['GET', '/orders/:id', 'http', 404, '10.0.0.7', 'billing/1.0']],
    ['address', ['GET', '/orders/:id', 'http', 200, '10.0.1.7', 'billing/1.0']],
    ['agent', ['GET', '/orders/:id', 'http', 200, '10.0.0.7', 'billinG/1.0']],
    ['agent that is none', ['GET', '/orders/:id', 'http', 200, '10.0.0.7', undefined]],
    ['route and status that are none', ['GET', undefined, 'http', undefined, undefined, 'billing/1.0']],
  ])('tells another %s apart', (_, other) => {
    const alike = new AlikeRequests();
    findAll(alike, order, 20);
    const found = findAll(alike, other, 40).filter((each) => each !== undefined);
    expect(found.length).toBeGreaterThan(0);
    for (const { attributes } of found) {
      expect(Object.values(attributes)).toEqual([...other.slice(0, 2), other[2], ...other.slice(3)]);
    }
  });

  it('keeps those that come often through others that come once', () => {
    const alike = new AlikeRequests();
    findAll(alike, order, 20);
    let found = 0;
    for (let i = 0; i < 1000; i++) {
      // Of the same length and end, which is all that decides on the place.
      alike.find('GET', '/orders/:id', 'http', 200, `10.0.${1 + (i % 9)}.7`, 'billing/1.0');
      if (alike.find(...order) !== undefined) found++;
    }
    expect(found).toBe(1000);
  });

  it('gives the place to others once nobody comes any more', () => {
    const alike = new AlikeRequests();
    for (let i = 0; i < 100; i++) findAll(alike, ['GET', `/a/${i % 10}`, 'http', 200, '10.0.0.7', `old/${i}`], 30);
    const found = findAll(alike, order, 60);
    expect(found.at(-1)).toBeDefined();
  });

  it('remembers no agent of kilobytes', () => {
    const found = findAll(new AlikeRequests(), ['GET', '/', 'http', 200, '10.0.0.7', 'x'.repeat(257)], 30);
    expect(found.every((each) => each === undefined)).toBe(true);
  });
});
