import { LogflumeError } from '@logflume/delivery';
import { describe, expect, it } from 'vitest';
import type { EnvironmentVariables } from '../env-reader.ts';
import type { LoggerOptions } from '../logger-options.ts';
import { type ResolveDeps, resolveOptions } from '../resolve-options.ts';
import type { ResolvedOptions } from '../resolved-options.ts';
import { readConfigFile } from './read-config-file.ts';

const deps: ResolveDeps = {
  isTTY: false,
  hasZstd: true,
  readFile: () => '',
  resource: { argv0: 'node', hostname: 'host', pid: 7, nodeVersion: '20.20.2', randomUuid: () => 'uuid' },
};

function resolveFile(text: string, env: EnvironmentVariables = {}, options: LoggerOptions = {}): ResolvedOptions {
  return resolveOptions(options, { LOGFLUME_CONFIG: '/etc/flume.yaml', ...env }, { ...deps, readFile: () => text });
}

const whole = `# The shop in production
$schema: node_modules/logflume/config.schema.json
level: info,db=debug
endpoints:
  - http://\${HOST:-collector}:4318
  - { url: 'https://b.example', weight: 2, headers: { x-b: '1' } }
headers: { Authorization: 'Bearer \${TOKEN}', x-tenant: file }
batch:
  lingerMs: 500
resource: { service.name: shop, service.version: '1.0' }
attributes: { team: checkout }
`;

