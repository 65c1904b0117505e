import { describe, expect, it } from 'vitest';
import type { EnvironmentVariables } from '../env-reader.ts';
import { type ResolveDeps, resolveOptions } from '../resolve-options.ts';
import type { ResolvedOptions } from '../resolved-options.ts';

const deps: ResolveDeps = {
  isTTY: false,
  hasZstd: true,
  readFile: () => '',
  resource: { argv0: 'node', hostname: 'host', pid: 7, nodeVersion: '20.20.2', randomUuid: () => 'uuid' },
};
const pem = '-----BEGIN CERTIFICATE-----';

function resolveFile(text: string, env: EnvironmentVariables = {}): ResolvedOptions {
  const readFile = (path: string) => (path === '/otel.yaml' ? text : path === '/f.yaml' ? 'name: ours\n' : pem);
  return resolveOptions({}, { OTEL_CONFIG_FILE: '/otel.yaml', ...env }, { ...deps, readFile });
}

const provider = (processor: string): string => `file_format: "1.1"\nlogger_provider:\n  processors:\n${processor}`;
const exporter = (lines: string): string => provider(`    - batch:\n        exporter:\n          otlp_http:\n${lines}`);

const whole = `file_format: "1.1"
disabled: false
log_level: debug
attribute_limits: { attribute_count_limit: 7, attribute_value_length_limit: 4096 }
resource:
  attributes_list: service.name=list,service.version=1.0
  attributes:
    - { name: service.name, value: shop }
    - { name: replicas, value: 3, type: int }
tracer_provider: { processors: [] }
logger_provider:
  limits: { attribute_count_limit: 64 }
  processors:
    - batch:
        schedule_delay: 5000
        export_timeout: 8000
        max_export_batch_size: 256
        exporter:
          otlp_http:
            endpoint: \${OTEL_EXPORTER_OTLP_ENDPOINT:-http://collector:4318}/v1/logs
            tls: { ca_file: /ca.pem, key_file: /k.pem, cert_file: /c.pem }
            headers_list: x-a=list,x-b=list%20b
            headers:
              - { name: X-A, value: one }
              - { name: api-key, value: null }
            compression: none
            timeout: 10000
            encoding: json
`;

