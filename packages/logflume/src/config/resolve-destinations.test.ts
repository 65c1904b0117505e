import { defaultQueueBytes } from '@logflume/delivery';
import { describe, expect, it } from 'vitest';
import type { LoggerOptions } from './logger-options.ts';
import { type ResolveDeps, resolveOptions } from './resolve-options.ts';

const deps: ResolveDeps = {
  isTTY: false,
  hasZstd: true,
  readFile: () => '',
  resource: { argv0: 'node', hostname: 'host', pid: 7, nodeVersion: '20.20.2', randomUuid: () => 'uuid' },
};
const resolve = (options: object, env = {}) => resolveOptions(options as LoggerOptions, env, deps);
const a = { name: 'a', endpoints: ['http://a:4318'] };
const transport = { send: () => Promise.reject(new Error('unused')), close: () => undefined };

describe('a spool', () => {
  it('is a directory, in code the path alone, and code beats the environment', () => {
    expect(resolve({ spool: '/a' }, { LOGFLUME_SPOOL_DIR: '/b' }).spool).toMatchObject({ dir: '/a' });
    const { spool, sources } = resolve({ spool: { mode: 'spill' } }, { LOGFLUME_SPOOL_DIR: '/b' });
    expect(spool).toMatchObject({ dir: '/b', mode: 'spill' });
    expect(sources).toMatchObject({ 'spool.dir': 'environment LOGFLUME_SPOOL_DIR', 'spool.mode': 'code' });
  });

  it('has a folder for each destination, so that none is sent what another left, and a share for each', () => {
    const b = { ...a, name: '../b' };
    const { destinations } = resolve({ endpoints: ['http://g:4318'], destinations: [a, b], spool: '/s' });
    expect(destinations.map(({ spool }) => spool.dir)).toEqual(['/s', '/s/to-a', '/s/to-..%2Fb']);
    expect(destinations.map(({ spool }) => spool.maxBytes)).toEqual(Array(3).fill(Math.floor(2 ** 28 / 3)));
    expect(resolve({ destinations: [a] }).destinations[0]?.spool.dir).toBeUndefined();
  });
});

