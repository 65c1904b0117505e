import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runExample } from '../../run-example.ts';

const program = fileURLToPath(new URL('../orders.js', import.meta.url));

it('has one record for each call, with the order it was made for, and no secret in it', async () => {
  const ended = await runExample(program);
  expect(ended).toMatchObject({ code: 0, stderr: '', stdout: '' });
  const calls = ended.records.filter(({ eventName }) => eventName === 'http.client.request');
  const told = calls.map(({ body, severityText, attributes }) => {
    return [attributes['order.number'], body, severityText, attributes['http.request.resend_count']];
  });
  expect(told.sort()).toStrictEqual([
    [1, 'PUT 127.0.0.1/bank/payments/:order 200', 'INFO', undefined],
    [1, 'PUT 127.0.0.1/stock/items/:item 200', 'INFO', undefined],
    [2, 'PUT 127.0.0.1/bank/payments/:order 402', 'WARN', undefined],
    [2, 'PUT 127.0.0.1/stock/items/:item 200', 'INFO', 1],
    [3, 'PUT 127.0.0.1/stock/items/:item 404', 'WARN', undefined],
  ]);
  const failed = ended.records.find(({ body }) => body === 'no such item');
  expect(failed?.attributes).toMatchObject({
    'order.number': 3,
    'exception.type': 'AxiosError',
    'exception.properties': { status: 404, method: 'PUT', url: expect.stringMatching(/\/stock\/items\/3$/) },
  });
  expect(JSON.stringify(ended.records)).not.toMatch(/of-the-stock|of-the-bank|4111|Ann/);
});
