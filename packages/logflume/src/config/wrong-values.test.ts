import { LogflumeError } from '@logflume/delivery';
import { describe, expect, it } from 'vitest';
import { environmentsWith, optionCases, optionPlaces, optionsWith, placeOf } from '../../test/option-cases.ts';
import { type ResolveDeps, resolveOptions } from './resolve-options.ts';

const deps: ResolveDeps = {
  isTTY: false,
  hasZstd: true,
  readFile: (path) => {
    if (path === '/missing') throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return '-----BEGIN CERTIFICATE-----';
  },
  resource: { argv0: 'node', hostname: 'host', pid: 7, nodeVersion: '20.20.2', randomUuid: () => 'uuid' },
};

const places = optionPlaces.map((place) => [placeOf(place.path), place] as const);

/** That every place has a case is held by right-values.test.ts; one without has no wrong value here. */
const wrongOf = (path: string) => optionCases[path] ?? { right: undefined, wrong: undefined };

describe('a wrong value names the key, the place, what was expected, and what is used', () => {
  it.each(places)('in code, where it throws: %s', (at, { path }) => {
    const options = optionsWith(path, wrongOf(path).wrong, wrongOf(path).partner);
    const error = errorOf(() => resolveOptions(options, {}, deps));
    expect(error).toBeInstanceOf(LogflumeError);
    expect(error).toMatchObject({
      code: 'ERR_LOGFLUME_INVALID_OPTION',
      details: { option: at, expected: expect.stringMatching(/./), got: expect.stringMatching(/./) },
      message: expect.stringMatching(/^\S+ must be .+, got .+$/),
    });
    expect(String(error)).toContain(`${at} must be `);
  });

  it.each(places.filter(([, { path }]) => wrongOf(path).codeOnly === undefined && wrongOf(path).wrongTexts !== 'none'))(
    'in the environment, where the variable is left out: %s',
    (at, place) => {
      const { wrong, wrongTexts, ...rest } = wrongOf(place.path);
      for (const { name, env } of environmentsWith(place, wrong, {
        ...rest,
        texts: wrongTexts === 'none' ? {} : wrongTexts,
      })) {
        const { diagnostics, sources } = resolveOptions({}, env, deps);
        expect(diagnostics).toMatchObject([{ kind: 'invalidSetting', name, source: `environment ${name}` }]);
        const message = diagnostics[0]?.message ?? '';
        expect(message).toMatch(new RegExp(`^${name} must be .+, got .+; using .+$`));
        if (place.variables.length === 0) expect(message).toContain(`where ${at} must be `);
        expect(Object.values(sources)).not.toContain(`environment ${name}`);
      }
    },
  );

  it.each(places)('in a file, with the line, where the whole file is left out: %s', (at, { path }) => {
    const text = JSON.stringify(optionsWith(path, wrongOf(path).wrong, wrongOf(path).partner), undefined, 2);
    const key = path.split('.').at(-1) ?? '';
    const line = text.split('\n').findLastIndex((each) => each.includes(`"${key}":`)) + 1;
    const readFile = (file: string) => (file === '/f.json' ? text : deps.readFile(file));
    const { diagnostics, sources } = resolveOptions({}, { LOGFLUME_CONFIG: '/f.json' }, { ...deps, readFile });
    expect(diagnostics).toMatchObject([{ kind: 'invalidFile', file: '/f.json', line, key: at }]);
    const start = `LOGFLUME_CONFIG: /f.json:${line}: ${at} must be `;
    expect(diagnostics[0]?.message.slice(0, start.length)).toBe(start);
    expect(diagnostics[0]?.message).toMatch(/, got .+; the whole file is ignored$/);
    expect(new Set(Object.values(sources))).toEqual(new Set(['default']));
  });
});

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
