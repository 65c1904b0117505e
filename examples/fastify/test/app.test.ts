import { expect, it } from 'vitest';
import { askExample } from '../../serve-example.ts';

/** Plain JavaScript; a computed address keeps the compiler from asking for its declarations. */
const { createApp } = await import(new URL('../app.js', import.meta.url).href);

it('has a record of each request, and what is logged inside belongs to it', async () => {
  const { statuses, records } = await askExample(
    async (log) => {
      const app = createApp(log);
      return { url: await app.listen({ port: 0, host: '127.0.0.1' }), close: () => app.close() };
    },
    ['/', '/users/7/orders/12', '/users/7/orders/13', '/nowhere'],
  );
  expect(statuses).toEqual([200, 200, 500, 404]);
  expect(records.map(({ severityText, body }) => `${severityText} ${body}`)).toEqual([
    expect.stringMatching(/^INFO Server listening at/),
    'INFO GET / 200',
    'INFO looking up',
    'INFO GET /users/7/orders/12 200',
    'INFO looking up',
    'ERROR GET /users/7/orders/13 500',
    'WARN GET /nowhere 404',
  ]);
  const [, , inside, found, , failed] = records;
  expect(inside?.attributes['request.id']).toBe(found?.attributes['request.id']);
  expect(inside?.traceId).toBe(found?.traceId);
  expect(found?.attributes).toMatchObject({ 'http.route': '/users/:user/orders/:order', 'order.id': '12' });
  expect(failed?.attributes).toMatchObject({ 'order.id': '13', 'exception.message': 'the shelf is empty' });
});
