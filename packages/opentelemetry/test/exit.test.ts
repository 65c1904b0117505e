import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createDevBackend } from '@logflume/dev-backend';
import { describe, expect, it } from 'vitest';

describe('a process that ends right after 1000 records', () => {
  it.each<[string, string, number | null, string | null]>([
    ['naturally', 'naturally', 0, null],
    ['by process.exit', 'exit', 3, null],
    ['by process.exit while attributes of the resource are to come', 'exitEarly', 3, null],
    ['by an exception', 'throw', 1, null],
    ['by SIGTERM', 'wait', null, 'SIGTERM'],
  ])('has delivered them all, and ends as it would have: %s', async (_, way, code, signal) => {
    await using backend = await createDevBackend();
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL('fixtures/end.js', import.meta.url)), way, backend.url],
      { env: { PATH: process.env['PATH'] }, stdio: ['ignore', 'ignore', 'pipe'] },
    );
    child.stderr.resume();
    await once(child, 'close');
    expect([child.exitCode, child.signalCode]).toEqual([code, signal]);
    const records = backend.records();
    expect(new Set(records.map(({ attributes }) => attributes['i'])).size).toBe(1000);
    expect(records[0]?.resource.attributes['service.name']).toBe('shop');
  });
});
