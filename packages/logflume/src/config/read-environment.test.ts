import { describe, expect, it } from 'vitest';
import type { EnvironmentVariables } from './env-reader.ts';
import { optionList } from './option-list.ts';
import { otherVariables } from './option-table.ts';
import { type EnvironmentDeps, type EnvironmentSettings, readEnvironment } from './read-environment.ts';

const pem = '-----BEGIN CERTIFICATE-----\n…';
const files: Readonly<Record<string, string>> = { '/tls/a.pem': pem, '/tls/b.pem': `${pem}b`, '/tls/empty': '' };

const deps: EnvironmentDeps = {
  readFile: (path) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' });
    return text;
  },
  hasZstd: true,
  isSetInCode: () => false,
  sourceInFile: () => undefined,
};

const read = (env: EnvironmentVariables): EnvironmentSettings => readEnvironment(env, deps);

/** Everything the environment said, by field, without the wrapping; what it did not say is left out. */
function valuesOf(settings: EnvironmentSettings): Readonly<Record<string, unknown>> {
  const { diagnostics: _, headers, tls, others, resourceOfFile: __, ...rest } = settings;
  const flat = { ...rest, ...tls, ...Object.fromEntries(others) };
  const given = Object.entries(flat).flatMap(([name, setting]) => (setting ? [[name, setting.value]] : []));
  const plain = [...headers].map(([name, setting]) => [name, setting.value]);
  return { ...Object.fromEntries(given), ...(plain.length > 0 && { headers: Object.fromEntries(plain) }) };
}

interface Case {
  readonly good: readonly (readonly [text: string, values: Readonly<Record<string, unknown>>])[];
  /** Text, the `got` and the `used` of its diagnostic. */
  readonly bad: readonly (readonly [text: string, got: string, used: string])[];
  /** What else has to be set. */
  readonly beside?: EnvironmentVariables;
}

const endpoint = (url: string) => ({
  endpoints: [{ address: { url, authorization: undefined }, given: {} }],
});

function bothNames(what: string, oneCase: Case): Readonly<Record<string, Case>> {
  return { [`OTEL_EXPORTER_OTLP_${what}`]: oneCase, [`OTEL_EXPORTER_OTLP_LOGS_${what}`]: oneCase };
}

function bothLimits(what: string, field: string, used: string): Readonly<Record<string, Case>> {
  const oneCase: Case = {
    good: [
      ['0', { [field]: 0 }],
      ['64', { [field]: 64 }],
    ],
    bad: [
      ['-1', '"-1"', used],
      ['1e3', '"1e3"', used],
    ],
  };
  return { [`OTEL_ATTRIBUTE_${what}_LIMIT`]: oneCase, [`OTEL_LOGRECORD_ATTRIBUTE_${what}_LIMIT`]: oneCase };
}

