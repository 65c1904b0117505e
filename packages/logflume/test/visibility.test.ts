import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createDevBackend } from '@logflume/dev-backend';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger, type Diagnostic, type LoggerOptions } from '../src/index.ts';

// Without a fallback what is said about a loss goes to the real stderr.
beforeEach(() => void vi.spyOn(process.stderr, 'write').mockImplementation(() => true));
afterEach(() => vi.restoreAllMocks());

const options = {
  exit: { handleSignals: false },
  fallback: 'none',
  queue: { maxBytes: 65_536 },
  onDiagnostic: () => undefined,
} as const;

describe('a backend that missed records', () => {
  it.each(['endpoints', 'destinations'])('is told when it comes back (%s)', async (kind) => {
    await using backend = await createDevBackend({ faults: [{ kind: 'status', status: 503 }] });
    const endpoints = [backend.url];
    await using log = createLogger({
      ...options,
      ...(kind === 'endpoints' ? { endpoints } : { destinations: [{ name: 'one', endpoints }] }),
    });
    for (let i = 0; i < 200; i++) log.info('x'.repeat(1000), { i });
    const { dropped } = log.stats();
    expect(dropped.byReason.queue_full).toBeGreaterThan(100);
    await backend.waitFor((_, { requests }) => requests.total > 0);
    backend.setFaults([]);
    await log.flush();
    const isNotice = ({ eventName }: { readonly eventName: string | undefined }) =>
      eventName === 'logflume.records.dropped';
    const records = await backend.waitFor((all) => all.some(isNotice));
    const [notice] = records.filter(isNotice);
    const first = notice?.attributes['logflume.dropped.first_time'];
    expect(notice).toMatchObject({
      severityText: 'WARN',
      scope: { name: 'logflume' },
      body: expect.stringMatching(/^\d+ records were dropped \(queue_full\) from 2.*Z to 2.*Z$/),
      attributes: {
        'error.type': 'queue_full',
        'logflume.dropped.records': dropped.total,
        'logflume.dropped.total': dropped.total,
      },
    });
    expect(Date.parse(String(first))).toBeLessThanOrEqual(Date.now());
    expect(log.stats().accepted).toBe(201);
  });
});

describe('the channel logflume:diagnostic', () => {
  it('has every event, of the settings and of the delivery, of whatever logger', async () => {
    const heard: Diagnostic[] = [];
    // Whoever subscribes to this name gets these events.
    const listen = (event: unknown) => void heard.push(event as Diagnostic);
    vi.stubEnv('LOGFLUME_BALANCE', 'fair');
    subscribe('logflume:diagnostic', listen);
    await using backend = await createDevBackend({ faults: [{ kind: 'status', status: 400 }] });
    const told: Diagnostic[] = [];
    const log = createLogger({ ...options, endpoints: [backend.url], onDiagnostic: (event) => told.push(event) });
    log.info('refused');
    await log.close();
    const before = heard.length;
    unsubscribe('logflume:diagnostic', listen);
    vi.unstubAllEnvs();
    expect(heard.map(({ kind }) => kind)).toEqual(['invalidSetting', 'recordsRejected']);
    expect(told).toEqual(heard);

    await createLogger({ ...options, console: false }).close();
    expect(heard.length).toBe(before);
  });

  it('is not recorded by a captured console when a subscriber prints', async () => {
    const { isOwnOutput } = await import('../src/own-output.ts');
    const own: boolean[] = [];
    const listen = () => void own.push(isOwnOutput());
    subscribe('logflume:diagnostic', listen);
    await using backend = await createDevBackend({ faults: [{ kind: 'status', status: 400 }] });
    const log = createLogger({ ...options, endpoints: [backend.url] });
    log.info('refused');
    await log.close();
    unsubscribe('logflume:diagnostic', listen);
    expect(own).toEqual([true]);
  });
});

describe('an output without a backend', () => {
  it.each<[string, LoggerOptions]>([
    ['console', { console: 'json' }],
    ['file /dev/full', { file: '/dev/full' }],
  ])('tells what it lost, as a diagnostic and as a line (%s)', async (destination, output) => {
    vi.spyOn(process.stdout, 'write').mockImplementation(() => {
      throw new Error('gone');
    });
    const told: Diagnostic[] = [];
    const log = createLogger({ ...options, ...output, onDiagnostic: (event) => void told.push(event) });
    for (let i = 0; i < 3; i++) log.info('lost', { i });
    await log.close({ timeoutMs: 1 });
    const losses = told.filter(({ kind }) => kind === 'recordsDropped');
    expect(losses).toMatchObject([{ reason: 'fallback_failed', records: 3, destination }]);
    const lines = vi.mocked(process.stderr.write).mock.calls.map(([text]) => text);
    const prefix = `logflume: ${destination}: 3 records were dropped (fallback_failed) `;
    expect(lines).toEqual([expect.stringContaining(prefix)]);
    expect(lines[0]).not.toContain('fallback stream');
  });

  it('says nothing for a console beside a backend, whose lines are a convenience', async () => {
    vi.spyOn(process.stdout, 'write').mockImplementation(() => {
      throw new Error('gone');
    });
    await using backend = await createDevBackend();
    const told: Diagnostic[] = [];
    const onDiagnostic = (event: Diagnostic) => void told.push(event);
    const log = createLogger({ ...options, endpoints: [backend.url], console: 'json', onDiagnostic });
    log.info('sent');
    await log.close();
    expect(told).toEqual([]);
    expect(process.stderr.write).not.toHaveBeenCalled();
  });
});

it('a diagnostic is a line on stderr where the callback cannot take it', async () => {
  vi.stubEnv('LOGFLUME_BALANCE', 'fair');
  // Called before there is a `log`, as settings are spoken of within `createLogger`.
  const log = createLogger({ ...options, console: false, onDiagnostic: ({ message }) => log.warn(message) });
  vi.unstubAllEnvs();
  await log.close();
  const lines = vi.mocked(process.stderr.write).mock.calls.map(([text]) => text);
  expect(lines[0]).toMatch(/^logflume: LOGFLUME_BALANCE must be .*\n$/);
});

it('a diagnostic is a line on stderr where an async callback fails', async () => {
  vi.stubEnv('LOGFLUME_BALANCE', 'fair');
  const onDiagnostic = async (): Promise<void> => Promise.reject(new Error('on purpose'));
  await createLogger({ ...options, console: false, onDiagnostic }).close();
  vi.unstubAllEnvs();
  await new Promise(setImmediate); // It fails some turns of the queue of promises later.
  const lines = vi.mocked(process.stderr.write).mock.calls.map(([text]) => text);
  expect(lines[0]).toMatch(/^logflume: LOGFLUME_BALANCE must be .*\n$/);
});

it('a flush settles while a test of the application holds the timers', async () => {
  await using backend = await createDevBackend();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate'] });
  try {
    const log = createLogger({ ...options, endpoints: [backend.url] });
    log.info('sent');
    expect(await log.flush()).toMatchObject({ delivered: 1, pending: 0 });
    log.info('sent');
    expect(await log.close()).toMatchObject({ delivered: 2, pending: 0 });
  } finally {
    vi.useRealTimers();
  }
});
