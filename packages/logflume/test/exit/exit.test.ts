import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { createDevBackend, type DevBackend } from '@logflume/dev-backend';
import { describe, expect, it, test } from 'vitest';
import { type Ended, runFixture, startFixture } from './run-fixture.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
/** A request under way at an exit is repeated, as nobody knows whether it arrived: what came by the repetition is no record. */
const received = (backend: DevBackend) =>
  backend
    .records()
    .filter(({ duplicate }) => !duplicate)
    .map(({ attributes }) => Number(attributes['i']))
    .sort((a, b) => a - b);
const lines = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

/** Every end the process itself chooses, and how it looks from outside. */
const ends: [string, Partial<Ended>][] = [
  ['naturally', { code: 0, stderr: '' }],
  ['exit', { code: 0, stderr: '' }],
  ['exitCode', { code: 7, stderr: '' }],
  ['throw', { code: 1 }],
  ['reject', { code: 1 }],
  ['rejectLater', { code: 1 }],
];

describe('1,000 records logged right before the end', () => {
  test.each(ends)('%s: all of them are delivered, and the exit code is unchanged', async (way, expected) => {
    await using backend = await createDevBackend();
    const ended = await runFixture('end', { args: [way], env: { LOGFLUME_ENDPOINTS: backend.url } });
    expect(ended).toMatchObject({ signal: null, stdout: '', ...expected });
    expect(received(backend)).toStrictEqual(numbers(1000));
    expect(backend.stats().records.duplicates).toBe(0);
    if (expected.code === 1) {
      expect(ended.stderr).toMatch(/Error: (thrown|rejected) by the fixture\n {4}at /);
      expect(lines(ended.stderr)).toStrictEqual([]);
    }
  });

  test.each(ends)('%s: all of them are lines on stderr when the backend is down', async (way, expected) => {
    await using backend = await createDevBackend();
    await backend.suspend();
    const ended = await runFixture('end', { args: [way], env: { LOGFLUME_ENDPOINTS: backend.url } });
    expect(ended).toMatchObject({ signal: null, stdout: '', code: expected.code });
    const fallback = lines(ended.stderr);
    expect(fallback.map(({ i }) => i).sort((a, b) => Number(a) - Number(b))).toStrictEqual(numbers(1000));
    expect(fallback[0]).toMatchObject({ message: 'record', level: 'info', 'sdk.fallback': true });
  });
});

