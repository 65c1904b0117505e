import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { endings, runExample } from '../../run-example.ts';

const program = fileURLToPath(new URL('../orders.js', import.meta.url));

/** Records of a run: two for each of twenty orders, a warning, two errors. */
const ALL = 43;

describe('a program that logs with winston', () => {
  it.each(endings)('ends %s: every record is at the backend, and the end is what it was', async (way, end) => {
    const ended = await runExample(program, { args: [way] });
    expect(ended).toMatchObject(end);
    expect(ended.stdout.split('\n').filter((line) => /^\d{4}-\d\d-\d\dT/.test(line))).toHaveLength(ALL);
    expect(ended.records).toHaveLength(ALL);
    const placed = ended.records.filter(({ severityText }) => severityText === 'info');
    expect(placed.map(({ body }) => body)).toEqual([
      ...Array.from({ length: 20 }, (_, i) => `order ${i} placed by customer ${i % 3}`),
    ]);
  });

  it('keeps levels, attributes and errors', async () => {
    const { records } = await runExample(program);
    const failed = records.find(({ body }) => body === 'payment failed');
    expect(failed).toMatchObject({
      severityText: 'error',
      severityNumber: 17,
      body: 'payment failed',
      attributes: {
        service: 'orders',
        order: 13,
        'exception.type': 'Error',
        'exception.message': 'card refused',
        'exception.cause': { message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' },
      },
    });
    expect(records.find(({ severityText }) => severityText === 'warn')).toMatchObject({
      attributes: { service: 'orders', left: 2 },
    });
  });
});