const cases: Readonly<Record<string, Case>> = {
  OTEL_SDK_DISABLED: {
    good: [
      ['true', { disabled: true }],
      ['TRUE', { disabled: true }],
      ['false', { disabled: false }],
    ],
    bad: [['1', '"1"', 'false']],
  },
  OTEL_LOGS_EXPORTER: {
    good: [
      ['otlp', { exporters: new Set(['otlp']) }],
      ['none', { exporters: new Set(['none']) }],
      ['OTLP, Console', { exporters: new Set(['otlp', 'console']) }],
    ],
    bad: [
      ['kafka', '"kafka"', 'the default'],
      ['otlp,zipkin', '"zipkin"', 'the rest of it'],
      [',', '","', 'the default'],
    ],
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    good: [
      ['http://h:4318', endpoint('http://h:4318/v1/logs')],
      ['http://h:4318/otlp/', endpoint('http://h:4318/otlp/v1/logs')],
    ],
    bad: [
      ['localhost:4318', '"localhost:4318"', 'the console'],
      ['http://$(IP):4318', '"http://$(IP):4318"', 'the console'],
    ],
  },
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: {
    good: [
      ['http://h:4318', endpoint('http://h:4318/')],
      ['http://h:4318/x', endpoint('http://h:4318/x')],
    ],
    bad: [['grpc://h:4317', '"grpc://h:4317"', 'the console']],
  },
  ...bothNames('HEADERS', {
    good: [['Api-Key=a%20b,x=y', { headers: { 'api-key': 'a b', x: 'y' } }]],
    bad: [
      ['s3cret', 'something else in entry 1 of 1 (hidden)', 'no header of it'],
      ['a=b,s3cret', 'something else in entry 2 of 2 (hidden)', 'the rest of it'],
    ],
  }),
  ...bothNames('TIMEOUT', {
    good: [
      ['5000', { timeoutMs: 5000 }],
      ['0', { timeoutMs: 0 }],
    ],
    bad: [
      ['10s', '"10s"', 'the default, 10000 ms'],
      ['-1', '"-1"', 'the default, 10000 ms'],
    ],
  }),
  ...bothNames('COMPRESSION', {
    good: [
      ['gzip', { compression: 'gzip' }],
      ['zstd', { compression: 'zstd' }],
      ['None', { compression: 'none' }],
    ],
    bad: [['brotli', '"brotli"', 'the default, "gzip"']],
  }),
  ...bothNames('PROTOCOL', {
    good: [
      ['http/protobuf', { format: 'otlp-protobuf' }],
      ['http/json', { format: 'otlp-json' }],
    ],
    bad: [['grpc', '"grpc"', '"http/protobuf"']],
  }),
  ...bothNames('CERTIFICATE', {
    good: [['/tls/a.pem', { caFile: '/tls/a.pem' }]],
    bad: [
      ['/tls/none.pem', '"/tls/none.pem" (ENOENT)', 'what Node trusts'],
      ['/tls/empty', '"/tls/empty" (no PEM text in it)', 'what Node trusts'],
    ],
  }),
  LOGFLUME_TLS_CA: {
    good: [
      [pem, { ca: pem }],
      ['-----BEGIN CERTIFICATE-----\\nYQ==\\n', { ca: '-----BEGIN CERTIFICATE-----\nYQ==\n' }],
    ],
    bad: [['s3cret', 'a string that is none', 'what Node trusts']],
  },
  LOGFLUME_TLS_CERT: {
    beside: { OTEL_EXPORTER_OTLP_CLIENT_KEY: '/tls/b.pem' },
    good: [[pem, { cert: pem, keyFile: '/tls/b.pem' }]],
    bad: [['s3cret', 'a string that is none', 'no client certificate']],
  },
  LOGFLUME_TLS_KEY: {
    beside: { LOGFLUME_TLS_CERT: pem },
    good: [[pem, { key: pem, cert: pem }]],
    bad: [['s3cret', 'a string that is none', 'no client certificate']],
  },
  ...bothNames('CLIENT_KEY', {
    beside: { OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: '/tls/b.pem' },
    good: [['/tls/a.pem', { keyFile: '/tls/a.pem', certFile: '/tls/b.pem' }]],
    bad: [['/tls/none.pem', '"/tls/none.pem" (ENOENT)', 'no client certificate']],
  }),
  ...bothNames('CLIENT_CERTIFICATE', {
    beside: { OTEL_EXPORTER_OTLP_CLIENT_KEY: '/tls/b.pem' },
    good: [['/tls/a.pem', { certFile: '/tls/a.pem', keyFile: '/tls/b.pem' }]],
    bad: [['/tls/none.pem', '"/tls/none.pem" (ENOENT)', 'no client certificate']],
  }),
  ...bothNames('INSECURE', {
    good: [
      ['true', {}],
      ['false', {}],
    ],
    bad: [['maybe', '"maybe"', 'the scheme of the endpoint']],
  }),
  OTEL_BLRP_SCHEDULE_DELAY: {
    good: [
      ['0', { lingerMs: 0 }],
      ['1000', { lingerMs: 1000 }],
    ],
    bad: [
      ['1s', '"1s"', 'the default, 200 ms'],
      ['60001', '"60001"', 'the default, 200 ms'],
    ],
  },
  OTEL_BLRP_EXPORT_TIMEOUT: {
    good: [
      ['5000', { timeoutMs: 5000 }],
      ['30000', {}],
      ['0', {}],
    ],
    bad: [['-1', '"-1"', 'no cap']],
  },
  OTEL_BLRP_MAX_QUEUE_SIZE: {
    good: [],
    bad: [
      ['0', '"0"', 'a queue bounded in bytes'],
      ['many', '"many"', 'a queue bounded in bytes'],
    ],
  },
  OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: {
    good: [['512', { maxRecords: 512 }]],
    bad: [
      ['0', '"0"', 'the default, 4000'],
      ['100001', '"100001"', 'the default, 4000'],
    ],
  },
  ...bothLimits('COUNT', 'maxAttributes', 'the default, 128'),
  ...bothLimits('VALUE_LENGTH', 'maxValueLength', 'the default, no limit'),
  OTEL_SERVICE_NAME: {
    good: [['shop', { serviceName: 'shop' }]],
    bad: [['$(NAME)', '"$(NAME)"', 'the detected name']],
  },
  OTEL_RESOURCE_ATTRIBUTES: {
    good: [['a=b,c=d%20e', { resourceAttributes: new Map(Object.entries({ a: 'b', c: 'd e' })) }]],
    bad: [
      ['a=b,c', 'something else in entry 2 of 2', 'none of it'],
      ['a=b,c=$(D)', 'one in "c"', 'the rest of it'],
    ],
  },
  LOG_LEVEL: {
    good: [
      ['Warning', { levels: { default: 'warn', byName: new Map(), problems: [] } }],
      ['info,db=debug', { levels: { default: 'info', byName: new Map([['db', 'debug']]), problems: [] } }],
    ],
    bad: [
      ['loud', 'a text where "loud" is not a level', 'the default, "info"'],
      ['warn,db=loud', 'a text where "loud" in "db=loud" is not a level', 'the rest of it'],
      [',', '","', 'the default, "info"'],
    ],
  },
  CI: {
    good: [
      ['true', { ci: true }],
      ['1', { ci: true }],
      ['woodpecker', { ci: true }],
      ['false', { ci: false }],
      ['0', { ci: false }],
    ],
    bad: [],
  },
  NO_COLOR: { good: [['1', { color: false }]], bad: [] },
  FORCE_COLOR: {
    good: [
      ['1', { color: true }],
      ['0', { color: false }],
      ['False', { color: false }],
    ],
    bad: [],
  },
  LOGFLUME_ENDPOINTS: {
    good: [
      ['http://h', endpoint('http://h/v1/logs')],
      [
        'http://a:1, https://b/otlp ,',
        { endpoints: [...endpoint('http://a:1/v1/logs').endpoints, ...endpoint('https://b/otlp').endpoints] },
      ],
    ],
    bad: [
      [
        '[{"url":"h:1"}]',
        'a list where endpoints[0].url must be an http(s) URL, or one with dns+ or srv+ in front, got "h:1"',
        'the console',
      ],
      [
        '[{"url":"http://h","headers":{"a":"s3\\ncret"}}]',
        'a list where endpoints[0].headers.a must be',
        'the console',
      ],
      ['["http://h"', 'something that is no JSON', 'the console'],
      ['[]', 'an empty list', 'the console'],
      ['a:1,b:2', '"a:1", "b:2"', 'the console'],
      ['http://a,b:2', '"b:2"', 'the rest of it'],
      [' , ', '","', 'the console'],
      ['http://admin:s3cret,s3cret@collector:4318', '"http://…@collector:4318"', 'the console'],
      ['http://a,http://admin:s3cret,s3cret@b', '"http://…@b"', 'the rest of it'],
    ],
  },
  LOGFLUME_DESTINATIONS: {
    good: [
      ['audit=http://a:1', { destinations: [{ name: 'audit', endpoints: ['http://a:1'] }] }],
      [
        'a=http://a:1, b=dns+http://b:2/x?y=1 ,a=http://c',
        {
          destinations: [
            { name: 'a', endpoints: ['http://a:1', 'http://c'] },
            { name: 'b', endpoints: ['dns+http://b:2/x?y=1'] },
          ],
        },
      ],
      [
        '[{"name":"a","endpoints":["http://a"],"fallback":"none"}]',
        { destinations: [{ name: 'a', endpoints: ['http://a'], fallback: 'none' }] },
      ],
    ],
    bad: [
      ['http://a:1', '"http://a:1"', 'none of it'],
      ['a=http://a,b=b:4318', '"b=b:4318"', 'none of it'],
      ['=http://a', '"=http://a"', 'none of it'],
      ['a=http://me:s3cret@', '"…@"', 'none of it'],
      ['a=http://me:s3cret,2s3cret@x:1', '"…@x:1"', 'none of it'],
      [',', '","', 'none of it'],
      ['[]', 'an empty list', 'none of it'],
      ['{"name":"a"}', 'an object', 'none of it'],
      ['[{"headers":{"a":"s3cret"}', 'something that is no JSON', 'none of it'],
    ],
  },
  LOGFLUME_ROUTE: {
    good: [
      ['alerts=error', { route: [{ to: 'alerts', level: 'error' }] }],
      [
        'alerts=Warning, audit=payments.card:info',
        {
          route: [
            { to: 'alerts', level: 'warn' },
            { to: 'audit', logger: 'payments.card', level: 'info' },
          ],
        },
      ],
      ['[{"to":"a","logger":"db"}]', { route: [{ to: 'a', logger: 'db' }] }],
    ],
    bad: [
      ['alerts', '"alerts"', 'none of it'],
      ['alerts=eror', '"alerts=eror"', 'none of it'],
      ['alerts=off', '"alerts=off"', 'none of it'],
      ['alerts=:info', '"alerts=:info"', 'none of it'],
      ['=info', '"=info"', 'none of it'],
      [',', '","', 'none of it'],
      ['[{]', 'something that is no JSON', 'none of it'],
      ['{}', 'an object', 'none of it'],
    ],
  },
  LOGFLUME_ATTRIBUTES: {
    good: [
      ['a=b', { attributes: { a: 'b' } }],
      ['{"a":1}', { attributes: { a: 1 } }],
    ],
    bad: [['{"token":"s3cret"', 'something that begins with "{" and is no JSON', 'none of it']],
  },
  LOGFLUME_BALANCE: {
    good: [
      ['round-robin', { balance: 'round-robin' }],
      ['failover', { balance: 'failover' }],
      ['Least-Loaded', { balance: 'least-loaded' }],
    ],
    bad: [['random', '"random"', 'the default, "least-loaded"']],
  },
  LOGFLUME_FALLBACK: {
    good: [
      ['stderr', { fallback: 'stderr' }],
      ['stdout', { fallback: 'stdout' }],
      ['none', { fallback: 'none' }],
    ],
    bad: [['file', '"file"', 'the default, "stderr"']],
  },
  LOGFLUME_CONSOLE: {
    good: [
      ['true', { console: true }],
      ['false', { console: false }],
      ['json', { console: 'json' }],
      ['Pretty', { console: 'pretty' }],
      ['otlp-json', { console: 'otlp-json' }],
      ['{"format":"gcp","stderrFrom":"error"}', { console: { format: 'gcp', stderrFrom: 'error' } }],
    ],
    bad: [['yes', '"yes"', 'the default']],
  },
  LOGFLUME_REDACT: {
    good: [
      ['password, authorization', { redact: ['password', 'authorization'] }],
      ['password authorization', { redact: ['password', 'authorization'] }],
      ['http.request.header.authorization', { redact: ['http.request.header.authorization'] }],
      ['["a,b"]', { redact: ['a,b'] }],
      ['["password","card number"]', { redact: ['password', 'card number'] }],
      ['"password", "token"', { redact: ['password', 'token'] }],
      ['{"values":true}', { redact: { values: true } }],
      ['[password, "token"]', { redact: ['password', 'token'] }],
    ],
    bad: [
      ['{"values":"all"}', 'an object where redact.values must be true, false or a list of', 'nothing is redacted'],
      ['*.token', '"*.token"', 'nothing is redacted'],
      ['{"paths":["a[*].b"]}', 'an object where redact.paths must be a list of paths such as', 'nothing is redacted'],
      ['{"valeus":true}', 'an object where "valeus" is not an option of redact; did you mean', 'nothing is redacted'],
    ],
  },
  LOGFLUME_CONFIG: { good: [], bad: [] },
  OTEL_CONFIG_FILE: { good: [], bad: [] },
};

