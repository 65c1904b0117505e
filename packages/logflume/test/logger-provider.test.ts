import { createDevBackend, type DevBackend } from '@logflume/dev-backend';
import { context, trace } from '@opentelemetry/api';
import { logs, SeverityNumber } from '@opentelemetry/api-logs';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { logs as logsOf110, trace as traceOf110 } from 'otel-api-1.10';
import { afterEach, describe, expect, it, test } from 'vitest';
import { createLogger, createLoggerProvider, type Diagnostic, type LoggerProvider } from '../src/index.ts';

const API = Symbol.for('opentelemetry.js.api.1');
const numbers = Array.from({ length: 10_000 }, (_, i) => i);

function createProviderTo(backend: DevBackend, told: Diagnostic[] = []): LoggerProvider {
  return createLoggerProvider({
    endpoints: [backend.url],
    fallback: 'none',
    exit: { handleSignals: false },
    onDiagnostic: (event) => void told.push(event),
  });
}

const received = (backend: DevBackend) =>
  backend
    .records()
    .map(({ attributes }) => Number(attributes['i']))
    .sort((a, b) => a - b);

afterEach(() => {
  logs.disable();
  logsOf110.disable();
  Reflect.deleteProperty(globalThis, API);
});

describe('a registered provider', () => {
  it('gets 10,000 records of one tick by api-logs, each once', async () => {
    await using backend = await createDevBackend({ maxRecords: 10_000 });
    const early = logs.getLogger('early', '1');
    await using provider = createProviderTo(backend);
    expect(provider.register()).toBe(true);
    expect(provider.register()).toBe(true);
    const late = logs.getLogger('late', '2');
    for (const i of numbers)
      (i % 2 === 0 ? early : late).emit({ severityNumber: SeverityNumber.INFO, attributes: { i } });
    await expect(provider.flush({ timeoutMs: 25_000 })).resolves.toMatchObject({
      accepted: 10_000,
      delivered: 10_000,
      pending: 0,
    });
    expect(received(backend)).toStrictEqual(numbers);
    expect(backend.records().filter(({ scope }) => scope.name === 'early')).toHaveLength(5000);
    expect(provider.stats()).toMatchObject({ accepted: 10_000, delivered: 10_000 });
  });

  test.each<[string, boolean]>([
    ['handed over', true],
    ['whose global is there', false],
  ])('gets 10,000 records of one tick by api 1.10 %s, each once', async (_, isGiven) => {
    await using backend = await createDevBackend({ maxRecords: 10_000 });
    if (!isGiven) traceOf110.setGlobalTracerProvider(traceOf110.getTracerProvider());
    await using provider = createProviderTo(backend);
    expect(provider.register(isGiven ? { logs: logsOf110 } : {})).toBe(true);
    const api = logsOf110.getLogger('db', '1.2');
    for (const i of numbers) api.emit({ severityNumber: 9, attributes: { i } });
    await expect(provider.flush({ timeoutMs: 25_000 })).resolves.toMatchObject({
      accepted: 10_000,
      delivered: 10_000,
      pending: 0,
    });
    expect(received(backend)).toStrictEqual(numbers);
    expect(backend.records()[0]?.scope).toMatchObject({ name: 'db', version: '1.2' });
  });

  it('makes loggers live that were taken before, through the copy handed over', async () => {
    await using backend = await createDevBackend();
    const early = logsOf110.getLogger('early');
    await using provider = createProviderTo(backend);
    provider.register({ logs: logsOf110 });
    early.emit({ body: 'x' });
    await provider.flush();
    expect(backend.records()).toMatchObject([{ body: 'x', scope: { name: 'early' } }]);
  });

  it('does not create the global of the api: tracing of another version can still be registered', async () => {
    await using backend = await createDevBackend();
    await using provider = createProviderTo(backend);
    provider.register();
    expect(Reflect.get(globalThis, API)).toBeUndefined();
    expect(trace.setGlobalTracerProvider(trace.getTracerProvider())).toBe(true);
  });
});

