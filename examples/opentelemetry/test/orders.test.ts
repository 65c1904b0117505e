import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createDevBackend, type DevBackend } from '@logflume/dev-backend';
import { describe, expect, it } from 'vitest';

/** Records of a run: two for each of twenty orders, an error, a warning. */
const ALL = 42;

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
}

async function run(backend: DevBackend, way: string): Promise<Ended> {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../orders.js', import.meta.url)), way], {
    env: { PATH: process.env['PATH'], LOGFLUME_ENDPOINTS: backend.url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (text.includes('all orders are done')) child.kill('SIGTERM');
  });
  child.stderr.resume();
  await once(child, 'close');
  return { code: child.exitCode, signal: child.signalCode };
}

describe('a program that logs through the OpenTelemetry SDK', () => {
  it.each<[string, number | null, string | null]>([
    ['naturally', 0, null],
    ['exit', 3, null],
    ['throw', 1, null],
    ['serve', null, 'SIGTERM'],
  ])('ends %s: every record is at the backend, and the end is what it was', async (way, code, signal) => {
    await using backend = await createDevBackend();
    expect(await run(backend, way)).toEqual({ code, signal });
    const records = backend.records();
    expect(records).toHaveLength(ALL);
    expect(backend.stats().records.duplicates).toBe(0);
    const placed = records.filter(({ eventName }) => eventName === 'order.placed');
    expect(placed.map(({ attributes }) => attributes['order'])).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('keeps resource, scope, severity, body and errors', async () => {
    await using backend = await createDevBackend();
    await run(backend, 'naturally');
    const [failed] = backend.records({ text: 'payment failed' });
    expect(failed).toMatchObject({
      severityText: 'ERROR',
      severityNumber: 17,
      resource: { attributes: { 'service.name': 'orders' } },
      scope: { name: 'orders', version: '1.0.0' },
      attributes: { order: 13, 'exception.type': 'E_CARD', 'exception.message': 'card refused' },
    });
    expect(backend.records().find(({ severityText }) => severityText === 'WARN')?.body).toEqual({ stock: { left: 2 } });
  });
});
