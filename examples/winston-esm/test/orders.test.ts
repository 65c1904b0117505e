import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createDevBackend, type DevBackend } from '@logflume/dev-backend';
import { describe, expect, it } from 'vitest';

/** Records of a run: two for each of twenty orders, a warning, two errors. */
const ALL = 43;

function start(backend: DevBackend, way: string): { readonly child: ChildProcess; readonly printed: Promise<string> } {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../orders.js', import.meta.url)), way], {
    env: { PATH: process.env['PATH'], LOGFLUME_ENDPOINTS: backend.url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    if (way === 'serve' && text.includes('all orders are done')) child.kill('SIGTERM');
  });
  child.stderr.resume();
  return { child, printed: once(child, 'close').then(() => printed) };
}

describe('a program that logs with winston', () => {
  it.each<[string, number | null, string | null]>([
    ['naturally', 0, null],
    ['exit', 3, null],
    ['throw', 1, null],
    ['serve', null, 'SIGTERM'],
  ])('ends %s: every record is at the backend, and the end is what it was', async (way, code, signal) => {
    await using backend = await createDevBackend();
    const { child, printed } = start(backend, way);
    const lines = (await printed).split('\n').filter((line) => /^\d{4}-\d\d-\d\dT/.test(line));
    expect([child.exitCode, child.signalCode]).toEqual([code, signal]);
    expect(lines).toHaveLength(ALL);
    const records = backend.records();
    expect(records).toHaveLength(ALL);
    expect(backend.stats().records.duplicates).toBe(0);
    const placed = records.filter(({ severityText }) => severityText === 'info');
    expect(placed.map(({ body }) => body)).toEqual([
      ...Array.from({ length: 20 }, (_, i) => `order ${i} placed by customer ${i % 3}`),
    ]);
  });

  it('keeps levels, attributes and errors', async () => {
    await using backend = await createDevBackend();
    await start(backend, 'naturally').printed;
    const [failed] = backend.records({ text: 'payment failed' });
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
    expect(
      backend.records({ minSeverityNumber: 13 }).find(({ severityText }) => severityText === 'warn'),
    ).toMatchObject({
      attributes: { service: 'orders', left: 2 },
    });
  });
});
