import { describe, expect, it } from 'vitest';
import type { EnvironmentVariables } from './env-reader.ts';
import type { LoggerOptions } from './logger-options.ts';
import { createProcessDeps } from './process-deps.ts';
import { type ResolveDeps, resolveOptions } from './resolve-options.ts';
import type { ResolvedOptions } from './resolved-options.ts';

const pem = '-----BEGIN CERTIFICATE-----';
const deps: ResolveDeps = {
  isTTY: false,
  hasZstd: true,
  readFile: () => pem,
  resource: { argv0: 'node', hostname: 'host', pid: 7, nodeVersion: '20.20.2', randomUuid: () => 'uuid' },
};

const resolve = (options: LoggerOptions, env: EnvironmentVariables = {}): ResolvedOptions =>
  resolveOptions(options, env, deps);

describe('resolveOptions', () => {
  it('fills in its own defaults and leaves those of delivery to delivery', () => {
    const { resource, sources, ...rest } = resolve({});
    expect(rest).toEqual({
      destinations: [],
      route: [],
      name: '',
      version: undefined,
      levels: { default: 'info', byName: new Map() },
      attributes: {},
      output: 'console',
      console: 'json',
      consoleLines: {},
      files: [],
      processors: [],
      sampling: { ratio: 1, levels: {}, loggers: {} },
      repeats: { windowMs: undefined, maxMessages: 1000 },
      rateLimit: { recordsPerSecond: undefined, burstRecords: undefined, by: 'logger', upTo: 'info' },
      color: false,
      endpoints: [],
      headers: {},
      format: 'otlp-protobuf',
      compression: 'gzip',
      balance: undefined,
      tls: {},
      axios: undefined,
      timeoutMs: undefined,
      batch: { maxRecords: undefined, maxBytes: undefined, lingerMs: undefined },
      queue: { maxBytes: undefined },
      retry: { baseDelayMs: undefined, maxDelayMs: undefined, maxAgeMs: undefined, maxServerErrorRetries: undefined },
      spool: { dir: undefined, mode: undefined, maxBytes: undefined, fsync: undefined },
      fallback: undefined,
      limits: { maxAttributes: 128, maxValueLength: Number.POSITIVE_INFINITY },
      exit: { handleSignals: true, timeoutMs: undefined },
      onDiagnostic: undefined,
      diagnostics: [],
    });
    expect(new Set(Object.values(sources))).toEqual(new Set(['default']));
    expect(resource).toMatchObject({ 'service.name': 'unknown_service:node' });
  });

  interface Precedence {
    readonly code: LoggerOptions;
    readonly env: EnvironmentVariables;
    readonly take: (resolved: ResolvedOptions) => unknown;
    /** Without anything, from the environment, from code. */
    readonly expected: readonly [unknown, unknown, unknown];
  }

  it.each<[string, Precedence]>([
    [
      'level',
      {
        code: { level: 'error' },
        env: { LOG_LEVEL: 'debug' },
        take: ({ levels }) => levels.default,
        expected: ['info', 'debug', 'error'],
      },
    ],
    [
      'endpoints',
      {
        code: { endpoints: ['http://c'] },
        env: { LOGFLUME_ENDPOINTS: 'http://e' },
        take: ({ endpoints }) => endpoints[0]?.url,
        expected: [undefined, 'http://e/v1/logs', 'http://c/v1/logs'],
      },
    ],
    [
      'format',
      {
        code: { format: 'otlp-protobuf' },
        env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' },
        take: ({ format }) => format,
        expected: ['otlp-protobuf', 'otlp-json', 'otlp-protobuf'],
      },
    ],
    [
      'compression',
      {
        code: { compression: 'none' },
        env: { OTEL_EXPORTER_OTLP_COMPRESSION: 'zstd' },
        take: ({ compression }) => compression,
        expected: ['gzip', 'zstd', 'none'],
      },
    ],
    [
      'balance',
      {
        code: { balance: 'failover' },
        env: { LOGFLUME_BALANCE: 'round-robin' },
        take: ({ balance }) => balance,
        expected: [undefined, 'round-robin', 'failover'],
      },
    ],
    [
      'tls.caFile',
      {
        code: { tls: { caFile: '/code' } },
        env: { OTEL_EXPORTER_OTLP_CERTIFICATE: '/ca' },
        take: ({ tls }) => tls.caFile,
        expected: [undefined, '/ca', '/code'],
      },
    ],
    [
      'timeoutMs',
      {
        code: { timeoutMs: 0 },
        env: { OTEL_EXPORTER_OTLP_TIMEOUT: '5' },
        take: ({ timeoutMs }) => timeoutMs,
        expected: [undefined, 5, 0],
      },
    ],
    [
      'batch.maxRecords',
      {
        code: { batch: { maxRecords: 3 } },
        env: { OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: '2' },
        take: ({ batch }) => batch.maxRecords,
        expected: [undefined, 2, 3],
      },
    ],
    [
      'batch.lingerMs',
      {
        code: { batch: { lingerMs: 0 } },
        env: { OTEL_BLRP_SCHEDULE_DELAY: '2' },
        take: ({ batch }) => batch.lingerMs,
        expected: [undefined, 2, 0],
      },
    ],
    [
      'fallback',
      {
        code: { fallback: 'none' },
        env: { LOGFLUME_FALLBACK: 'stdout' },
        take: ({ fallback }) => fallback,
        expected: [undefined, 'stdout', 'none'],
      },
    ],
    [
      'console',
      {
        code: { console: 'json' },
        env: { LOGFLUME_CONSOLE: 'pretty' },
        take: ({ console }) => console,
        expected: ['json', 'pretty', 'json'],
      },
    ],
    [
      'limits.maxAttributes',
      {
        code: { limits: { maxAttributes: 0 } },
        env: { OTEL_ATTRIBUTE_COUNT_LIMIT: '2' },
        take: ({ limits }) => limits.maxAttributes,
        expected: [128, 2, 0],
      },
    ],
    [
      'limits.maxValueLength',
      {
        code: { limits: { maxValueLength: 9 } },
        env: { OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '2' },
        take: ({ limits }) => limits.maxValueLength,
        expected: [Number.POSITIVE_INFINITY, 2, 9],
      },
    ],
    [
      'resource.service.name',
      {
        code: { resource: { 'service.name': 'c' } },
        env: { OTEL_SERVICE_NAME: 'e' },
        take: ({ resource }) => resource['service.name'],
        expected: ['unknown_service:node', 'e', 'c'],
      },
    ],
  ])('takes %s from code before the environment before the default, and knows which', (path, precedence) => {
    const { code, env, take, expected } = precedence;
    const all = [resolve({}), resolve({}, env), resolve(code, env)];
    expect(all.map(take)).toEqual(expected);
    const variable = Object.keys(env)[0];
    expect(all.map(({ sources }) => sources[path])).toEqual(['default', `environment ${variable}`, 'code']);
  });

  it('counts undefined in code as not given', () => {
    const options: LoggerOptions = { level: undefined, batch: { lingerMs: undefined }, endpoints: undefined };
    const { levels, batch, sources } = resolve(options, { LOG_LEVEL: 'debug', OTEL_BLRP_SCHEDULE_DELAY: '5' });
    expect([levels.default, batch.lingerMs, sources['level']]).toEqual(['debug', 5, 'environment LOG_LEVEL']);
  });

  it('starts from info when only names are given levels', () => {
    expect(resolve({ level: 'db=debug' }).levels).toEqual({ default: 'info', byName: new Map([['db', 'debug']]) });
  });

  it('reports a bad variable also when code has the value, and says that this one is used', () => {
    const { diagnostics } = resolve({ batch: { lingerMs: 1 } }, { OTEL_BLRP_SCHEDULE_DELAY: 'soon' });
    expect(diagnostics).toMatchObject([{ name: 'OTEL_BLRP_SCHEDULE_DELAY', used: 'the value set in code' }]);
  });

  it('lays headers of code over those of the environment, name by name', () => {
    const { headers, sources } = resolve(
      { headers: { Authorization: 'code' } },
      { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=env,x-tenant=env' },
    );
    expect(headers).toEqual({ authorization: 'code', 'x-tenant': 'env' });
    expect(sources).toMatchObject({
      'headers.authorization': 'code',
      'headers.x-tenant': 'environment OTEL_EXPORTER_OTLP_HEADERS',
    });
  });

  it.each(['t\n', ' \tt\r\n'])('takes %j for a header: its ends are cleaned where it is sent', (token) => {
    const { headers, endpoints } = resolve({
      headers: { token },
      endpoints: [{ url: 'http://a', headers: { token } }],
    });
    expect([headers, endpoints[0]?.headers]).toEqual([{ token }, { token }]);
  });

  it('asks a headers function each time and lays its answer over the environment', async () => {
    let asked = 0;
    const options: LoggerOptions = { headers: async () => ({ Authorization: `token ${++asked}` }) };
    const { headers } = resolve(options, { OTEL_EXPORTER_OTLP_HEADERS: 'authorization=env,x=env' });
    if (typeof headers !== 'function') throw new TypeError('expected a function');
    await headers();
    expect(await headers()).toEqual({ authorization: 'token 2', x: 'env' });
  });

  it('lets the rejection of a headers function through to the one who asks', async () => {
    const { headers } = resolve({ headers: () => Promise.reject(new Error('no token')) });
    if (typeof headers !== 'function') throw new TypeError('expected a function');
    await expect(headers()).rejects.toThrow('no token');
  });

  it('completes endpoints', () => {
    const { endpoints } = resolve({
      endpoints: [' http://a ', { url: 'http://me:pw@b/x', weight: 2, priority: 3, headers: { 'X-Tenant': 't' } }],
    });
    expect(endpoints).toEqual([
      { url: 'http://a/v1/logs', weight: 1, priority: 0, headers: {} },
      {
        url: 'http://b/x',
        weight: 2,
        priority: 3,
        headers: { authorization: `Basic ${btoa('me:pw')}`, 'x-tenant': 't' },
      },
    ]);
  });

  it('prefers a header of an endpoint to the user info of its URL', () => {
    const { endpoints } = resolve({ endpoints: [{ url: 'http://me:pw@b', headers: { Authorization: 'mine' } }] });
    expect(endpoints[0]?.headers).toEqual({ authorization: 'mine' });
  });

  it('takes the order of a plain list as the priority when failover is wanted', () => {
    const env = { LOGFLUME_ENDPOINTS: 'http://a,http://b', LOGFLUME_BALANCE: 'failover' };
    expect(resolve({}, env).endpoints.map(({ priority }) => priority)).toEqual([0, 1]);
    const ranked: LoggerOptions = { balance: 'failover', endpoints: ['http://a', { url: 'http://b', priority: 5 }] };
    expect(resolve(ranked).endpoints.map(({ priority }) => priority)).toEqual([0, 5]);
  });

  it('uses the address of the specification when otlp is asked for and none is given', () => {
    const { endpoints, sources } = resolve({}, { OTEL_LOGS_EXPORTER: 'otlp' });
    expect(endpoints).toEqual([{ url: 'http://localhost:4318/v1/logs', weight: 1, priority: 0, headers: {} }]);
    expect(sources['endpoints']).toBe('environment OTEL_LOGS_EXPORTER');
  });

  it('lets a PEM in code hide the file of the environment, and the other way round the file', () => {
    const env = { OTEL_EXPORTER_OTLP_CERTIFICATE: '/ca' };
    expect(resolve({ tls: { ca: `${pem} code` } }, env).tls).toEqual({ ca: `${pem} code` });
    expect(resolve({ tls: { caFile: '/code' } }, { LOGFLUME_TLS_CA: pem }).tls).toEqual({ caFile: '/code' });
  });

  it('throws for a file in code that cannot be read', () => {
    const readFile = () => {
      throw Object.assign(new Error('s3cret'), { code: 'EACCES' });
    };
    const message = 'tls.caFile must be the path of a PEM file, got "/ca" (EACCES)';
    expect(() => resolveOptions({ tls: { caFile: '/ca' } }, {}, { ...deps, readFile })).toThrow(message);
  });

  it('does not complete a client certificate of code with a key of the environment', () => {
    const env = { OTEL_EXPORTER_OTLP_CLIENT_KEY: '/k', OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: '/c' };
    expect(resolve({}, env).tls).toEqual({ certFile: '/c', keyFile: '/k' });
    const tls = { cert: `${pem} 1`, key: `${pem} 2` };
    expect(resolve({ tls }, env).tls).toEqual(tls);
  });

  it('keeps nothing of the objects it was given', () => {
    const attributes: Record<string, unknown> = { a: 1 };
    const resolved = resolve({ attributes });
    attributes['a'] = 2;
    expect(resolved.attributes).toEqual({ a: 1 });
  });

  it('uses colours on a terminal unless told otherwise', () => {
    const terminal = { ...deps, isTTY: true };
    const color = (env: EnvironmentVariables) => resolveOptions({}, env, terminal).color;
    expect([color({}), color({ NO_COLOR: '1' }), color({ FORCE_COLOR: '0' })]).toEqual([true, false, false]);
    expect(resolve({}, { FORCE_COLOR: '1' }).color).toBe(true);
  });

  it('says once that records go nowhere', () => {
    expect(resolve({ console: false }).diagnostics).toMatchObject([{ kind: 'noOutput' }]);
  });

  it('works in a real process', () => {
    const { resource, diagnostics } = resolveOptions(
      {},
      { OTEL_EXPORTER_OTLP_CERTIFICATE: '/none' },
      createProcessDeps(),
    );
    expect(resource).toMatchObject({ 'process.pid': process.pid, 'process.runtime.version': process.versions.node });
    expect(diagnostics).toMatchObject([{ got: '"/none" (ENOENT)' }]);
  });
});

describe('a wrong option in code', () => {
  const pemExpected = 'PEM text or bytes';

  it.each<[string, unknown, string]>([
    ['no object', null, 'options must be an object, got null'],
    ['no object', 'http://h', 'options must be an object, got "http://h"'],
    ['the name of a service', { serviceName: 'x' }, "a service is named by resource: { 'service.name': … }"],
    ['attributes in a Map', { attributes: new Map() }, 'attributes must be an object, got a Map'],
    ['a set of names', { redact: new Set(['a']) }, 'got a Set'],
    ['headers of fetch', { headers: new Headers({ a: 's3cret' }) }, 'got a Headers'],
    ['an unknown name', { endpoint: 'x' }, '"endpoint" is not an option of logflume; did you mean "endpoints"?'],
    ['an unknown name', { batch: { linger: 1 } }, '"linger" is not an option of batch; did you mean "lingerMs"?'],
    ['a strange name', { queue: { xyz: 1 } }, '"xyz" is not an option of queue; known are maxBytes'],
    ['a prototype name', { toString: 1 }, '"toString" is not an option of logflume; known are'],
    ['name', { name: 1 }, 'name must be a string, got 1'],
    ['version', { version: {} }, 'version must be a string, got an object'],
    [
      'level',
      { level: 'info,db=debgu' },
      'level must be a level or levels by name such as "info,db=debug", got a text where "debgu" in "db=debgu" is not a level; write "debug"',
    ],
    ['level', { level: '' }, 'level must be a level or levels by name such as "info,db=debug", got ""'],
    ['level', { level: 30 }, 'level must be a string, got 30'],
    ['attributes', { attributes: [] }, 'attributes must be an object, got an array'],
    ['resource', { resource: 'a=b' }, 'resource must be an object, got "a=b"'],
    [
      'endpoints',
      { endpoints: 'http://h' },
      'endpoints must be an array of URLs or objects with a url, got "http://h"',
    ],
    [
      'endpoints',
      { endpoints: ['http://h', 'locahost:4318'] },
      'endpoints[1] must be an http(s) URL, or one with dns+ or srv+ in front, got "locahost:4318"; write "http://localhost:4318"',
    ],
    ['endpoints', { endpoints: [7] }, 'endpoints[0] must be a URL or an object with a url, got 7'],
    ['endpoints', { endpoints: [{ url: 7 }] }, 'endpoints[0].url must be a string, got 7'],
    [
      'endpoints',
      { endpoints: [{}] },
      'endpoints[0].url must be an http(s) URL, or one with dns+ or srv+ in front, got undefined',
    ],
    [
      'endpoints',
      { endpoints: [{ url: 'grpc://me:s3cret@h' }] },
      'endpoints[0].url must be an http(s) URL, or one with dns+ or srv+ in front, got "grpc://…@h"',
    ],
    [
      'endpoints',
      { endpoints: [{ url: 'http://h', wieght: 2 }] },
      '"wieght" is not an option of endpoints[0]; did you mean "weight"?',
    ],
    [
      'endpoints',
      { endpoints: [{ url: 'http://h', weight: 0 }] },
      'endpoints[0].weight must be a number above 0, up to 1000, got 0',
    ],
    [
      'endpoints',
      { endpoints: [{ url: 'http://h', headers: { a: 1 } }] },
      'endpoints[0].headers.a must be a string of characters HTTP allows, got a number',
    ],
    [
      'headers',
      { headers: 's3cret' },
      'headers must be an object of header names and values or a function that returns one, got a string',
    ],
    [
      'headers',
      { headers: { authorization: undefined } },
      'headers.authorization must be a string of characters HTTP allows, got undefined',
    ],
    [
      'headers',
      { headers: { a: 's3cret\r\nb: c' } },
      'headers.a must be a string of characters HTTP allows, got another (hidden)',
    ],
    [
      'headers',
      { headers: { 'a: s3cret': '' } },
      'headers must be an object of HTTP header names and values, got another name (hidden)',
    ],
    ['format', { format: 'grpc' }, 'format must be "otlp-protobuf" or "otlp-json", got "grpc"'],
    ['compression', { compression: 'gzp' }, 'compression must be "gzip", "zstd" or "none", got "gzp"; write "gzip"'],
    [
      'balance',
      { balance: 'roundrobin' },
      'balance must be "least-loaded", "round-robin" or "failover", got "roundrobin"; write "round-robin"',
    ],
    ['tls', { tls: true }, 'tls must be an object, got true'],
    ['tls', { tls: { ca: '/etc/s3cret' } }, `tls.ca must be ${pemExpected}, got a string that is none`],
    ['tls', { tls: { cert: pem } }, 'tls.key must be given together with tls.cert, got undefined'],
    ['tls', { tls: { certFile: '/c' } }, 'tls.keyFile must be given together with tls.certFile, got undefined'],
    [
      'tls',
      { tls: { caFile: `${pem} s3cret` } },
      'tls.caFile must be the path of a PEM file, got a string that is none',
    ],
    ['tls', { tls: { serverName: 'a b' } }, 'tls.serverName must be a host name, got "a b"'],
    ['tls', { tls: { key: pem } }, 'tls.cert must be given together with tls.key, got undefined'],
    ['sampling', { sampling: 0.1 }, 'sampling must be an object, got 0.1'],
    [
      'sampling',
      { sampling: { levels: 'debug=0.1,debug=0.2' } },
      'sampling.levels must be levels with shares 0 … 1, as an object or "debug=0.1,info=0.5", got "debug=0.1,debug=0.2"',
    ],
    ['processors', { processors: [5] }, 'processors must be a list of functions, got an array'],
    ['processors', { processors: () => null }, 'processors must be a list of functions, got a function'],
    ['axios', { axios: {} }, 'axios must be an axios instance, got an object'],
    ['timeoutMs', { timeoutMs: -1 }, 'timeoutMs must be an integer, 0 … 2147483647, got -1'],
    ['timeoutMs', { timeoutMs: 1.5 }, 'timeoutMs must be an integer, 0 … 2147483647, got 1.5'],
    ['timeoutMs', { timeoutMs: '10' }, 'timeoutMs must be an integer, 0 … 2147483647, got "10"'],
    ['batch', { batch: { maxRecords: 0 } }, 'batch.maxRecords must be an integer, 1 … 100000, got 0'],
    [
      'queue',
      { queue: { maxBytes: Number.NaN } },
      'queue.maxBytes must be an integer, 65536 … 9007199254740991, got NaN',
    ],
    ['retry', { retry: { maxAgeMs: 2 ** 31 } }, 'retry.maxAgeMs must be an integer, 1 … 2147483647, got 2147483648'],
    ['spool', { spool: 7 }, 'spool must be an object, got 7'],
    ['spool.dir', { spool: ' ' }, 'spool.dir must be the path of a directory, got " "'],
    ['spool.mode', { spool: { mode: 'wall' } }, 'spool.mode must be "wal" or "spill", got "wall"; write "wal"'],
    ['fallback', { fallback: 'file' }, 'fallback must be "stderr", "stdout" or "none", got "file"'],
    ['file', { file: '' }, 'file must be a path, an object with a path, or a list of these, got ""'],
    ['file.path', { file: { format: 'json' } }, 'file.path must be given in file, got undefined'],
    ['file[1].path', { file: ['/a', {}] }, 'file[1].path must be given in file[1], got undefined'],
    ['file[1].format', { file: ['/a', { path: '/b', format: 'pretty' }] }, 'file[1].format must be "json", "gcp"'],
    ['file.maxBytes', { file: { path: '/a', maxBytes: 1 } }, 'file.maxBytes must be an integer, 65536'],
    ['redact', { redact: 'password' }, 'redact must be a list of names, or an object with keys, paths or values'],
    [
      'redact',
      { redact: new Set(['a']) as unknown as string[] },
      'redact must be a list of names, or an object with keys, paths or values, got a Set',
    ],
    ['redact', { redact: ['a', '*'] }, 'redact must be a list of names, got "*"; names are whole, without "*"'],
    ['redact', { redact: ['*_token'] }, 'got "*_token"; names are whole, without "*"'],
    ['redact', { redact: ['headers.*'] }, 'got "headers.*"; places go into redact.paths, this one as "headers.*"'],
    ['redact', { redact: ['users[*].pin'] }, 'got "users[*].pin"; a name is met anywhere, write "users.pin"'],
    [
      'redact.keys',
      { redact: { keys: ['*.token'] } },
      'redact.keys must be a list of names, got "*.token"; a name is met anywhere, write "token"',
    ],
    [
      'redact.paths',
      { redact: { paths: ['users[*].email'] } },
      'such as "user.password", got "users[*].email"; lists have no names, write "users.email"',
    ],
    ['redact.paths', { redact: { paths: ['headers["x-key"]'] } }, 'lists have no names, write "headers.x-key"'],
    ['redact.paths', { redact: { paths: ['users[0].email'] } }, 'lists have no names, write "users.email"'],
    ['redact.paths', { redact: { paths: ['users[].email'] } }, 'lists have no names, write "users.email"'],
    ['redact.paths', { redact: { paths: ['a.[0]'] } }, 'got "a.[0]"; lists have no names, write "a"'],
    ['redact.paths', { redact: { paths: ['[0].["a"].b'] } }, 'lists have no names, write "a.b"'],
    ['redact.paths', { redact: { paths: ['[0]'] } }, 'got "[0]"; lists have no names'],
    ['redact.paths', { redact: { paths: ['a..b[0]'] } }, 'got "a..b[0]"; lists have no names'],
    ['redact.keys', { redact: { keys: ['[*]'] } }, 'got "[*]"; names are whole, without "*"'],
    ['redact.paths', { redact: { paths: ['a.**'] } }, 'got "a.**"; "*" stands for a whole name'],
    ['redact.paths', { redact: { paths: ['a..b'] } }, 'got "a..b"; a name is missing beside a dot'],
    ['redact.keys', { redact: { keys: ['a', 1] } }, 'redact.keys must be a list of names, got 1'],
    ['redact.values', { redact: { values: ['aws', 'jwtt'] } }, '"creditCard", got "jwtt"; write "jwt"'],
    ['redact.key', { redact: { key: ['a'] } }, '"key" is not an option of redact; did you mean "keys"?'],
    ['console.format', { console: { format: 'gpc' } }, 'console.format must be "pretty", "json", "gcp"'],
    ['console.stderrFrom', { console: { stderrFrom: 'off' } }, 'console.stderrFrom must be "trace"'],
    ['console.maxLineBytes', { console: { maxLineBytes: 100 } }, 'console.maxLineBytes must be an integer, 4096'],
    ['console.colour', { console: { colour: true } }, '"colour" is not an option of console'],
    ['console', { console: 'prety' }, '"logfmt", "otlp-json" or an object, got "prety"; write "pretty"'],
    [
      'limits',
      { limits: { maxValueLength: -1 } },
      'limits.maxValueLength must be an integer, 0 … 2147483647, or Infinity, got -1',
    ],
    ['exit', { exit: { handleSignals: 1 } }, 'exit.handleSignals must be true or false, got 1'],
    ['onDiagnostic', { onDiagnostic: 'x' }, 'onDiagnostic must be a function, got "x"'],
  ])('throws for %s: %o', (_, options, message) => {
    const attempt = () => Reflect.apply(resolveOptions, undefined, [options, {}, deps]);
    expect(attempt).toThrow(expect.objectContaining({ code: 'ERR_LOGFLUME_INVALID_OPTION' }));
    expect(attempt).toThrow(message);
    expect(attempt).not.toThrow('s3cret');
  });

  it('takes any name to redact that a member may have', () => {
    const keys = ['card number', 'user[password]', 'tags[]', '"quoted"', 'a.b'];
    const paths = ['form.user[x]', 'form.tags[]', 'a b.c', '*.token'];
    expect(resolve({ redact: { keys, paths } }).redact).toEqual({ keys, paths });
    expect(resolve({ redact: keys }).redact).toEqual(keys);
  });

  it('carries facts for a program', () => {
    const attempt = () => resolve({ timeoutMs: -1 });
    const details = { option: 'timeoutMs', expected: 'an integer, 0 … 2147483647', got: '-1' };
    expect(attempt).toThrow(expect.objectContaining({ name: 'LogflumeError', details }));
  });

  it('is called unsupported when this Node has no zstd', () => {
    const attempt = () => resolveOptions({ compression: 'zstd' }, {}, { ...deps, hasZstd: false });
    expect(attempt).toThrow(expect.objectContaining({ code: 'ERR_LOGFLUME_UNSUPPORTED' }));
    expect(attempt).toThrow('compression "zstd" needs Node 22.15 or newer, this is 20.20.2; write "gzip"');
  });
});
