import 'reflect-metadata';
import { Logger as NestLogger } from '@nestjs/common';
import { expect, it } from 'vitest';
import { askExample } from '../../serve-example.ts';
import { createApp } from '../src/app.ts';

it('has a record of each request, and what Nest’s own logger writes inside belongs to it', async () => {
  const { statuses, records } = await askExample(
    async (log) => {
      const app = await createApp(log);
      await app.listen(0, '127.0.0.1');
      return { url: await app.getUrl(), close: () => app.close() };
    },
    ['/users/7/orders/12', '/users/7/orders/13', '/users/7/orders/14', '/nowhere'],
  );
  NestLogger.overrideLogger(false);
  expect(statuses).toEqual([200, 500, 404, 404]);
  const told = records.filter(({ attributes }) => attributes['request.id'] !== undefined);
  expect(told.map(({ severityText, body }) => `${severityText} ${body}`)).toEqual([
    'LOG looking up',
    'INFO GET /users/7/orders/12 200',
    'LOG looking up',
    'ERROR the shelf is empty', // By Nest's own filter of exceptions.
    'ERROR GET /users/7/orders/13 500',
    'LOG looking up',
    'WARN GET /users/7/orders/14 404',
    'WARN GET /nowhere 404',
  ]);
  const [inside, found] = told;
  expect(inside?.attributes).toMatchObject({ 'nestjs.context': 'Orders' });
  expect(inside?.attributes['request.id']).toBe(found?.attributes['request.id']);
  expect(found?.attributes).toMatchObject({
    'http.route': '/users/:user/orders/:order',
    'code.function.name': 'OrdersController.find',
    'order.id': '12',
  });
  expect(told[6]?.attributes).toMatchObject({ 'exception.message': 'no such order' });
  // What Nest says at its start.
  expect(records.some(({ body }) => String(body).startsWith('Mapped {/users/:user/orders/:order, GET}'))).toBe(true);
});
