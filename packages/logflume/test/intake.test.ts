import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDevBackend } from '@logflume/dev-backend';
import { expect, it, vi } from 'vitest';
import { createLogger, createLoggerProvider, type LoggerOptions } from '../src/index.ts';

const quiet: LoggerOptions = { exit: { handleSignals: false }, fallback: 'none', onDiagnostic: () => undefined };

it('sends to a backend what processors leave of the records of all loggers', async () => {
  await using backend = await createDevBackend();
  await using provider = createLoggerProvider({
    ...quiet,
    endpoints: [backend.url],
    redact: ['token'],
    attributes: { region: 'eu' },
    processors: [
      ({ attributes }) => (attributes['http.route'] === '/healthz' ? null : { token: attributes['region'] }),
      ({ attributes }) => {
        delete attributes['region'];
      },
    ],
  });
  const log = provider.getLogger('http', '1.0');
  for (const route of ['/healthz', '/orders', '/healthz'])
    log.emit({ body: 'request', attributes: { 'http.route': route } });
  await provider.flush();
  expect(backend.records()).toMatchObject([{ scope: { name: 'http' }, body: 'request' }]);
  expect(backend.records()[0]?.attributes).toEqual({ 'http.route': '/orders', token: '[redacted]' });
  const { accepted, delivered, suppressed } = provider.stats();
  expect({ accepted, delivered, suppressed }).toEqual({
    accepted: 1,
    delivered: 1,
    suppressed: { total: 2, byReason: { processor: 2, sampled: 0, repeated: 0, rate_limited: 0 } },
  });
});

it('says that a logger which asks for none of it leaves nothing out', () => {
  const log = createLogger({ ...quiet, console: false });
  expect(log.stats().suppressed).toEqual({
    total: 0,
    byReason: { processor: 0, sampled: 0, repeated: 0, rate_limited: 0 },
  });
});

it('counts what came after the end as closed, whatever the processors would say', async () => {
  await using backend = await createDevBackend();
  const log = createLogger({ ...quiet, endpoints: [backend.url], processors: [() => null] });
  await log.close();
  log.info('late');
  expect(log.stats()).toMatchObject({ accepted: 1, dropped: { byReason: { closed: 1 } }, suppressed: { total: 0 } });
});

it('takes other shares from a changed file, where none were configured before', async () => {
  await using backend = await createDevBackend();
  const folder = mkdtempSync(join(tmpdir(), 'flume-'));
  const path = join(folder, 'f.json');
  const endpoints = [backend.url];
  writeFileSync(path, JSON.stringify({ endpoints }));
  vi.stubEnv('LOGFLUME_CONFIG', path);
  try {
    const told: string[] = [];
    await using log = createLogger({
      ...quiet,
      onDiagnostic: ({ message }) => void told.push(message),
    });
    const db = log.child({}, { name: 'db' });
    db.info('before');
    writeFileSync(path, JSON.stringify({ endpoints, sampling: { loggers: 'db=0' } }));
    await vi.waitUntil(() => told.length > 0, { timeout: 10_000 });
    db.info('after');
    log.info('of another');
    await log.flush();
    expect(told).toEqual([`${path} was read anew: sampling changed`]);
    expect(backend.records().map(({ body }) => body)).toEqual(['before', 'of another']);
    expect(log.stats().suppressed.byReason.sampled).toBe(1);
  } finally {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  }
});
