import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { endings, runExample } from '../../run-example.ts';

const program = fileURLToPath(new URL('../orders.js', import.meta.url));

/** Records of a run: two for each of twenty orders, an error, a warning. */
const ALL = 42;

describe('a program that logs through the OpenTelemetry SDK', () => {
  it.each(endings)('ends %s: every record is at the backend, and the end is what it was', async (way, end) => {
    const { records, ...ended } = await runExample(program, { args: [way] });
    expect(ended).toMatchObject(end);
    expect(records).toHaveLength(ALL);
    const placed = records.filter(({ eventName }) => eventName === 'order.placed');
    expect(placed.map(({ attributes }) => attributes['order'])).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('keeps resource, scope, severity, body and errors', async () => {
    const { records } = await runExample(program);
    const failed = records.find(({ body }) => body === 'payment failed');
    expect(failed).toMatchObject({
      severityText: 'ERROR',
      severityNumber: 17,
      resource: { attributes: { 'service.name': 'orders' } },
      scope: { name: 'orders', version: '1.0.0' },
      attributes: { order: 13, 'exception.type': 'E_CARD', 'exception.message': 'card refused' },
    });
    expect(records.find(({ severityText }) => severityText === 'WARN')?.body).toEqual({ stock: { left: 2 } });
  });
});
