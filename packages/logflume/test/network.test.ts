import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { createDevBackend } from '@logflume/dev-backend';
import { decodeLogsRequest } from '@logflume/otlp';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger, type Diagnostic, type LoggerOptions } from '../src/index.ts';

// What is pending on purpose here goes to the fallback.
beforeEach(() => void vi.spyOn(process.stderr, 'write').mockImplementation(() => true));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

const folder = mkdtempSync(join(tmpdir(), 'flume-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// How they were made is said in delivery/test/fault/tls.test.ts.
const fixture = (name: string): Buffer =>
  readFileSync(new URL(`../../delivery/test/fixtures/${name}`, import.meta.url));
const loopback = { cert: fixture('loopback-cert.pem'), key: fixture('loopback-key.pem') };
const renewed = { cert: fixture('renewed-cert.pem'), key: fixture('renewed-key.pem') };
/** Of the key of `loopback`, for another name. */
const elsewhere = { cert: fixture('elsewhere-cert.pem'), key: loopback.key };

interface Server extends AsyncDisposable {
  readonly port: number;
  /** Messages of the records that arrived, each with the name of the client if it showed a certificate. */
  readonly got: string[];
}

/** An OTLP receiver, over TLS if options for it are given, that answers each request with the status it is told. */
async function serve(tls?: https.ServerOptions, statusOf: (request: http.IncomingMessage) => number = () => 200) {
  const got: string[] = [];
  const handler: http.RequestListener = async (request, response) => {
    const status = statusOf(request);
    const body = Buffer.concat(await request.toArray());
    if (status === 200) {
      const { resourceLogs = [] } = decodeLogsRequest(body);
      const records = resourceLogs.flatMap(({ scopeLogs = [] }) =>
        scopeLogs.flatMap((scope) => scope.logRecords ?? []),
      );
      const peer = request.socket instanceof TLSSocket ? request.socket.getPeerCertificate().subject?.CN : undefined;
      const by = peer === undefined ? '' : ` by ${peer}`;
      got.push(...records.map((record) => `${record.body?.stringValue}${by}`));
    }
    response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end();
  };
  const server = tls === undefined ? http.createServer(handler) : https.createServer(tls, handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const end = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { port, got, [Symbol.asyncDispose]: end } satisfies Server;
}

function createTestLogger(options: LoggerOptions = {}) {
  const diagnostics: Diagnostic[] = [];
  const logger = createLogger({
    compression: 'none',
    batch: { lingerMs: 0 },
    exit: { handleSignals: false },
    onDiagnostic: (event) => diagnostics.push(event),
    ...options,
  });
  return { logger, diagnostics, messages: () => diagnostics.map(({ message }) => message) };
}

/** A second passes for everyone who asks for the time. */
function passOneSecond(): void {
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + 1000);
}

it('reads what headers() answers also from a Headers object or a Map, and sends nothing without a value', async () => {
  const seen: unknown[] = [];
  await using server = await serve(undefined, ({ headers }) => {
    seen.push(headers['x-tenant']);
    return 200;
  });
  const answers: [unknown, timeoutMs: number][] = [
    [new Headers({ 'X-Tenant': 'a' }), 10_000],
    [new Map([['X-Tenant', 'b']]), 10_000],
    [{ 'x-tenant': undefined }, 500],
  ];
  for (const [answer, timeoutMs] of answers) {
    const headers = async () => answer as Record<string, string>;
    const log = createLogger({
      endpoints: [`http://127.0.0.1:${server.port}`],
      headers,
      compression: 'none',
      exit: { handleSignals: false },
    });
    log.info('record');
    await log.close({ timeoutMs });
  }
  expect(seen).toEqual(['a', 'b']);
});

it('finds certificates at a relative path after the application has gone to another directory', async () => {
  await using server = await serve(loopback);
  writeFileSync(join(folder, 'relative.pem'), loopback.cert);
  const diagnostics: Diagnostic[] = [];
  const before = process.cwd();
  process.chdir(folder);
  const log = createLogger({
    endpoints: [`https://127.0.0.1:${server.port}`],
    tls: { caFile: 'relative.pem' },
    compression: 'none',
    exit: { handleSignals: false },
    onDiagnostic: (event) => diagnostics.push(event),
  });
  process.chdir(before);
  // The files are looked at once a second.
  const { now } = performance;
  vi.spyOn(performance, 'now').mockImplementation(() => now.call(performance) + 2000);
  log.info('record');
  await log.close();
  expect(server.got).toEqual(['record']);
  expect(diagnostics).toEqual([]);
});

describe('certificates', () => {
  const asking = { ca: [loopback.cert, renewed.cert], requestCert: true, rejectUnauthorized: true };

  it('of files are read anew when a Secret points elsewhere, without a record lost', async () => {
    await using server = await serve({ ...asking, ...loopback });
    const path = (name: string) => join(folder, name);
    const secrets = [['..v1', loopback] as const, ['..v2', renewed] as const];
    for (const [version, { cert, key }] of secrets) {
      mkdirSync(path(version));
      writeFileSync(path(`${version}/tls.crt`), cert);
      writeFileSync(path(`${version}/tls.key`), key);
    }
    writeFileSync(path('ca.crt'), loopback.cert);
    symlinkSync('..v1', path('..data'));
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `https://127.0.0.1:${server.port}`);
    vi.stubEnv('OTEL_EXPORTER_OTLP_CERTIFICATE', path('ca.crt'));
    vi.stubEnv('OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE', path('..data/tls.crt'));
    vi.stubEnv('OTEL_EXPORTER_OTLP_CLIENT_KEY', path('..data/tls.key'));
    const { logger, messages } = createTestLogger();
    logger.info('first');
    await logger.flush();
    symlinkSync('..v2', path('..next'));
    renameSync(path('..next'), path('..data'));
    passOneSecond();
    logger.info('second');
    await expect(logger.close()).resolves.toMatchObject({ delivered: 2, pending: 0 });
    expect(server.got).toEqual(['first by logflume test', 'second by logflume renewed']);
    expect(messages()).toEqual([expect.stringMatching(/^certificates were read anew from .*tls\.crt/)]);
  });

  it('may be PEM in variables, and the name in that of the server another than that of the URL', async () => {
    await using server = await serve({ ...asking, ...elsewhere });
    vi.stubEnv('LOGFLUME_ENDPOINTS', `https://127.0.0.1:${server.port}`);
    vi.stubEnv('LOGFLUME_TLS_CA', elsewhere.cert.toString());
    vi.stubEnv('LOGFLUME_TLS_CERT', renewed.cert.toString());
    vi.stubEnv('LOGFLUME_TLS_KEY', renewed.key.toString().replaceAll('\n', '\\n'));
    vi.stubEnv('LOGFLUME_TLS_SERVER_NAME', 'elsewhere.example');
    const { logger, messages } = createTestLogger();
    logger.info('record');
    await expect(logger.close()).resolves.toMatchObject({ delivered: 1 });
    expect(server.got).toEqual(['record by logflume renewed']);
    expect(messages()).toEqual([]);
  });
});

describe('headers from a function', () => {
  const withToken = (valid: () => string) => (request: http.IncomingMessage) =>
    request.headers.authorization === `Bearer ${valid()}` ? 200 : 401;

  it('bring a new token after the old one has expired, and no record waits for it', async () => {
    let [valid, issued] = ['token-1', 'token-1'];
    await using server = await serve(
      undefined,
      withToken(() => valid),
    );
    const headers = async () => ({ authorization: `Bearer ${issued}` });
    const { logger, messages } = createTestLogger({ endpoints: [`http://127.0.0.1:${server.port}`], headers });
    logger.info('before');
    await logger.flush();
    valid = 'token-2';
    issued = 'token-2';
    logger.info('after');
    await expect(logger.close()).resolves.toMatchObject({ delivered: 2 });
    expect([server.got, messages()]).toEqual([['before', 'after'], []]);
  });

  it('that throw leave the last ones in force, and are told without what they said', async () => {
    await using server = await serve(
      undefined,
      withToken(() => 'token-1'),
    );
    let calls = 0;
    const headers = async () => {
      if (calls++ > 0) throw new TypeError('no token for s3cret');
      return { authorization: 'Bearer token-1' };
    };
    const { logger, messages } = createTestLogger({ endpoints: [`http://127.0.0.1:${server.port}`], headers });
    logger.info('first');
    await logger.flush();
    logger.info('second');
    await expect(logger.close()).resolves.toMatchObject({ delivered: 2 });
    expect(messages()).toEqual(['headers() failed (TypeError); the last headers it gave are used']);
  });

  it('that hang hold up nothing but what they are for: a flush ends by its deadline, and the record stays', async () => {
    await using server = await serve(
      undefined,
      withToken(() => 'token-1'),
    );
    let answer: (headers: Record<string, string>) => void = () => undefined;
    const headers = () => new Promise<Record<string, string>>((resolve) => (answer = resolve));
    const { logger } = createTestLogger({ endpoints: [`http://127.0.0.1:${server.port}`], headers });
    logger.info('record');
    await expect(logger.flush({ timeoutMs: 50 })).resolves.toMatchObject({ pending: 1 });
    answer({ authorization: 'Bearer token-1' });
    await expect(logger.close()).resolves.toMatchObject({ delivered: 1 });
  });
});

describe('what is wrong with an address is said in one line, without a secret', () => {
  it.each([
    [404, 'HTTP 404; nothing is sent there for 60 s. Check the path: OTLP receivers take logs at /v1/logs'],
    [401, 'HTTP 401; nothing is sent there for 60 s. Check the credentials in headers'],
    [403, 'HTTP 403; nothing is sent there for 60 s. Check the credentials in headers'],
  ])('a status of %d', async (status, advice) => {
    await using server = await serve(undefined, () => status);
    const messages = await messagesFrom('http', server.port);
    expect(messages[0]).toBe(`http://127.0.0.1:${server.port}/x: ${advice}`);
  });

  it('https for a port that speaks no TLS', async () => {
    await using server = await serve();
    const messages = await messagesFrom('https', server.port);
    expect(messages[0]).toMatch(/\/x: the server speaks no TLS on this port; .* Write http:\/\/ if that is right$/);
  });

  it('http for a port that speaks TLS', async () => {
    await using server = await serve(loopback);
    const messages = await messagesFrom('http', server.port);
    expect(messages[0]).toMatch(/\/x closes the connection without an answer .*; if it speaks TLS, write https:\/\/$/);
  });

  async function messagesFrom(scheme: string, port: number): Promise<readonly string[]> {
    const url = `${scheme}://me:s3cret-password@127.0.0.1:${port}/x?key=s3cret-query`;
    const { logger, diagnostics, messages } = createTestLogger({
      endpoints: [url],
      headers: { 'x-token': 's3cret-header' },
      fallback: 'none',
    });
    logger.info('record');
    await expect.poll(messages).not.toEqual([]);
    await logger.close({ timeoutMs: 50 });
    expect(JSON.stringify([diagnostics, logger.stats()])).not.toContain('s3cret');
    expect(logger.stats()).toMatchObject({ accepted: 1, delivered: 0, dropped: { total: 1 } });
    return messages();
  }
});

it('nothing secret is in the names and bytes of a spool', async () => {
  await using server = await serve(undefined, () => 503);
  const spool = join(folder, 'spool');
  const { logger } = createTestLogger({
    endpoints: [{ url: `http://me:s3cret@127.0.0.1:${server.port}/x?key=s3cret`, headers: { 'x-own': 's3cret' } }],
    headers: async () => ({ authorization: 'Bearer s3cret' }),
    redact: ['password'],
    spool,
  });
  logger.info('kept on disk', { password: 's3cret' });
  await expect(logger.close({ timeoutMs: 500 })).resolves.toMatchObject({ spooled: 1 });
  const names = readdirSync(spool, { recursive: true, withFileTypes: true });
  const contents = names
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  expect(Buffer.concat(contents).toString('latin1')).toContain('kept on disk');
  expect(`${names.map(({ name }) => name).join()}${Buffer.concat(contents).toString('latin1')}`).not.toContain(
    's3cret',
  );
});

describe('a proxy', () => {
  it('of the environment is used but for what NO_PROXY names', async () => {
    await using direct = await createDevBackend();
    await using proxy = await serve();
    vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${proxy.port}`);
    vi.stubEnv('http_proxy', '');
    vi.stubEnv('no_proxy', '');
    vi.stubEnv('NO_PROXY', '127.0.0.1');
    vi.stubEnv('LOGFLUME_DESTINATIONS', `far=http://logs.example:4318,near=${direct.url}`);
    const { logger } = createTestLogger();
    logger.info('record');
    await expect(logger.close()).resolves.toMatchObject({ delivered: 2 });
    expect([proxy.got, direct.records().map(({ body }) => body)]).toEqual([['record'], ['record']]);
  });
});
