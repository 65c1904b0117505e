import { describe, expect, it } from 'vitest';
import type { ConfigDiagnostic } from './diagnostic.ts';
import type { EnvironmentVariables } from './env-reader.ts';
import { optionList } from './option-list.ts';
import { type ResolveDeps, resolveOptions } from './resolve-options.ts';

const deps: ResolveDeps = {
  isTTY: false,
  hasZstd: true,
  readFile: () => '-----BEGIN CERTIFICATE-----',
  resource: { argv0: 'node', hostname: 'host', pid: 7, nodeVersion: '20.20.2', randomUuid: () => 'uuid' },
};

const withFile = (text: string): ResolveDeps => ({ ...deps, readFile: () => text });

/** What no text can say. */
const functions: ReadonlySet<string> = new Set(['axios', 'processors', 'onDiagnostic']);

/** Options without a variable of their own rules: their variable must work by the table alone. */
const byRule = optionList.filter(({ variables }) => variables === undefined);

/** Some have no effect alone, and say so. */
const isNotIdle = ({ message }: ConfigDiagnostic): boolean => !message.includes('has no effect without');

it('leaves no option to code alone but functions, and what has a variable of the list it stands in', () => {
  const codeOnly = optionList.filter(({ path, variableNames }) => variableNames.length === 0 && !path.includes('[]'));
  expect(new Set(codeOnly.map(({ path }) => path))).toEqual(functions);
});

describe('an option without a variable of OpenTelemetry', () => {
  it.each(byRule.map((option) => [option.path, option] as const))('has an example: %s', (path, { example }) => {
    expect(example, `give the row of ${path} in option-table.ts an example`).toBeDefined();
  });

  it.each(byRule.map((option) => [option.variableNames[0] ?? '', option] as const))(
    'is set by %s',
    (name, { path, example }) => {
      const env: EnvironmentVariables = {
        [name]: typeof example === 'object' ? JSON.stringify(example) : `${example}`,
      };
      const { sources, diagnostics } = resolveOptions({}, env, deps);
      expect(diagnostics.filter(isNotIdle)).toEqual([]);
      expect(sources[path], `resolve-options.ts picks no ${path}`).toBe(`environment ${name}`);
    },
  );

  it.each(
    byRule.flatMap((option) =>
      option.rule.kind === 'value' && option.rule.accepts('?\n') ? [] : [option.variableNames[0] ?? ''],
    ),
  )('gives one line for a bad %s and keeps the default', (name) => {
    const { sources, diagnostics } = resolveOptions({}, { [name]: '?' }, deps);
    expect(diagnostics).toMatchObject([{ kind: 'invalidSetting', name, used: expect.stringContaining('the default') }]);
    expect(new Set(Object.values(sources))).toEqual(new Set(['default']));
  });
});

/** What every place may give; what only code can is none of it. */
const inFiles = optionList.filter(({ path, example }) => example !== undefined && !path.includes('[]'));

/** `a.b` as an object in an object. */
const nested = (path: string, value: unknown): unknown =>
  path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value);

describe('an option with an example', () => {
  it.each(inFiles.map(({ path, example }) => [path, example] as const))('is set by a file: %s', (path, example) => {
    const text = JSON.stringify(nested(path, example));
    const { sources, diagnostics } = resolveOptions({}, { LOGFLUME_CONFIG: '/etc/logflume.json' }, withFile(text));
    expect(diagnostics.filter(isNotIdle)).toEqual([]);
    const named = Object.entries(sources).filter(([name]) => name === path || name.startsWith(`${path}.`));
    expect(named.map(([, source]) => source)).toContain('file /etc/logflume.json:1');
  });
});

it('lets code beat a variable that is read by the rule of its option', () => {
  const { queue, sources } = resolveOptions(
    { queue: { maxBytes: 65_536 } },
    { LOGFLUME_QUEUE_MAX_BYTES: '131072' },
    deps,
  );
  expect([queue.maxBytes, sources['queue.maxBytes']]).toEqual([65_536, 'code']);
  expect(resolveOptions({}, { LOGFLUME_QUEUE_MAX_BYTES: '131072' }, deps).queue.maxBytes).toBe(131_072);
});

it('lets a variable that is read by the rule of its option beat a file', () => {
  const env = { LOGFLUME_QUEUE_MAX_BYTES: '131072', LOGFLUME_CONFIG: '/f.json' };
  const { queue, batch, sources } = resolveOptions(
    {},
    env,
    withFile('{"queue":{"maxBytes":65536},"batch":{"maxBytes":4096}}'),
  );
  expect([queue.maxBytes, sources['queue.maxBytes']]).toEqual([131_072, 'environment LOGFLUME_QUEUE_MAX_BYTES']);
  expect([batch.maxBytes, sources['batch.maxBytes']]).toEqual([4096, 'file /f.json:1']);
});