it.each<[string, unknown, string]>([
  ['password, users[*].pin', ['password'], 'got "users[*].pin"; a name is met anywhere, write "users.pin"'],
  ['["password","*_token"]', ['password'], 'got a list where redact must be a list of names, got "*_token"'],
  [
    '{"keys":["*_token","password"],"paths":["a[0].b","a.b"],"values":true}',
    { keys: ['password'], paths: ['a.b'], values: true },
    'got an object where redact.keys must be a list of names, got "*_token"; names are whole, without "*"',
  ],
  ['["password",""]', ['password'], 'got a list where redact must be a list of names, got ""'],
  ['{"keys":["*_token"],"paths":["a.b"]}', { paths: ['a.b'] }, 'got an object where redact.keys must be'],
  [
    '{"values":["jwtt"],"keys":["password"]}',
    { keys: ['password'] },
    '"urlPassword" or "creditCard", got "jwtt"; write "jwt"',
  ],
  ['{"values":["jwtt","aws",5]}', { values: ['aws'] }, 'got "jwtt"; write "jwt"'],
  ['{"values":"jwt","keys":["password"]}', { keys: ['password'], values: ['jwt'] }, 'got "jwt"'],
  ['{"values":"all","keys":["password"]}', { keys: ['password'] }, 'got "all"'],
  [
    '{"path":["x"],"keys":["password"]}',
    { keys: ['password'] },
    '"path" is not an option of redact; did you mean "paths"?',
  ],
  ['{"replacement":5,"keys":["password"]}', { keys: ['password'] }, 'redact.replacement must be a string, got 5'],
  ['{"replacement":"***","keys":["password",5]}', { keys: ['password'], replacement: '***' }, 'a list of names, got 5'],
  [
    '{"keys":"password","paths":"a.b"}',
    { keys: ['password'], paths: ['a.b'] },
    'redact.keys must be a list of names, got "password"',
  ],
  ['[password, *_token]', ['password'], 'got "*_token"; names are whole, without "*"'],
])('redacts what can be of %s', (text, value, end) => {
  const { redact, diagnostics } = read({ LOGFLUME_REDACT: text });
  expect(redact?.value).toEqual(value);
  expect(diagnostics[0]?.message).toContain(end);
  expect(diagnostics[0]?.message).toContain('using the rest of it');
});