describe('destinations', () => {
  it('take what they do not say from the general options, but nothing that may be secret or belongs to an address', () => {
    const { destinations } = resolve({
      destinations: [a],
      headers: { authorization: 'secret' },
      tls: { ca: '-----BEGIN CERTIFICATE-----' },
      format: 'otlp-json',
      compression: 'none',
      timeoutMs: 700,
      retry: { maxAgeMs: 5000 },
      fallback: 'none',
      balance: 'round-robin',
    });
    expect(destinations).toMatchObject([
      {
        name: 'a',
        endpoints: [{ url: 'http://a:4318/v1/logs' }],
        headers: {},
        tls: {},
        format: 'otlp-protobuf',
        compression: 'none',
        timeoutMs: 700,
        retry: { maxAgeMs: 5000 },
        fallback: 'none',
        balance: 'round-robin',
      },
    ]);
  });

  it('win over the general options where they say something', () => {
    const { destinations } = resolve({
      destinations: [
        { ...a, batch: { lingerMs: 5 }, retry: { baseDelayMs: 9 }, fallback: 'stdout', headers: { 'X-A': '1' } },
      ],
      batch: { lingerMs: 100, maxRecords: 7 },
      fallback: 'none',
    });
    expect(destinations).toMatchObject([
      { batch: { lingerMs: 5, maxRecords: 7 }, retry: { baseDelayMs: 9 }, fallback: 'stdout', headers: { 'x-a': '1' } },
    ]);
  });

  it('stand beside the endpoints of code, which are called default, and instead of those of the environment', () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://env:4318' };
    expect(resolve({ destinations: [a] }, env)).toMatchObject({ output: 'backend', destinations: [{ name: 'a' }] });
    expect(resolve({ destinations: [a], endpoints: ['http://b:4318'] }).destinations).toMatchObject([
      { name: 'default', endpoints: [{ url: 'http://b:4318/v1/logs' }] },
      { name: 'a' },
    ]);
    expect(resolve({ destinations: [] }, env)).toMatchObject({ output: 'backend', destinations: [] });
  });

  describe('of a file', () => {
    const b = { name: 'b', endpoints: ['http://b:4318'] };
    const resolveFile = (file: object, env = {}, options = {}) =>
      resolveOptions(
        options,
        { LOGFLUME_CONFIG: '/f.json', ...env },
        { ...deps, readFile: () => JSON.stringify(file) },
      );
    const namesOf = (resolved: ReturnType<typeof resolveFile>) => resolved.destinations.map(({ name }) => name);

    it('are made as those of code, with rules between them', () => {
      const resolved = resolveFile({ destinations: [a, b], route: [{ to: 'a', level: 'warn' }] });
      expect(namesOf(resolved)).toEqual(['a', 'b']);
      expect(resolved).toMatchObject({
        output: 'backend',
        route: [{ to: ['a'], level: 'warn' }],
        diagnostics: [],
        sources: { destinations: 'file /f.json:1', route: 'file /f.json:1', output: 'file /f.json:1' },
      });
    });

    it('stand beside the endpoints of the environment, and give way to those of code', () => {
      const env = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://env:4318' };
      expect(namesOf(resolveFile({ destinations: [a] }, env))).toEqual(['default', 'a']);
      expect(namesOf(resolveFile({ destinations: [a] }, {}, { destinations: [b] }))).toEqual(['b']);
    });

    it('need no default address, and are left out with the endpoints that are not in code', () => {
      expect(namesOf(resolveFile({ destinations: [a] }, { OTEL_LOGS_EXPORTER: 'otlp' }))).toEqual(['a']);
      const printed = resolveFile({ destinations: [a] }, { OTEL_LOGS_EXPORTER: 'console' });
      expect([printed.output, namesOf(printed), printed.diagnostics]).toEqual(['console', [], []]);
    });

    it.each([
      [{ destinations: [a, { name: 'b', endpoints: ['x'] }] }, 'destinations[1].endpoints[0] must be an http(s) URL'],
      [{ destinations: [a], route: [{ to: 'A' }] }, 'route[0].to must be one of a, got "A"; write "a"'],
      [{ destinations: [{ ...a, enpoints: [] }] }, 'did you mean "endpoints"?'],
    ])('that cannot work have the whole file ignored: %j', (file, message) => {
      const resolved = resolveFile({ name: 'shop', ...file });
      expect([resolved.name, namesOf(resolved)]).toEqual(['', []]);
      expect(resolved.diagnostics).toMatchObject([{ kind: 'invalidFile', file: '/f.json', line: 1 }]);
      expect(resolved.diagnostics[0]?.message).toContain(message);
      expect(resolved.diagnostics[0]?.message).toMatch(/; the whole file is ignored$/);
    });

    it.each<[string, object, object]>([
      ['environment LOGFLUME_DESTINATIONS', { LOGFLUME_DESTINATIONS: 'b=http://b:4318' }, {}],
      ['code', {}, { destinations: [b] }],
    ])('replaced by those of %s take rules for them along, and no more of the file', (place, env, options) => {
      const file = { name: 'shop', redact: ['password'], destinations: [a], route: [{ to: 'a' }] };
      const { name, redact, route, sources, diagnostics, ...resolved } = resolveFile(file, env, options);
      expect([resolved.destinations.map((each) => each.name), route, sources['route']]).toEqual([['b'], [], undefined]);
      expect([name, redact]).toEqual(['shop', ['password']]);
      expect(diagnostics).toMatchObject([{ kind: 'invalidFile', key: 'route[0].to', line: 1 }]);
      expect(diagnostics[0]?.message).toBe(
        `LOGFLUME_CONFIG: /f.json:1: route[0].to must be one of b, got "a"; write "b"; its route is ignored beside the destinations of ${place}`,
      );
    });
  });

  describe('of the environment', () => {
    const LOGFLUME_DESTINATIONS = 'a=http://a:4318,b=http://b:4318';
    const namesOf = ({ destinations }: ReturnType<typeof resolve>) => destinations.map(({ name }) => name);

    it('are made as those of code, with rules between them', () => {
      const resolved = resolve({}, { LOGFLUME_DESTINATIONS, LOGFLUME_ROUTE: 'a=db:warn' });
      expect(resolved).toMatchObject({
        output: 'backend',
        destinations: [{ name: 'a', endpoints: [{ url: 'http://a:4318/v1/logs' }] }, { name: 'b' }],
        route: [{ to: ['a'], logger: 'db', level: 'warn' }],
        diagnostics: [],
        sources: {
          destinations: 'environment LOGFLUME_DESTINATIONS',
          route: 'environment LOGFLUME_ROUTE',
          output: 'environment LOGFLUME_DESTINATIONS',
        },
      });
    });

    it('stand beside the endpoints of the environment, give way to those of code, and beat those of a file', () => {
      const file = { ...deps, readFile: () => '{"destinations":[{"name":"f","endpoints":["http://f"]}]}' };
      const env = { LOGFLUME_DESTINATIONS, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://env:4318' };
      expect(namesOf(resolve({}, env))).toEqual(['default', 'a', 'b']);
      expect(namesOf(resolve({ destinations: [{ ...a, name: 'c' }] }, env))).toEqual(['c']);
      expect(namesOf(resolveOptions({}, { LOGFLUME_DESTINATIONS, LOGFLUME_CONFIG: '/f.json' }, file))).toEqual([
        'a',
        'b',
      ]);
    });

    it('are left out by an empty list in code, as endpoints are', () => {
      const { destinations, output } = resolve({ destinations: [] }, { LOGFLUME_DESTINATIONS });
      expect([destinations, output]).toEqual([[], 'console']);
    });

    it.each(['console', 'none'])('are left out, with their rules, by the exporter %s', (exporter) => {
      const env = { LOGFLUME_DESTINATIONS, LOGFLUME_ROUTE: 'a=warn', OTEL_LOGS_EXPORTER: exporter };
      const { destinations, route, diagnostics } = resolve({}, env);
      expect([destinations, route, diagnostics]).toEqual([[], [], []]);
    });

    it('that cannot work are left out with one line, and leave the rest as it is', () => {
      const env = {
        LOGFLUME_DESTINATIONS: '[{"name":"a","endpoints":["http://a"],"balance":"random"}]',
        LOG_LEVEL: 'warn',
      };
      const { destinations, levels, diagnostics } = resolve({}, env);
      expect([destinations, levels.default]).toEqual([[], 'warn']);
      expect(diagnostics).toMatchObject([
        { kind: 'invalidSetting', name: 'LOGFLUME_DESTINATIONS', used: 'none of it' },
      ]);
      expect(diagnostics[0]?.message).toContain(
        'got a list where destinations[0].balance must be "least-loaded", "round-robin" or "failover", got "random"; using',
      );
    });

    it.each([['a=b'], ['[{"name":"a"}]'], ['[{"name":"a","endpoints":["http://a"],"balance":"random"}]']])(
      'that cannot work do not stop an application whose code has rules for them: %s',
      (text) => {
        const { route, diagnostics } = resolve({ route: [{ to: 'a' }] }, { LOGFLUME_DESTINATIONS: text });
        expect(route).toEqual([]);
        expect(diagnostics).toMatchObject([{ kind: 'invalidSetting', name: 'LOGFLUME_DESTINATIONS' }]);
      },
    );

    it('with a rule for none of them keep all and leave out the rules, in favour of those of a file', () => {
      const env = { LOGFLUME_DESTINATIONS, LOGFLUME_ROUTE: 'aa=warn' };
      const { destinations, route, diagnostics } = resolve({}, env);
      expect([destinations.length, route]).toEqual([2, []]);
      expect(diagnostics.map(({ message }) => message)).toEqual([
        'LOGFLUME_ROUTE must be destination=level or destination=logger:level pairs separated by commas, or a JSON list of rules, got a list where route[0].to must be one of a, b, got "aa"; write "a"; using none of it',
      ]);
      const file = { ...deps, readFile: () => '{"route":[{"to":"b"}]}' };
      const beside = resolveOptions({}, { ...env, LOGFLUME_CONFIG: '/f.json' }, file);
      expect(beside).toMatchObject({ route: [{ to: ['b'] }], diagnostics: [{ used: 'those of file /f.json:1' }] });
    });
  });

  it('are switched off by the environment as endpoints are', () => {
    expect(resolve({ destinations: [a] }, { OTEL_SDK_DISABLED: 'true' }).output).toBe('none');
  });

  it('share the memory of one logger evenly, unless one has its own', () => {
    const b = { ...a, name: 'b' };
    const sizes = (options: object) => resolve(options).destinations.map(({ queue }) => queue.maxBytes);
    expect(sizes({ destinations: [a, b] })).toEqual(Array(2).fill(Math.floor(defaultQueueBytes() / 2)));
    expect(sizes({ destinations: [a, { ...b, queue: { maxBytes: 100_000 } }], queue: { maxBytes: 400_000 } })).toEqual([
      200_000, 100_000,
    ]);
  });

  it('need no endpoints beside a transport, and have one of their name then', () => {
    const [destination] = resolve({ destinations: [{ name: 'my exporter', transport }] }).destinations;
    expect(destination).toMatchObject({ transport, endpoints: [{ url: 'http://transport.invalid/my%20exporter' }] });
  });

  it.each([
    [{ destinations: {} }, 'destinations must be an array of objects with a name'],
    [{ destinations: ['http://a'] }, 'destinations[0] must be an object with a name'],
    [{ destinations: [{ endpoints: ['http://a'] }] }, 'destinations[0].name must be a name, got undefined'],
    [{ destinations: [{ name: '' }] }, 'destinations[0].name must be a name'],
    [{ destinations: [{ name: 'a' }] }, 'destinations[0].endpoints must be a list with an endpoint'],
    [{ destinations: [a, a] }, 'destinations[1].name must be a name of its own, got "a"'],
    [
      { destinations: [a, { ...a, name: 'default' }], endpoints: ['http://b'] },
      'destinations[1].name must be a name of',
    ],
    [{ destinations: [{ name: 'a', endpoints: ['locahost'] }] }, 'destinations[0].endpoints[0] must be'],
    [{ destinations: [{ ...a, endpoint: 'x' }] }, 'did you mean "endpoints"?'],
    [{ destinations: [{ ...a, timeoutMs: -1 }] }, 'destinations[0].timeoutMs must be an integer'],
    [{ destinations: [{ ...a, transport: {} }] }, 'destinations[0].transport must be an object with send and close'],
    [{ destinations: [{ ...a, tls: { key: '-----BEGIN ' } }] }, 'destinations[0].tls.cert must be given together'],
    [{ destinations: [{ ...a, tls: { caFile: 'x.pem' } }] }, 'destinations[0].tls.caFile must be'],
    [{ destinations: [a], route: [{ to: 'aa' }] }, 'route[0].to must be one of a, got "aa"; write "a"'],
    [{ route: [{ to: 'a' }] }, 'route[0].to must be the name of a destination, and there are none'],
    [{ destinations: [a], route: [{ to: 'a', level: 'loud' }] }, 'route[0].level must be'],
    [{ destinations: [a], route: [{ to: 'a', attributes: { x: [] } }] }, 'route[0].attributes must be an object of'],
    [{ destinations: [a], route: [{ to: ['a'], when: 1 }] }, 'route[0].when must be a function'],
  ])('that cannot work are refused when the logger is made: %j', (options, message) => {
    expect(() => resolve(options)).toThrow(expect.objectContaining({ message: expect.stringContaining(message) }));
  });
});