describe('a configuration file', () => {
  it('gives every kind of option, with the line it came from', () => {
    const resolved = resolveFile(whole, { TOKEN: 's3cret' });
    expect(resolved).toMatchObject({
      diagnostics: [],
      output: 'backend',
      levels: { default: 'info', byName: new Map([['db', 'debug']]) },
      endpoints: [
        { url: 'http://collector:4318/v1/logs', weight: 1 },
        { url: 'https://b.example/v1/logs', weight: 2, headers: { 'x-b': '1' } },
      ],
      headers: { authorization: 'Bearer s3cret', 'x-tenant': 'file' },
      batch: { lingerMs: 500 },
      resource: { 'service.name': 'shop', 'service.version': '1.0' },
      attributes: { team: 'checkout' },
      sources: {
        level: 'file /etc/flume.yaml:3',
        endpoints: 'file /etc/flume.yaml:4',
        output: 'file /etc/flume.yaml:4',
        'headers.authorization': 'file /etc/flume.yaml:7',
        'batch.lingerMs': 'file /etc/flume.yaml:9',
        'resource.service.name': 'file /etc/flume.yaml:10',
      },
    });
  });

  it('is beaten by the environment, and that by code', () => {
    const env = {
      LOG_LEVEL: 'warn',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://e',
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=env',
      OTEL_SERVICE_NAME: 'from env',
      OTEL_BLRP_SCHEDULE_DELAY: '100',
    };
    const options = { batch: { lingerMs: 50 }, headers: { 'x-c': 'code' } };
    const { levels, endpoints, headers, batch, resource, sources } = resolveFile(whole, env, options);
    expect(levels).toEqual({ default: 'warn', byName: new Map() });
    expect(endpoints.map(({ url }) => url)).toEqual(['http://e/v1/logs']);
    expect(headers).toEqual({ authorization: 'Bearer ', 'x-tenant': 'env', 'x-c': 'code' });
    expect([batch.lingerMs, sources['batch.lingerMs']]).toEqual([50, 'code']);
    expect([resource['service.name'], resource['service.version']]).toEqual(['from env', '1.0']);
  });

  it.each([
    [
      'level: info\nendpoint: http://h\n',
      2,
      'endpoint',
      'endpoints',
      '"endpoint" is not an option of logflume; did you mean "endpoints"?',
    ],
    [
      'batch:\n  lingerms: 5\n',
      2,
      'batch.lingerms',
      'lingerMs',
      '"lingerms" is not an option of batch; did you mean "lingerMs"?',
    ],
    [
      'endpoints:\n  - url: http://a\n    wieght: 2\n',
      3,
      'endpoints[0].wieght',
      'weight',
      '"wieght" is not an option of endpoints[0]; did you mean "weight"?',
    ],
    [
      'batch:\n  lingerMs: soon\n',
      2,
      'batch.lingerMs',
      undefined,
      'batch.lingerMs must be an integer, 0 … 60000, got "soon"',
    ],
    [
      'endpoints:\n  - http://a\n  - localhost:4318\n',
      3,
      'endpoints[1]',
      undefined,
      'endpoints[1] must be an http(s) URL, or one with dns+ or srv+ in front, got "localhost:4318"; write "http://localhost:4318"',
    ],
    [
      'destinations:\n  - { name: a, endpoints: [http://a] }\n  - name: b\n    endpoints: [http://b]\n    balance: random\n',
      5,
      'destinations[1].balance',
      undefined,
      'destinations[1].balance must be "least-loaded", "round-robin" or "failover", got "random"',
    ],
    [
      'route:\n  - to: a\n    levle: info\n',
      3,
      'route[0].levle',
      'level',
      '"levle" is not an option of route[0]; did you mean "level"?',
    ],
    [
      'headers:\n  x: "s3\\ncret"\n',
      2,
      'headers.x',
      undefined,
      'headers.x must be a string of characters HTTP allows, got another (hidden)',
    ],
    [
      'level: loud\n',
      1,
      'level',
      undefined,
      'level must be a level or levels by name such as "info,db=debug", got a text where "loud" is not a level',
    ],
    ['\nonDiagnostic: x\n', 2, 'onDiagnostic', undefined, 'onDiagnostic must be a function, got "x"'],
    ['level: info\n- x\n', 2, undefined, undefined, 'it is no YAML (BAD_INDENT)'],
    ['just text', 1, undefined, undefined, 'it must hold keys and values'],
  ])('is ignored as a whole for %j, in one line', (text, line, key, closest, what) => {
    const { diagnostics, sources } = resolveFile(`${text}name: shop\n`.replace('just textname: shop\n', 'just text'));
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({
      kind: 'invalidFile',
      name: 'LOGFLUME_CONFIG',
      file: '/etc/flume.yaml',
      key,
      closest,
    });
    if (!what.includes('BAD_INDENT')) {
      expect(diagnostics[0]).toMatchObject({ line });
      expect(diagnostics[0]?.message).toBe(
        `LOGFLUME_CONFIG: /etc/flume.yaml:${line}: ${what}; the whole file is ignored`,
      );
    }
    expect(new Set(Object.values(sources))).toEqual(new Set(['default']));
  });

  it.each<[string, EnvironmentVariables, unknown]>([
    ['{"level": "loud", "redact": ["password"]}', {}, ['password']],
    [
      '{"redact": {"keys": ["password", 5], "path": ["a"], "values": ["jwtt", "aws"]}}',
      {},
      { keys: ['password'], values: ['aws'] },
    ],
    ['{"levle": "info", "redact": "${NAMES}"}', { NAMES: 'password' }, ['password']],
    [
      '{"redact": ["password"], "destinations": [{"name": "a", "endpoints": ["http://a"]}], "route": [{"to": "b"}]}',
      {},
      ['password'],
    ],
    ['{"redact": ["password"], "level": "loud"}', { LOGFLUME_REDACT: 'token' }, ['token']],
  ])('that is ignored keeps in force what is right of its redact: %s', (text, env, redact) => {
    const resolved = resolveFile(text, env);
    expect(resolved.redact).toEqual(redact);
    expect(resolved.diagnostics).toHaveLength(1);
    expect(resolved.diagnostics[0]?.message).toMatch(/; the whole file is ignored, but for its redact$/);
    const used = Object.entries(resolved.sources).filter(([, source]) => source !== 'default');
    expect(used).toMatchObject([
      [
        'redact',
        'NAMES' in env || !('LOGFLUME_REDACT' in env) ? 'file /etc/flume.yaml:1' : 'environment LOGFLUME_REDACT',
      ],
    ]);
  });

  it.each([
    ['/f.json', '{ "headers": { "x-scope-orgid": "${N}" } }', { headers: { 'x-scope-orgid': '42' } }],
    ['/f.yaml', 'headers:\n  x-scope-orgid: ${N}\n', { headers: { 'x-scope-orgid': '42' } }],
    ['/f.json', '{ "name": "${N}" }', { name: '42' }],
    ['/f.yaml', 'name: ${N}\n', { name: '42' }],
    ['/f.json', '{ "timeoutMs": "${N}" }', { timeoutMs: 42 }],
    ['/f.yaml', 'timeoutMs: ${N}\n', { timeoutMs: 42 }],
    ['/f.yaml', 'redact:\n  - ${N}\n', { redact: ['42'] }],
    ['/f.yaml', 'redact:\n  keys:\n    - ${N}\n', { redact: { keys: ['42'] } }],
    ['/f.json', '{ "attributes": { "a": "${V}", "b": "1.10" } }', { attributes: { a: '1.10', b: '1.10' } }],
    ['/f.yaml', 'attributes:\n  a: ${V}\n  b: "${V}"\n', { attributes: { a: 1.1, b: '1.10' } }],
    ['/f.json', '{ "resource": { "service.version": "${V}" } }', { resource: { 'service.version': '1.10' } }],
    ['/f.json', '{ "sampling": { "levels": { "debug": "${SHARE}" } } }', { sampling: { levels: { debug: 0.5 } } }],
    [
      '/f.json',
      `{
        "endpoints": [{ "url": "http://a", "weight": "\${N}", "headers": { "x-a": "\${N}" } }],
        "destinations": [{ "name": "\${N}", "endpoints": [{ "url": "http://b", "priority": "\${N}" }], "batch": { "lingerMs": "\${N}" } }],
        "route": [{ "to": "\${N}" }],
        "file": [{ "path": "\${N}", "maxFiles": "\${N}" }]
      }`,
      {
        endpoints: [{ weight: 42, headers: { 'x-a': '42' } }],
        destinations: [{}, { name: '42', endpoints: [{ priority: 42 }], batch: { lingerMs: 42 } }],
        route: [{ to: ['42'] }],
        files: [{ path: '42', maxFiles: 42 }],
      },
    ],
  ])('of variables takes what the option does, else what is written: %s %s', (path, text, expected) => {
    const env = { LOGFLUME_CONFIG: path, N: '42', V: '1.10', SHARE: '0.5' };
    const resolved = resolveOptions({}, env, { ...deps, readFile: () => text });
    expect(resolved).toMatchObject({ ...expected, diagnostics: [] });
  });

  it('may be empty', () => {
    expect(resolveFile('# nothing\n').diagnostics).toEqual([]);
  });

  it('that cannot be read is named and hides what need not be a path', () => {
    const readFile = () => {
      throw Object.assign(new Error('s3cret'), { code: 'ENOENT' });
    };
    const read = (path: string) =>
      readConfigFile('LOGFLUME_CONFIG', path, { readFile, env: {}, checkMore: () => undefined }).diagnostic;
    expect(read('/etc/x.yaml')).toMatchObject({
      message: 'LOGFLUME_CONFIG: /etc/x.yaml: it cannot be read (ENOENT); the whole file is ignored',
      line: undefined,
    });
    for (const text of [
      '{"headers":{"authorization":"Bearer s3cret"}}',
      'headers: { a: s3cret }',
      'headers:\n a: s3cret',
    ]) {
      const said = read(text);
      expect(said).toMatchObject({
        message: expect.stringContaining('LOGFLUME_CONFIG: something that is no path: it cannot'),
      });
      expect(JSON.stringify(said)).not.toContain('s3cret');
    }
    expect(JSON.stringify(read('Bearer abcdefghij0123456789abcdef'))).not.toContain('abcdef');
  });

  it('is held to what this Node and this machine can do', () => {
    const text = 'compression: zstd\n';
    const { diagnostics, compression } = resolveOptions(
      {},
      { LOGFLUME_CONFIG: '/f.yml' },
      { ...deps, hasZstd: false, readFile: () => text },
    );
    expect([diagnostics[0]?.kind, compression]).toEqual(['invalidFile', 'gzip']);
  });

  it('is read as JSON with any other ending', () => {
    const resolved = resolveOptions(
      {},
      { LOGFLUME_CONFIG: '/f' },
      { ...deps, readFile: () => '\uFEFF{"$schema": "x", "name": "shop"}' },
    );
    expect([resolved.name, resolved.sources['name'], resolved.diagnostics]).toEqual(['shop', 'file /f:1', []]);
  });

  it('is not looked for in a throw of something else', () => {
    const checkMore = () => {
      throw new LogflumeError('ERR_LOGFLUME_UNSUPPORTED', 'not here', { details: { option: 'level' } });
    };
    const { diagnostic } = readConfigFile('LOGFLUME_CONFIG', '/f.yaml', {
      readFile: () => '\nlevel: info\n',
      env: {},
      checkMore,
    });
    expect(diagnostic).toMatchObject({ kind: 'invalidFile', line: 2, key: 'level' });
  });
});