it('has a case for every variable that is not read by the rule of its option', () => {
  const own = optionList.flatMap(({ variables = {} }) => Object.keys(variables));
  expect(Object.keys(cases).sort()).toEqual([...own, ...Object.keys(otherVariables)].sort());
});

describe.each(Object.entries(cases))('%s', (name, { good, bad, beside = {} }) => {
  it.each(good)('reads %j', (text, values) => {
    const settings = read({ ...beside, [name]: ` ${text}\n` });
    expect(settings.diagnostics).toEqual([]);
    expect(valuesOf(settings)).toEqual(values);
  });

  it.each(['', '   '])('counts %j as unset', (text) => {
    expect(read({ [name]: text })).toEqual(read({}));
  });

  it.each(bad)('reports %j once and counts it as unset', (text, got, used) => {
    const { diagnostics } = read({ ...beside, [name]: text });
    expect(diagnostics).toHaveLength(1);
    const [diagnostic] = diagnostics;
    expect(diagnostic).toMatchObject({ kind: 'invalidSetting', name, source: `environment ${name}`, used });
    expect(diagnostic).toMatchObject({ got: expect.stringContaining(got) });
    expect(diagnostic?.message).toMatch(new RegExp(`^${name} must be .+, got .+; using .+$`));
    expect(diagnostic?.message).toContain(`got ${got}`);
    expect(diagnostic?.message).not.toContain('s3cret');
  });
});