describe('a process that is asked to end', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('delivers everything first, and dies of %s', async (signal) => {
    await using backend = await createDevBackend();
    await using fixture = startFixture('wait', { env: { LOGFLUME_ENDPOINTS: backend.url } });
    await fixture.says('ready');
    fixture.child.kill(signal);
    await expect(fixture.ended()).resolves.toMatchObject({ code: null, signal, stderr: '' });
    expect(received(backend)).toStrictEqual(numbers(1000));
  });

  test.each(['on', 'once', 'onceBefore'])(
    'decides itself when it listens (%s), and its own exit delivers',
    async (listener) => {
      await using backend = await createDevBackend();
      await using fixture = startFixture('wait', { args: [listener], env: { LOGFLUME_ENDPOINTS: backend.url } });
      await fixture.says('ready');
      fixture.child.kill('SIGTERM');
      const ended = await fixture.ended();
      expect(ended).toMatchObject({ code: 3, signal: null });
      expect(ended.stdout).toContain('application was asked to end');
      expect(received(backend)).toStrictEqual(numbers(1000));
    },
  );

  test.each(['signalExit3Before', 'signalExit3After', 'signalExit4Before', 'signalExit4After'])(
    'ends where a package waits for all other listeners to be gone (%s), and so does that package',
    async (listener) => {
      await using backend = await createDevBackend();
      await using fixture = startFixture('wait', { args: [listener], env: { LOGFLUME_ENDPOINTS: backend.url } });
      await fixture.says('ready');
      fixture.child.kill('SIGTERM');
      const ended = await fixture.ended();
      expect(ended).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
      expect(ended.stdout).toContain('signal-exit was called');
      expect(received(backend)).toStrictEqual(numbers(1000));
    },
  );

  it('decides itself when it listens beside such a package', async () => {
    await using backend = await createDevBackend();
    await using fixture = startFixture('wait', {
      args: ['signalExit4AndOwn'],
      env: { LOGFLUME_ENDPOINTS: backend.url },
    });
    await fixture.says('ready');
    fixture.child.kill('SIGTERM');
    await expect(fixture.ended()).resolves.toMatchObject({ code: 3, signal: null });
    expect(received(backend)).toStrictEqual(numbers(1000));
  });

  it('ends, with everything delivered, when two copies of logflume are in it', async () => {
    await using backend = await createDevBackend();
    await using fixture = startFixture('wait', { args: ['otherCopy'], env: { LOGFLUME_ENDPOINTS: backend.url } });
    await fixture.says('ready');
    fixture.child.kill('SIGTERM');
    await expect(fixture.ended()).resolves.toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
    expect(received(backend)).toStrictEqual(numbers(1001));
  });

  it('ends at the second signal while the first one drains, with the records on stderr', async () => {
    await using backend = await createDevBackend({ faults: [{ kind: 'hang' }] });
    await using fixture = startFixture('wait', { env: { LOGFLUME_ENDPOINTS: backend.url } });
    await fixture.says('ready');
    fixture.child.kill('SIGTERM');
    await backend.waitFor((_, stats) => stats.requests.inFlight > 0);
    fixture.child.kill('SIGTERM');
    const ended = await fixture.ended();
    expect(ended).toMatchObject({ code: 143, signal: null });
    expect(lines(ended.stderr)).toHaveLength(1000);
  });

  it('tells before it dies what a stderr that nobody reads did not take', async () => {
    await using fixture = startFixture('stuck-stderr', { env: { LOGFLUME_ENDPOINTS: 'http://127.0.0.1:9' } });
    fixture.child.stderr?.pause();
    await fixture.says('ready');
    fixture.child.kill('SIGTERM');
    await once(fixture.child, 'exit');
    fixture.child.stderr?.resume();
    const { signal, stdout, stderr } = await fixture.ended();
    expect(signal).toBe('SIGTERM');
    const failed = lines(stdout).filter(({ reason }) => reason === 'fallback_failed');
    const lost = failed.reduce((sum, { records }) => sum + Number(records), 0);
    expect(lost).toBeGreaterThan(2000);
    // What was under way is written once more, whole: half a line may stand before it.
    const whole = stderr.split('\n').filter((line) => line.endsWith('}'));
    expect(lost + new Set(lines(whole.join('\n')).map(({ i }) => i)).size).toBeGreaterThanOrEqual(4000);
  });

  it('dies at once when its loggers are closed', async () => {
    await using fixture = startFixture('wait', { args: ['closed'], env: { LOGFLUME_ENDPOINTS: 'http://127.0.0.1:9' } });
    await fixture.says('ready');
    fixture.child.kill('SIGTERM');
    await expect(fixture.ended()).resolves.toMatchObject({ code: null, signal: 'SIGTERM' });
  });
});

it.each<[string, string, Record<string, string>]>([
  ['a backend', '', { LOGFLUME_ENDPOINTS: 'http://127.0.0.1:9' }],
  ['a console', 'console: ', {}],
])('what is logged to %s after a close is counted, and told when the process ends', async (_what, name, env) => {
  const { stdout, stderr } = await runFixture('log-after-close', { env });
  expect(JSON.parse(stdout)).toMatchObject({ accepted: 1000, dropped: { byReason: { closed: 1000 } } });
  expect(stderr).toMatch(new RegExp(`^logflume: ${name}1000 records were dropped \\(closed\\) .*\\n$`));
});