describe('OTEL_CONFIG_FILE', () => {
  it('gives what its part for logs says', () => {
    expect(resolveFile(whole)).toMatchObject({
      diagnostics: [],
      output: 'backend',
      endpoints: [{ url: 'http://collector:4318/v1/logs' }],
      headers: { 'x-a': 'one', 'x-b': 'list b' },
      compression: 'none',
      format: 'otlp-json',
      timeoutMs: 8000,
      batch: { lingerMs: 5000, maxRecords: 256 },
      limits: { maxAttributes: 64, maxValueLength: 4096 },
      tls: { caFile: '/ca.pem', keyFile: '/k.pem', certFile: '/c.pem' },
      resource: { 'service.name': 'shop', 'service.version': '1.0', replicas: 3 },
      sources: { 'batch.lingerMs': 'file /otel.yaml:15', endpoints: 'file /otel.yaml:20' },
    });
  });

  it.each([
    ['no timeout', '            compression: gzip\n', undefined],
    ['its own', '            timeout: 500\n', 500],
    ['none at all', '            timeout: 0\n', 0],
  ])('takes %s for an attempt', (_, lines, timeoutMs) => {
    expect(resolveFile(exporter(lines)).timeoutMs).toBe(timeoutMs);
  });

  it('means the address of the specification where an exporter has none, and a simple processor waits for nobody', () => {
    const text = provider('    - simple: { exporter: { otlp_http: {} } }\n');
    expect(resolveFile(text)).toMatchObject({
      endpoints: [{ url: 'http://localhost:4318/v1/logs' }],
      batch: { lingerMs: 0 },
    });
  });

  it('prints for an exporter console', () => {
    const text = provider('    - simple:\n        exporter:\n          console:\n');
    expect(resolveFile(text)).toMatchObject({ output: 'console', console: 'json', diagnostics: [] });
  });

  it('silences the logger when disabled', () => {
    expect(resolveFile(`disabled: true\n${whole.replace('disabled: false\n', '')}`).output).toBe('none');
  });

  it('says once what it asks for and is not to be had', () => {
    const text = provider(
      '    - batch: { exporter: { otlp_grpc: {} } }\n    - batch: { max_queue_size: 5, exporter: { otlp_http: {} } }\n',
    );
    expect(resolveFile(text)).toMatchObject({
      output: 'backend',
      diagnostics: [
        { kind: 'unsupportedSetting', message: 'OTEL_CONFIG_FILE: otlp_grpc is not exported to, and 1 more' },
      ],
    });
  });

  it.each([
    ['5000', 'soon', '15: schedule_delay, here batch.lingerMs must be an integer, 0 … 60000, got "soon"'],
    ['256', '0', '17: max_export_batch_size, here batch.maxRecords must be an integer, 1 … 100000, got 0'],
    ['8000', '-1', '16: export_timeout, here timeoutMs must be an integer, 0 … 2147483647, got -1'],
    ['compression: none', 'compression: brotli', '26: compression must be "gzip", "zstd" or "none", got "brotli"'],
    ['encoding: json', 'encoding: xml', '28: encoding must be "protobuf" or "json", got "xml"'],
    ['disabled: false', 'disabled: 5', '2: disabled must be true or false, got 5'],
    [/endpoint: .*/, 'endpoint: h:1', '20: endpoint, here endpoints[0] must be an http(s) URL'],
    ['value: one', 'value: 5', '24: headers.X-A must be a string of characters HTTP allows'],
    [
      'attribute_count_limit: 64',
      'attribute_count_limit: x',
      '12: attribute_count_limit, here limits.maxAttributes must',
    ],
  ])('is refused as a whole, with the line and the key of the file: %s as %s', (from, to, message) => {
    const { diagnostics, sources } = resolveFile(whole.replace(from, to));
    expect(diagnostics).toMatchObject([{ kind: 'invalidFile', file: '/otel.yaml' }]);
    expect(diagnostics[0]?.message).toContain(`OTEL_CONFIG_FILE: /otel.yaml:${message}`);
    expect(diagnostics[0]?.message).toMatch(/, got .+; the whole file is ignored$/);
    expect(new Set(Object.values(sources))).toEqual(new Set(['default']));
  });

  it('reads variables as what they stand for', () => {
    const text = '{"disabled":"${OFF}","resource":{"attributes":[{"name":"${N}","value":"${N}"}]}}';
    const readFile = () => text;
    const env = { OTEL_CONFIG_FILE: '/otel.json', OFF: 'false', N: '42' };
    const { resource, diagnostics } = resolveOptions({}, env, { ...deps, readFile });
    expect([resource['42'], diagnostics]).toEqual(['42', []]);
    const headers = exporter('            headers:\n              - name: x-a\n                value: ${N}\n');
    expect(resolveFile(headers, { N: '42' }).headers).toEqual({ 'x-a': '42' });
  });

  it.each([
    ['value: 1.10, type: string', '1.10'],
    ['value: true, type: string', 'true'],
    ['value: 1.10, type: double', 1.1],
    ['value: 1.10', 1.1],
    ['value: "7", type: null', '7'],
    ['value: false, type: bool', false],
    ['value: [1.10, b], type: string_array', ['1.10', 'b']],
    ['value: [1, 2], type: int_array', [1, 2]],
    ['value: [], type: bool_array', []],
  ])('gives an attribute of the resource its type: %s', (entry, expected) => {
    const { resource, diagnostics } = resolveFile(`resource: { attributes: [{ name: a, ${entry} }] }\n`);
    expect([resource['a'], diagnostics]).toEqual([expected, []]);
  });

  it.each([
    ['string', '007'],
    ['int', 7],
    ['double', 7],
    ['null', '007'],
  ])('reads a variable in it as %s', (type, expected) => {
    const text = `resource:\n  attributes:\n    - name: a\n      value: \${N}\n      type: ${type}\n`;
    expect(resolveFile(text, { N: '007' }).resource['a']).toBe(expected);
  });

  it.each([
    ['value: soon, type: int', 'value must be an int, as its type says, got "soon"'],
    ['value: 1.5, type: int', 'value must be an int, as its type says, got 1.5'],
    ['value: "1", type: double', 'value must be a double, as its type says, got "1"'],
    ['value: yes, type: bool', 'value must be a bool, as its type says, got "yes"'],
    ['value: [a], type: string', 'value must be a string, as its type says, got an array'],
    ['value: a, type: string_array', 'value must be a string_array, as its type says, got "a"'],
    ['value: [1, x], type: int_array', 'value must be an int_array, as its type says, got an array'],
    [
      'value: a, type: text',
      'type must be "string", "bool", "int", "double", "string_array", "bool_array", "int_array" or "double_array", got "text"',
    ],
  ])('refuses an attribute of the resource that is not of its type: %s', (entry, message) => {
    const { diagnostics } = resolveFile(`resource:\n  attributes:\n    - { name: a, ${entry} }\n`);
    expect(diagnostics.map((each) => each.message)).toEqual([
      `OTEL_CONFIG_FILE: /otel.yaml:3: ${message}; the whole file is ignored`,
    ]);
  });

  it('tells of an entry of a list that is none, without its text', () => {
    const { diagnostics, headers } = resolveFile(whole.replace('x-a=list', 's3cret'));
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'OTEL_CONFIG_FILE: line 22: an entry of headers_list is no name=value and is left out',
    ]);
    expect(headers).toEqual({ 'x-a': 'one', 'x-b': 'list b' });
  });

  it('takes the place of the other variables of OpenTelemetry, and says so once', () => {
    const env = { OTEL_SERVICE_NAME: 'env', OTEL_EXPORTER_OTLP_TIMEOUT: 'x', LOG_LEVEL: 'debug' };
    const { resource, levels, diagnostics } = resolveFile(whole, env);
    expect([resource['service.name'], levels.default]).toEqual(['shop', 'debug']);
    const message = 'OTEL_CONFIG_FILE is used, so OTEL_SERVICE_NAME and 1 more of the environment has no effect';
    expect(diagnostics).toMatchObject([{ kind: 'unsupportedSetting', message }]);
  });

  it('does not say so of those that are put into a file', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://put-in:4318', OTEL_SERVICE_NAME: 'env' };
    const { endpoints, diagnostics } = resolveFile(whole, env);
    expect(endpoints[0]?.url).toBe('http://put-in:4318/v1/logs');
    const message = 'OTEL_CONFIG_FILE is used, so OTEL_SERVICE_NAME of the environment has no effect';
    expect(diagnostics).toMatchObject([{ message }]);
  });

  it('leaves the variables alone when it cannot be used', () => {
    const { resource, diagnostics } = resolveFile('disabled: [', { OTEL_SERVICE_NAME: 'env' });
    expect([resource['service.name'], diagnostics.map(({ kind }) => kind)]).toEqual(['env', ['invalidFile']]);
  });

  it('lies beneath our own file', () => {
    const resolved = resolveFile(whole, { LOGFLUME_CONFIG: '/f.yaml' });
    expect([resolved.name, resolved.compression]).toEqual(['ours', 'none']);
  });
});
