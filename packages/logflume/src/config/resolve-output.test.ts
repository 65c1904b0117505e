import { describe, expect, it } from 'vitest';
import type { EnvironmentVariables } from './env-reader.ts';
import type { LoggerOptions } from './logger-options.ts';
import { readEnvironment } from './read-environment.ts';
import { decideOutput } from './resolve-output.ts';

function decide(options: LoggerOptions, variables: EnvironmentVariables, isTTY = false) {
  const env = readEnvironment(variables, {
    readFile: () => '',
    hasZstd: true,
    isSetInCode: () => false,
    sourceInFile: () => undefined,
  });
  return decideOutput({ options, env, isTTY });
}

const code: LoggerOptions = { endpoints: ['http://code'] };
const url: EnvironmentVariables = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://env' };

describe('decideOutput', () => {
  it.each<[string, LoggerOptions, EnvironmentVariables, string, false | string, string | undefined]>([
    ['nothing is set', {}, {}, 'console', 'json', undefined],
    ['code has an endpoint', code, {}, 'backend', false, 'code'],
    ['the environment has an endpoint', {}, url, 'backend', false, 'environment'],
    ['both have an endpoint', code, url, 'backend', false, 'code'],
    ['code has an empty list', { endpoints: [] }, url, 'console', 'json', undefined],
    ['otlp is asked for without an endpoint', {}, { OTEL_LOGS_EXPORTER: 'otlp' }, 'backend', false, 'default'],
    ['otlp is asked for with one', {}, { ...url, OTEL_LOGS_EXPORTER: 'otlp' }, 'backend', false, 'environment'],
    ['otlp and console are', {}, { ...url, OTEL_LOGS_EXPORTER: 'otlp,console' }, 'backend', 'json', 'environment'],
    ['only console is', {}, { ...url, OTEL_LOGS_EXPORTER: 'console' }, 'console', 'json', undefined],
    ['only its old name is', {}, { ...url, OTEL_LOGS_EXPORTER: 'logging' }, 'console', 'json', undefined],
    ['only otlp/stdout is', {}, { ...url, OTEL_LOGS_EXPORTER: 'otlp/stdout' }, 'console', 'otlp-json', undefined],
    ['there is a file', { file: '/f' }, {}, 'file', false, undefined],
    ['there is a file in the environment', {}, { LOGFLUME_FILE: '/f' }, 'file', false, undefined],
    ['a console is wanted beside a file', { file: '/f', console: 'json' }, {}, 'console', 'json', undefined],
    ['there is an endpoint and a file', { ...code, file: '/f' }, {}, 'backend', false, 'code'],
    ['there is an empty list of files', { file: [] }, {}, 'console', 'json', undefined],
    ['a console is an object', { console: { format: 'gcp' } }, {}, 'console', 'gcp', undefined],
    ['that object has no format', { ...code, console: { stderrFrom: 'warn' } }, {}, 'backend', 'json', 'code'],
    [
      'code has an endpoint and the exporter is console',
      code,
      { OTEL_LOGS_EXPORTER: 'console' },
      'backend',
      'json',
      'code',
    ],
    ['the exporter is none', code, { OTEL_LOGS_EXPORTER: 'none' }, 'none', false, undefined],
    ['none is among the exporters', code, { OTEL_LOGS_EXPORTER: 'otlp,none' }, 'none', false, undefined],
    ['the SDK is disabled', { ...code, console: true }, { OTEL_SDK_DISABLED: 'true' }, 'none', false, undefined],
    ['the SDK is not disabled', code, { OTEL_SDK_DISABLED: 'false' }, 'backend', false, 'code'],
    ['a console is wanted beside', { ...code, console: 'pretty' }, {}, 'backend', 'pretty', 'code'],
    ['a variable wants one beside', code, { LOGFLUME_CONSOLE: 'true' }, 'backend', 'json', 'code'],
    ['code refuses it', { ...code, console: false }, { LOGFLUME_CONSOLE: 'true' }, 'backend', false, 'code'],
    ['code refuses the only output', { console: false }, {}, 'none', false, undefined],
    ['a variable refuses the only output', {}, { LOGFLUME_CONSOLE: 'false' }, 'none', false, undefined],
  ])('decides when %s', (_, options, variables, output, console, endpointsFrom) => {
    const decision = decide(options, variables);
    expect([decision.output.value, decision.console.value, decision.endpointsFrom]).toEqual([
      output,
      console,
      endpointsFrom,
    ]);
  });

  it('prints for people on a terminal unless told otherwise', () => {
    expect(decide({}, {}, true).console.value).toBe('pretty');
    expect(decide({ console: true }, {}, true).console.value).toBe('pretty');
    expect(decide({ console: 'json' }, {}, true).console.value).toBe('json');
    expect(decide({}, { CI: 'true' }, true).console.value).toBe('json');
    expect(decide({}, { CI: 'false' }, true).console.value).toBe('pretty');
  });

  it('names what silenced it', () => {
    expect(decide({}, { OTEL_LOGS_EXPORTER: 'none' }).output.source).toBe('environment OTEL_LOGS_EXPORTER');
    expect(decide({}, { OTEL_SDK_DISABLED: 'true' }).output.source).toBe('environment OTEL_SDK_DISABLED');
  });

  it('warns when records go nowhere and nobody said they should', () => {
    const message = (name: string) =>
      `${name} is false and there is no endpoint, so records go nowhere; set endpoints or OTEL_EXPORTER_OTLP_ENDPOINT`;
    expect(decide({ console: false }, {}).diagnostic).toMatchObject({ kind: 'noOutput', message: message('console') });
    expect(decide({}, { LOGFLUME_CONSOLE: 'false' }).diagnostic).toMatchObject({
      message: message('LOGFLUME_CONSOLE'),
    });
    expect(decide({}, { OTEL_LOGS_EXPORTER: 'none' }).diagnostic).toBeUndefined();
  });
});
