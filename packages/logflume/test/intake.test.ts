import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDevBackend } from '@logflume/dev-backend';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createLogger, createLoggerProvider, type LoggerOptions } from '../src/index.ts';
import { runFixture } from './exit/run-fixture.ts';

// The logger says on stderr what is lost on purpose here.
beforeEach(() => void vi.spyOn(process.stderr, 'write').mockImplementation(() => true));
afterEach(() => vi.restoreAllMocks());

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

it('takes other shares and limits from a changed file, where none were configured before', async () => {
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
    writeFileSync(path, JSON.stringify({ endpoints, sampling: { loggers: 'db=0' }, repeats: { windowMs: 600_000 } }));
    await vi.waitUntil(() => told.length > 0, { timeout: 10_000 });
    db.info('after');
    for (let i = 0; i < 3; i++) log.info('of another');
    await log.flush();
    expect(told).toEqual([`${path} was read anew: sampling, repeats changed`]);
    const summary = 'message repeated 2 times: [of another]';
    expect(backend.records().map(({ body }) => body)).toEqual(['before', 'of another', summary]);
    expect(log.stats().suppressed.byReason).toMatchObject({ sampled: 1, repeated: 2 });
  } finally {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  }
});

it('does all of it in its order, and leaves a backend nothing to guess', async () => {
  await using backend = await createDevBackend();
  const log = createLogger({
    ...quiet,
    endpoints: [backend.url],
    redact: ['token'],
    processors: [({ body }) => (body === 'noise' ? null : { token: 'swordfish' })],
    sampling: { loggers: { db: 0 }, levels: 'debug=0' },
    repeats: { windowMs: 600_000 },
    rateLimit: { recordsPerSecond: 0.001, burstRecords: 2 },
  });
  const db = log.child({}, { name: 'db' });
  for (let i = 0; i < 3; i++) {
    log.info('noise');
    db.info('sampled');
    log.info('repeated');
    log.info('once');
    log.info('beyond the rate');
    log.warn('grave');
  }
  const report = await log.close();
  expect(backend.records().map(({ body, attributes }) => [body, attributes['token']])).toEqual([
    ['grave', '[redacted]'],
    ['message repeated 2 times: [grave]', undefined],
    ['repeated', '[redacted]'],
    ['once', '[redacted]'],
    ['message repeated 2 times: [repeated]', undefined],
    ['message repeated 2 times: [once]', undefined],
    ['3 records suppressed in the last 1 second', undefined],
  ]);
  expect(report).toMatchObject({ accepted: 7, delivered: 7, dropped: 0, pending: 0 });
  expect(log.stats().suppressed).toEqual({
    total: 15,
    byReason: { processor: 3, sampled: 3, repeated: 6, rate_limited: 3 },
  });
});

it.each(['naturally', 'exit'])('tells of what it held back when the process ends: %s', async (way) => {
  await using backend = await createDevBackend();
  const env = { LOGFLUME_ENDPOINTS: backend.url, LOGFLUME_REPEATS_WINDOW_MS: '600000' };
  expect(await runFixture('end', { args: [way], env })).toMatchObject({ code: 0, stderr: '' });
  expect(backend.records().map(({ body }) => body)).toEqual(['record', 'message repeated 999 times: [record]']);
});

it('stands in the way of records only where something is asked of it', async () => {
  await using backend = await createDevBackend();
  const stackOf = async (options: LoggerOptions): Promise<string> => {
    let stack = '';
    const log = createLogger({ ...quiet, endpoints: [backend.url], ...options });
    log.info('m', {
      get seen() {
        stack = String(new Error('here').stack);
        return 1;
      },
    });
    await log.close();
    return stack;
  };
  const usual = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  const [none, some] = [await stackOf({}), await stackOf({ repeats: { windowMs: 1000 } })];
  Error.stackTraceLimit = usual;
  expect(none).toContain('pipeline-logger');
  expect(none).not.toContain('create-intake');
  expect(some).toContain('create-intake');
});
