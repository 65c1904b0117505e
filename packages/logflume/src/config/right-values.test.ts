import { describe, expect, it } from 'vitest';
import {
  environmentsWith,
  type OptionCase,
  type OptionPlace,
  optionCases,
  optionPlaces,
  optionsWith,
  placeOf,
  wholeOf,
} from '../../test/option-cases.ts';
import { type ResolveDeps, resolveOptions } from './resolve-options.ts';
import type { ResolvedOptions } from './resolved-options.ts';

const deps: ResolveDeps = {
  isTTY: false,
  hasZstd: true,
  readFile: () => '-----BEGIN CERTIFICATE-----',
  resource: { argv0: 'node', hostname: 'host', pid: 7, nodeVersion: '20.20.2', randomUuid: () => 'uuid' },
};

const places = optionPlaces.flatMap((place) => {
  const oneCase = optionCases[place.path];
  return oneCase === undefined ? [] : [[placeOf(place.path), place, oneCase] as const];
});
const outsideCode = places.filter(([, , { codeOnly }]) => codeOnly === undefined);

it('has a case for every option and every member of one', () => {
  expect(Object.keys(optionCases).sort()).toEqual(optionPlaces.map(({ path }) => path).sort());
});

describe('a right value takes effect', () => {
  it.each(places)('from code: %s', (_, place, { right, partner, ...rest }) => {
    const resolved = resolveOptions(optionsWith(place.path, right, partner), {}, deps);
    expectEffect(resolved, place, { right, ...rest }, 'code');
  });

  it.each(outsideCode)('from the environment: %s', (_, place, oneCase) => {
    for (const { name, env } of environmentsWith(place, oneCase.right, { texts: oneCase.rightTexts, ...oneCase })) {
      expectEffect(resolveOptions({}, env, deps), place, oneCase, `environment ${name}`);
    }
  });

  it.each(outsideCode)('from a file: %s', (_, place, oneCase) => {
    const text = JSON.stringify(optionsWith(place.path, oneCase.right, oneCase.partner));
    const readFile = (path: string) => (path === '/f.json' ? text : '-----BEGIN CERTIFICATE-----');
    const resolved = resolveOptions({}, { LOGFLUME_CONFIG: '/f.json' }, { ...deps, readFile });
    expectEffect(resolved, place, oneCase, 'file /f.json:1');
  });
});

function expectEffect(
  resolved: ResolvedOptions,
  place: OptionPlace,
  oneCase: Omit<OptionCase, 'wrong'>,
  source: string,
) {
  const { right, show = (options) => memberAt(options, place.path) } = oneCase;
  expect(resolved.diagnostics).toEqual([]);
  expect(show(resolved)).toEqual('resolved' in oneCase ? oneCase.resolved : right);
  const whole = wholeOf(place);
  const named = Object.entries(resolved.sources).filter(([name]) => name === whole || name.startsWith(`${whole}.`));
  expect(named.map(([, from]) => from)).toContain(source);
}

/** Files are a list even where one was given; of lists the first entry is meant. */
function memberAt(resolved: ResolvedOptions, path: string): unknown {
  const steps = path
    .replace(/^file\./, 'files[].')
    .replaceAll('[]', '.0')
    .split('.');
  return steps.reduce<unknown>((at, step) => Reflect.get(Object(at), step), resolved);
}