describe('readEnvironment', () => {
  it('says nothing about an environment that sets nothing', () => {
    const settings = read({ PATH: '/bin', LOGGER: 'x' });
    expect([valuesOf(settings), settings.diagnostics]).toEqual([{}, []]);
  });

  it('takes the signal-specific variable before the generic one, and names it', () => {
    const env = { OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '1', OTEL_EXPORTER_OTLP_TIMEOUT: '2' };
    expect(read(env).timeoutMs).toEqual({ value: 1, source: 'environment OTEL_EXPORTER_OTLP_LOGS_TIMEOUT' });
  });

  it('takes the generic variable when the signal-specific one is bad, and says so', () => {
    const settings = read({ OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: 'x', OTEL_EXPORTER_OTLP_TIMEOUT: '2' });
    expect(settings.timeoutMs?.value).toBe(2);
    expect(settings.diagnostics).toMatchObject([{ used: 'OTEL_EXPORTER_OTLP_TIMEOUT' }]);
  });

  it('reports a bad variable also where a stronger one hides it', () => {
    const settings = read({ OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '1', OTEL_EXPORTER_OTLP_TIMEOUT: 'x' });
    expect(settings.diagnostics).toMatchObject([
      { name: 'OTEL_EXPORTER_OTLP_TIMEOUT', used: 'OTEL_EXPORTER_OTLP_LOGS_TIMEOUT' },
    ]);
  });

  it('says that the value in code is used where there is one', () => {
    const settings = readEnvironment({ LOG_LEVEL: 'x' }, { ...deps, isSetInCode: (path) => path === 'level' });
    expect(settings.diagnostics).toMatchObject([{ used: 'the value set in code' }]);
  });

  it('says that the value of the file is used where there is one and no other variable', () => {
    const inFile = { ...deps, sourceInFile: () => 'file /f.yaml:3' as const };
    const used = (env: EnvironmentVariables) =>
      readEnvironment(env, inFile).diagnostics.map((each) => 'used' in each && each.used);
    expect(used({ LOG_LEVEL: 'x' })).toEqual(['the value of file /f.yaml:3']);
    expect(used({ OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: 'x', OTEL_EXPORTER_OTLP_TIMEOUT: '2' })).toEqual([
      'OTEL_EXPORTER_OTLP_TIMEOUT',
    ]);
    expect(used({ LOG_LEVEL: 'warn,db=x' })).toEqual(['the rest of it']);
  });

  it('merges headers name by name, the signal-specific ones over the generic ones', () => {
    const { headers } = read({
      OTEL_EXPORTER_OTLP_HEADERS: 'a=1,B=2',
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'b=3,c=4',
    });
    expect([...headers]).toEqual([
      ['a', { value: '1', source: 'environment OTEL_EXPORTER_OTLP_HEADERS' }],
      ['b', { value: '3', source: 'environment OTEL_EXPORTER_OTLP_LOGS_HEADERS' }],
      ['c', { value: '4', source: 'environment OTEL_EXPORTER_OTLP_LOGS_HEADERS' }],
    ]);
  });

  it('takes the limit of log records before the one of all signals', () => {
    const env = { OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT: '1', OTEL_ATTRIBUTE_COUNT_LIMIT: '2' };
    expect(read(env).maxAttributes?.value).toBe(1);
  });

  it('prefers our list of endpoints to the signal-specific one, and that to the generic one', () => {
    const generic = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://g' };
    const specific = { ...generic, OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://s/x' };
    const urls = [generic, specific, { ...specific, LOGFLUME_ENDPOINTS: 'http://o' }].map(
      (env) => read(env).endpoints?.value[0]?.address.url,
    );
    expect(urls).toEqual(['http://g/v1/logs', 'http://s/x', 'http://o/v1/logs']);
  });

  it('parses two variables with the same text by their own rules', () => {
    const env = { LOGFLUME_ENDPOINTS: 'x', OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: 'http://h' };
    expect(read(env).endpoints?.value[0]?.address.url).toBe('http://h/');
  });

  it.each([
    ['otlp', 'http://localhost:4318/v1/logs'],
    ['none', 'no output'],
    ['console', 'the console'],
  ])('says what a bad endpoint leads to with the exporter %s', (exporter, used) => {
    const { diagnostics } = read({ OTEL_LOGS_EXPORTER: exporter, OTEL_EXPORTER_OTLP_ENDPOINT: 'h:1' });
    expect(diagnostics).toMatchObject([{ used }]);
  });

  it.each([
    ['LOGFLUME_DESTINATIONS', 'a=http://a,b=b:4318', 'got "b=b:4318"; write "http://b:4318"; using none of it'],
    ['LOGFLUME_ROUTE', 'a=eror', 'got "a=eror"; write "error"; using none of it'],
    ['LOGFLUME_ROUTE', 'a', 'got "a"; a level is one of trace, debug, info, warn, error, fatal; using none of it'],
  ])('hints at what to write in %s instead of %s', (name, text, end) => {
    expect(read({ [name]: text }).diagnostics[0]?.message).toContain(end);
  });

  it('hints at what to write for an address without a scheme', () => {
    const [diagnostic] = read({ OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318' }).diagnostics;
    expect(diagnostic?.message).toBe(
      'OTEL_EXPORTER_OTLP_ENDPOINT must be an http(s) URL, got "localhost:4318"; ' +
        'write "http://localhost:4318"; using the console',
    );
  });

  it.each([
    ['7000', '5000', 5000],
    ['3000', '5000', 3000],
    ['0', '5000', 5000],
    ['3000', '0', 3000],
    [undefined, '60000', undefined],
  ])('ends an attempt at the shorter of the timeouts %s and %s', (exporter, batch, expected) => {
    const settings = read({ OTEL_EXPORTER_OTLP_TIMEOUT: exporter, OTEL_BLRP_EXPORT_TIMEOUT: batch });
    expect(settings.timeoutMs?.value).toBe(expected);
  });

  it('notes that a queue size in records has no effect', () => {
    const { diagnostics } = read({ OTEL_BLRP_MAX_QUEUE_SIZE: '4096' });
    expect(diagnostics).toMatchObject([{ kind: 'unsupportedSetting', name: 'OTEL_BLRP_MAX_QUEUE_SIZE' }]);
  });

  it.each([
    ['logging', 'deprecatedSetting'],
    ['logging,nonsense', 'invalidSetting'],
    ['logging,otlp/stdout', 'deprecatedSetting'],
  ])('has one thing to say about the exporter %s', (text, kind) => {
    expect(read({ OTEL_LOGS_EXPORTER: text }).diagnostics.map((diagnostic) => diagnostic.kind)).toEqual([kind]);
  });

  it('does not promise zstd where Node has none', () => {
    const settings = readEnvironment({ OTEL_EXPORTER_OTLP_COMPRESSION: 'zstd' }, { ...deps, hasZstd: false });
    expect(settings.compression).toBeUndefined();
    expect(settings.diagnostics[0]?.message).toContain('zstd needs Node 22.15 or newer');
  });

  it('lets FORCE_COLOR win over NO_COLOR, as Node does', () => {
    expect(read({ FORCE_COLOR: '1', NO_COLOR: '1' }).color?.value).toBe(true);
  });
});

describe('client certificates', () => {
  it.each([
    ['CLIENT_KEY', 'CLIENT_CERTIFICATE'],
    ['CLIENT_CERTIFICATE', 'CLIENT_KEY'],
  ])('reports %s without %s and uses neither', (given, missing) => {
    const settings = read({ [`OTEL_EXPORTER_OTLP_${given}`]: '/tls/a.pem' });
    expect(valuesOf(settings)).toEqual({});
    expect(settings.diagnostics[0]?.message).toBe(
      `OTEL_EXPORTER_OTLP_${given} must be given together with OTEL_EXPORTER_OTLP_${missing}, got it alone; using no client certificate`,
    );
  });

  it.each([
    ['KEY', 'CERT'],
    ['CERT', 'KEY'],
  ])('reports a %s without a %s as text too', (given, missing) => {
    const settings = read({ [`LOGFLUME_TLS_${given}`]: pem });
    expect(valuesOf(settings)).toEqual({});
    expect(settings.diagnostics[0]?.message).toBe(
      `LOGFLUME_TLS_${given} must be given together with LOGFLUME_TLS_${missing}, got it alone; using no client certificate`,
    );
  });

  it('are made of a generic and a signal-specific half as well', () => {
    const settings = read({
      OTEL_EXPORTER_OTLP_CLIENT_KEY: '/tls/a.pem',
      OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE: '/tls/b.pem',
    });
    expect(valuesOf(settings)).toEqual({ keyFile: '/tls/a.pem', certFile: '/tls/b.pem' });
  });

  it('do not repeat what an error says about a file', () => {
    const readFile = () => {
      throw 's3cret';
    };
    const { diagnostics } = readEnvironment({ OTEL_EXPORTER_OTLP_CERTIFICATE: '/x' }, { ...deps, readFile });
    expect(diagnostics).toMatchObject([{ got: '"/x" (cannot be read)' }]);
  });
});

describe('variables with our prefix', () => {
  it('names the closest known variable for one it does not know', () => {
    const message =
      'LOGFLUME_ENDPOINT is not a variable of logflume and has no effect; did you mean LOGFLUME_ENDPOINTS?';
    expect(read({ LOGFLUME_ENDPOINT: 'http://h' }).diagnostics).toMatchObject([
      { kind: 'unknownSetting', name: 'LOGFLUME_ENDPOINT', closest: 'LOGFLUME_ENDPOINTS', message },
    ]);
  });

  it.each([
    ['LOGFLUME_LEVEL', 'LOG_LEVEL', 'level is set by LOG_LEVEL'],
    ['LOGFLUME_LOG_LEVEL', 'LOG_LEVEL', 'did you mean LOG_LEVEL?'],
    ['LOGFLUME_SERVICE_NAME', 'OTEL_SERVICE_NAME', 'did you mean OTEL_SERVICE_NAME?'],
    ['LOGFLUME_BATCH_LINGER_MS', 'OTEL_BLRP_SCHEDULE_DELAY', 'batch.lingerMs is set by OTEL_BLRP_SCHEDULE_DELAY'],
    [
      'LOGFLUME_HEADERS',
      'OTEL_EXPORTER_OTLP_LOGS_HEADERS',
      'headers is set by OTEL_EXPORTER_OTLP_LOGS_HEADERS or OTEL_EXPORTER_OTLP_HEADERS',
    ],
    ['LOGFLUME_AXIOS', undefined, 'axios is for code alone'],
    ['LOGFLUME_QUEUE_MAX_BYTE', 'LOGFLUME_QUEUE_MAX_BYTES', 'did you mean LOGFLUME_QUEUE_MAX_BYTES?'],
  ])('says of %s which variable it is', (name, closest, advice) => {
    const message = `${name} is not a variable of logflume and has no effect; ${advice}`;
    expect(read({ [name]: '1' }).diagnostics).toMatchObject([{ kind: 'unknownSetting', name, closest, message }]);
  });

  it('names the page of all variables when none is close', () => {
    const [diagnostic] = read({ LOGFLUME_XYZZY: '1' }).diagnostics;
    expect(diagnostic).toMatchObject({ kind: 'unknownSetting', closest: undefined });
    expect(diagnostic?.message).toContain('see docs/configuration.md');
  });

  it('does not mistake what Kubernetes sets for a Service called logflume', () => {
    const links = ['SERVICE_HOST', 'SERVICE_PORT', 'SERVICE_PORT_OTLP_HTTP', 'PORT', 'PORT_4318_TCP'];
    const more = ['PORT_4318_TCP_PROTO', 'PORT_4318_TCP_PORT', 'PORT_4318_TCP_ADDR', 'GATEWAY_SERVICE_HOST'];
    const env = Object.fromEntries([...links, ...more].map((name) => [`LOGFLUME_${name}`, '10.0.0.1']));
    expect(read(env).diagnostics).toEqual([]);
  });
});