describe('a process that prints', () => {
  test.each(['exit', 'throw', 'naturally'])('%s: every line arrives whole', async (way) => {
    const ended = await runFixture('console', { args: ['10000', way] });
    expect(ended.code).toBe(way === 'throw' ? 1 : 0);
    expect(ended.stdout.endsWith('\n')).toBe(true);
    const printed = lines(ended.stdout);
    expect(printed.map(({ i }) => i)).toStrictEqual(numbers(10_000));
    expect(printed.every(({ message }) => message === 'record é')).toBe(true);
  });

  it('finishes the line it is in when the pipe was full', async () => {
    await using fixture = startFixture('console', { args: ['2000', 'sayAndExit', 'é'.repeat(500)] });
    // The reader begins when the pipe is full and the exit has begun.
    fixture.child.stdout?.pause();
    await fixture.says('full', 'stderr');
    fixture.child.stdout?.resume();
    const ended = await fixture.ended();
    expect(lines(ended.stdout).map(({ i }) => i)).toStrictEqual(numbers(2000));
    expect(ended.stdout).not.toContain('\uFFFD');
  });

  it.each([
    ['exits after a close', 'closeAndExit'],
    ['is asked to end', 'wait'],
  ])('and %s before its reader has caught up loses no line', async (_what, way) => {
    await using fixture = startFixture('console', { args: ['5000', way, 'é'.repeat(500)] });
    // The reader begins when the pipe is full and the close, which has 1 ms, has begun.
    fixture.child.stdout?.pause();
    await fixture.says('full', 'stderr');
    if (way === 'wait') fixture.child.kill('SIGTERM');
    fixture.child.stdout?.resume();
    const ended = await fixture.ended();
    expect(ended).toMatchObject({ signal: way === 'wait' ? 'SIGTERM' : null, stderr: 'full' });
    expect(ended.stdout.endsWith('\n')).toBe(true);
    expect(lines(ended.stdout).map(({ i }) => i)).toStrictEqual(numbers(5000));
  });

  it('opens no socket without an endpoint', async () => {
    const ended = await runFixture('console', { args: ['1', 'sockets'] });
    const [, report] = lines(ended.stdout);
    expect(report).toMatchObject({ handles: expect.not.arrayContaining([expect.stringMatching(/TCP|Worker/)]) });
    expect(report).toMatchObject({ stats: { accepted: 1, endpoints: [] } });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });
});

test.each<[string, (folder: string) => Record<string, string>]>([
  ['an endpoint', () => ({ LOGFLUME_ENDPOINTS: 'http://127.0.0.1:9' })],
  ['a file', (folder) => ({ LOGFLUME_FILE: `${folder}/app.log` })],
  ['a configuration file', (folder) => ({ LOGFLUME_CONFIG: `${folder}/logflume.json` })],
])(
  'a logger with %s leaves stdin and stdout to an application that reads and writes synchronously',
  async (_, where) => {
    using folder = temporaryDirectory();
    mkdirSync(folder.path);
    writeFileSync(`${folder.path}/logflume.json`, '{"endpoints":["http://127.0.0.1:9"]}');
    await using fixture = startFixture('standard-streams', { env: where(folder.path) });
    fixture.child.stdout?.pause();
    // By then it waits for its input, and below for somebody to read its output.
    await fixture.says('reads', 'stderr');
    fixture.child.stdin?.end('1000000');
    await fixture.says('writes', 'stderr');
    fixture.child.stdout?.resume();
    const ended = await fixture.ended();
    expect(ended).toMatchObject({ code: 0, stderr: 'reads\nwrites\n' });
    expect(ended.stdout).toHaveLength(1_000_000);
  },
);

describe('a process that only its environment configures', () => {
  it('sends where it says, as the service it says, with the headers it says', async () => {
    await using backend = await createDevBackend();
    const ended = await runFixture('end', {
      args: ['exit', '3'],
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: backend.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_SERVICE_NAME: 'shop',
        OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      },
    });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(received(backend)).toStrictEqual([0, 1, 2]);
    expect(backend.records()[0]).toMatchObject({
      scope: { name: 'fixture' },
      resource: { attributes: { 'service.name': 'shop', 'deployment.environment.name': 'test' } },
    });
  });

  it('says one line for each variable it cannot use, and runs on', async () => {
    await using backend = await createDevBackend();
    const ended = await runFixture('end', {
      args: ['exit', '3'],
      env: {
        LOGFLUME_ENDPOINTS: backend.url,
        OTEL_EXPORTER_OTLP_TIMEOUT: 'soon',
        LOGFLUME_BALANCE: 'fair',
        LOG_LEVEL: 'verbose',
      },
    });
    const said = ended.stderr.trimEnd().split('\n');
    expect(said).toHaveLength(3);
    for (const name of ['OTEL_EXPORTER_OTLP_TIMEOUT', 'LOGFLUME_BALANCE', 'LOG_LEVEL']) {
      expect(said.filter((line) => line.startsWith(`logflume: ${name} `))).toHaveLength(1);
    }
    expect(ended.code).toBe(0);
    expect(received(backend)).toStrictEqual([0, 1, 2]);
  });

  test.each([{ OTEL_SDK_DISABLED: 'true' }, { OTEL_LOGS_EXPORTER: 'none' }])('is silent with %o', async (env) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connections: unknown[] = [];
    server.on('connection', (socket) => connections.push(socket.destroy()));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const ended = await runFixture('end', {
      args: ['exit'],
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`, ...env },
    });
    server.close();
    expect(ended).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(connections).toStrictEqual([]);
  });
});
