import { describe, expect, it } from 'vitest';
import type { EnvironmentVariables } from '../env-reader.ts';
import type { LoggerOptions } from '../logger-options.ts';
import { type ResolveDeps, resolveOptions } from '../resolve-options.ts';
import type { ResolvedOptions } from '../resolved-options.ts';
import { planReload } from './plan-reload.ts';

let drawn = 0;
const deps: ResolveDeps = {
  isTTY: false,
  hasZstd: true,
  readFile: () => '',
  resource: { argv0: 'node', hostname: 'host', pid: 7, nodeVersion: '20.20.2', randomUuid: () => `uuid ${drawn++}` },
};

function resolve(text: string, options: LoggerOptions = {}, env: EnvironmentVariables = {}): ResolvedOptions {
  return resolveOptions(options, { LOGFLUME_CONFIG: '/f.yaml', ...env }, { ...deps, readFile: () => text });
}

function plan(before: string, after: string, options: LoggerOptions = {}, env: EnvironmentVariables = {}) {
  const [was, is] = [resolve(before, options, env), resolve(after, options, env)];
  const { apply, diagnostic } = planReload(was, is, ['levels', 'endpoints']);
  return { apply, diagnostic };
}

describe('planReload', () => {
  it('puts in force what can change, and names the rest', () => {
    const before = 'level: info\nendpoints: [http://a]\n';
    expect(plan(before, 'level: debug\nendpoints: [http://b]\nbatch: { lingerMs: 5 }\n')).toEqual({
      apply: ['levels', 'endpoints'],
      diagnostic: {
        kind: 'fileReloaded',
        file: '/f.yaml',
        changed: ['level', 'endpoints'],
        message: '/f.yaml was read anew: level, endpoints changed; batch will change with the next start',
      },
    });
  });

  it('knows rules between destinations from the destinations, whose functions and ids are made anew', () => {
    const file = (level: string) =>
      `destinations: [{ name: a, endpoints: [http://a] }]\nroute: [{ to: a, level: ${level} }]\n`;
    const [before, same, after] = [resolve(file('warn')), resolve(file('warn')), resolve(file('error'))];
    expect(planReload(before, same, ['route']).diagnostic).toBeUndefined();
    expect(planReload(before, after, ['route'])).toMatchObject({
      apply: ['route'],
      diagnostic: { changed: ['route'] },
    });
  });

  describe('of destinations', () => {
    const file = (...destinations: string[]) => `destinations: [${destinations.join()}]\nroute: [{ to: a }]\n`;
    const before = file('{ name: a, endpoints: [http://a] }');
    const planOf = (after: string) => planReload(resolve(before), resolve(after), ['destinations', 'route']);

    it('puts other endpoints in force', () => {
      expect(planOf(file('{ name: a, endpoints: [http://b, http://c] }'))).toMatchObject({
        apply: ['destinations'],
        diagnostic: { message: '/f.yaml was read anew: destinations changed' },
      });
    });

    it('leaves anything else for the next start', () => {
      expect(planOf(file('{ name: a, endpoints: [http://a], fallback: none }'))).toMatchObject({
        apply: [],
        diagnostic: { message: '/f.yaml was read anew: destinations will change with the next start' },
      });
      expect(planOf(file('{ name: a, endpoints: [http://b], fallback: none }'))).toMatchObject({
        apply: ['destinations'],
        diagnostic: {
          message:
            '/f.yaml was read anew: destinations changed; the rest of destinations will change with the next start',
        },
      });
    });

    it.each([
      ['a comment', '# why\n', 'destinations changed'],
      ['a level', 'level: debug\n', 'level, destinations changed'],
      ['what counts from the next start', 'batch: { lingerMs: 5 }\n', 'destinations changed; batch will'],
    ])('goes on doing so after a change of %s', (_, line, said) => {
      const changed = `${line}${file('{ name: a, endpoints: [http://b] }')}`;
      const first = planReload(resolve(before), resolve(changed), ['levels', 'destinations']);
      expect(first.diagnostic?.message).toContain(`read anew: ${said}`);
      const second = planReload(first.running, resolve(changed), ['levels', 'destinations']);
      expect(second.apply).toEqual([]);
      const third = planReload(second.running, resolve(changed.replace('//b', '//c')), ['levels', 'destinations']);
      expect(third.apply).toEqual(['destinations']);
      expect(third.diagnostic?.message).not.toContain('the rest');
      expect(third.running.destinations.map(({ endpoints }) => endpoints[0]?.url)).toEqual(['http://c/v1/logs']);
    });

    it('does not take new rules for new destinations', () => {
      expect(planOf(`${before}  - { to: a, level: warn }\n`.replace('route: [{ to: a }]', 'route:'))).toMatchObject({
        apply: ['route'],
        diagnostic: { message: '/f.yaml was read anew: route changed' },
      });
    });

    it('and rules for one that is new as well', () => {
      const after = file('{ name: a, endpoints: [http://a] }', '{ name: b, endpoints: [http://b] }');
      expect(planOf(after.replace('to: a', 'to: b'))).toMatchObject({
        apply: [],
        diagnostic: { message: '/f.yaml was read anew: destinations, route will change with the next start' },
      });
    });

    it('knows the general endpoints for one of them', () => {
      const general = (url: string) => `endpoints: [${url}]\n${before}`;
      const plan = planReload(resolve(general('http://g')), resolve(general('http://h')), [
        'endpoints',
        'destinations',
      ]);
      expect(plan).toMatchObject({ apply: ['destinations'], diagnostic: { changed: ['destinations'] } });
    });
  });

  it('goes on comparing with what runs, not with what will count from the next start', () => {
    const [one, other] = [resolve('headers: { a: 1x }\n'), resolve('headers: { a: 2x }\n')];
    const { running } = planReload(one, other, []);
    expect(planReload(running, one, []).diagnostic).toBeUndefined();
    expect(planReload(running, other, []).diagnostic).toBeDefined();
  });

  it('leaves endpoints for the next start where none is left', () => {
    const [before, after] = [resolve('level: info\nendpoints: [http://a]\n'), resolve('level: debug\n')];
    const { apply, running, diagnostic } = planReload(before, after, ['levels', 'endpoints']);
    expect({ apply, endpoints: running.endpoints }).toEqual({ apply: ['levels'], endpoints: before.endpoints });
    expect(diagnostic?.message).toContain('level changed; output, ');
    expect(diagnostic?.message).toContain('endpoints will change with the next start');
  });

  it('names what a logger of this kind cannot change', () => {
    const [before, after] = [resolve('endpoints: [http://a]\n'), resolve('endpoints: [http://b]\n')];
    expect(planReload(before, after, ['levels'])).toMatchObject({
      apply: [],
      diagnostic: { changed: [], message: '/f.yaml was read anew: endpoints will change with the next start' },
    });
  });

  it.each<[string, string, string, LoggerOptions, EnvironmentVariables]>([
    ['a comment', 'level: info\n', '# why\nlevel: info\n', {}, {}],
    ['what code decides', 'level: info\n', 'level: debug\n', { level: 'warn' }, {}],
    ['what the environment decides', 'level: info\n', 'level: debug\n', {}, { LOG_LEVEL: 'warn' }],
    ['nothing, with functions and a random id', 'level: info\n', 'level: info\n', { headers: async () => ({}) }, {}],
  ])('does nothing about %s', (_, before, after, options, env) => {
    expect(plan(before, after, options, env)).toEqual({ apply: [], diagnostic: undefined });
  });

  it.each([
    ['redact: [password]\nlevle: info\n', {}],
    [
      'destinations: [{ name: a, endpoints: [http://a] }]\nroute: [{ to: a }]\n',
      { LOGFLUME_DESTINATIONS: 'b=http://b' },
    ],
  ])('keeps everything where not all of a file is ignored: %j', (after, env) => {
    expect(plan('level: debug\n', after, {}, env)).toMatchObject({
      apply: [],
      diagnostic: { message: expect.stringMatching(/"[^;]*; (did[^;]*; )?the configuration before stays in force$/) },
    });
  });

  it('keeps everything for a file that is wrong', () => {
    expect(plan('level: debug\n', 'level: debug\nlevle: info\n')).toEqual({
      apply: [],
      diagnostic: {
        kind: 'fileNotReloaded',
        file: '/f.yaml',
        message:
          'LOGFLUME_CONFIG: /f.yaml:2: "levle" is not an option of logflume; did you mean "level"?; the configuration before stays in force',
      },
    });
  });
});