describe('a provider that is not the first', () => {
  const other = { getLogger: () => ({ emit: () => undefined, enabled: () => false }) };

  it('leaves api-logs to the first, and says so', async () => {
    await using backend = await createDevBackend();
    const told: Diagnostic[] = [];
    await using provider = createProviderTo(backend, told);
    logs.setGlobalLoggerProvider(other);
    expect(provider.register()).toBe(false);
    expect(logs.getLoggerProvider()).toBe(other);
    expect(told).toMatchObject([{ kind: 'providerNotRegistered', api: '@opentelemetry/api-logs' }]);
  });

  test.each<[string, boolean]>([
    ['handed over', true],
    ['not handed over', false],
  ])('leaves api 1.10, %s, to the first, and says so', async (_, isGiven) => {
    await using backend = await createDevBackend();
    const told: Diagnostic[] = [];
    await using provider = createProviderTo(backend, told);
    logsOf110.setGlobalLoggerProvider(other);
    expect(provider.register(isGiven ? { logs: logsOf110 } : undefined)).toBe(false);
    expect(logsOf110.getLoggerProvider()).toBe(other);
    expect(told).toMatchObject([{ kind: 'providerNotRegistered', api: '@opentelemetry/api' }]);
    expect(logs.getLoggerProvider()).toBe(provider);
  });

  it('says when another version of the api was there first', async () => {
    await using backend = await createDevBackend();
    const told: Diagnostic[] = [];
    await using provider = createProviderTo(backend, told);
    trace.setGlobalTracerProvider(trace.getTracerProvider());
    expect(provider.register({ logs: logsOf110 })).toBe(false);
    expect(told).toMatchObject([{ api: '@opentelemetry/api', message: expect.stringContaining('another version') }]);
  });
});

describe('what a backend sees of the API', () => {
  it('scopes with their attributes, apart from those without', async () => {
    await using backend = await createDevBackend();
    await using provider = createProviderTo(backend);
    const pool = provider.getLogger('db', '1', {
      schemaUrl: 'https://example.com/1',
      attributes: { pool: 'main', size: 4 },
    });
    pool.emit({ body: 'in the pool' });
    provider.getLogger('db', '1', { attributes: { pool: 'main', size: 4 } }).emit({ body: 'in the same' });
    provider.getLogger('db', '1').emit({ body: 'plain' });
    await provider.flush();
    const byBody = new Map(backend.records().map(({ body, scope }) => [body, scope]));
    const inPool = { name: 'db', version: '1', attributes: { pool: 'main', size: 4 } };
    expect(byBody.get('in the pool')).toMatchObject({ ...inPool, schemaUrl: 'https://example.com/1' });
    expect(byBody.get('in the same')).not.toHaveProperty('schemaUrl');
    expect(byBody.get('in the same')).toMatchObject(inPool);
    expect(byBody.get('plain')).toMatchObject({ name: 'db', version: '1', attributes: {} });
  });

  it('the span of the active context, and that of the record’s own', async () => {
    await using backend = await createDevBackend();
    await using provider = createProviderTo(backend);
    const manager = new AsyncLocalStorageContextManager().enable();
    context.setGlobalContextManager(manager);
    provider.register();
    const inSpan = (spanId: string) =>
      trace.setSpanContext(context.active(), { traceId: '0af7651916cd43dd8448eb211c80319c', spanId, traceFlags: 1 });
    const api = logs.getLogger('x');
    context.with(inSpan('00000000000000aa'), () => {
      api.emit({ body: 'active' });
      api.emit({ body: 'own', context: inSpan('00000000000000bb') });
    });
    api.emit({ body: 'invalid', context: inSpan('0000000000000000') });
    await provider.flush();
    manager.disable();
    const spans = Object.fromEntries(backend.records().map(({ body, spanId }) => [String(body), spanId]));
    expect(spans).toStrictEqual({ active: '00000000000000aa', own: '00000000000000bb', invalid: undefined });
  });

  it('a shared logger stays open when the provider is closed', async () => {
    await using backend = await createDevBackend();
    await using log = createLogger({ endpoints: [backend.url], fallback: 'none', exit: { handleSignals: false } });
    const provider = createLoggerProvider({ logger: log });
    provider.getLogger('x').emit({ body: 'by the API' });
    await expect(provider.close()).resolves.toMatchObject({ delivered: 1, pending: 0 });
    log.info('by the logger');
    await expect(log.flush()).resolves.toMatchObject({ delivered: 2 });
  });

  it('its own logger is closed with it', async () => {
    await using backend = await createDevBackend();
    const provider = createProviderTo(backend);
    const api = provider.getLogger('x');
    api.emit({ body: 'before' });
    await provider.close();
    api.emit({ body: 'after' });
    expect(provider.stats()).toMatchObject({ accepted: 2, delivered: 1, dropped: { byReason: { closed: 1 } } });
    expect(api.enabled()).toBe(false);
  });
});
