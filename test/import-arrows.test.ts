import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ArrowRules, checkArrows, findCycles } from './check-arrows.ts';
import { type Manifest, readWorkspace, repositoryRoot, type WorkspacePackage } from './read-workspace.ts';

const [otlp, delivery, formats] = ['@logflume/otlp', '@logflume/delivery', '@logflume/formats'];
const [testing, devBackend] = ['@logflume/testing', '@logflume/dev-backend'];
const belowAdapters = ['logflume', otlp, delivery, formats];
const everything = [...belowAdapters, testing, devBackend];
const adapters = ['@logflume/winston', '@logflume/pino', '@logflume/opentelemetry', '@logflume/middleware'];

/** Which package may use which: arrows point down, never up, never sideways. Packages still to come have their row. */
const rules: ArrowRules = {
  // floor 0
  [otlp]: { uses: [] },
  // axios at run time in the transport alone; the options name the type of an injected instance.
  [delivery]: {
    uses: [],
    thirdParty: { axios: ['src/send/axios-transport.ts', 'src/send/axios-node.d.ts', 'src/options.ts'] },
  },
  // floor 1
  [formats]: { uses: [otlp, delivery] },
  [testing]: { uses: [otlp, delivery], peers: ['vitest'] },
  [devBackend]: { uses: [otlp] },
  // floor 2
  logflume: {
    uses: [otlp, delivery, formats],
    testsUse: [testing, devBackend],
    thirdParty: { '@opentelemetry/api-logs': 'any file', yaml: ['src/config/file/parse-yaml-config.ts'] },
    peers: ['@opentelemetry/api'],
    // `logflume/register` captures what the application has an adapter for; see decision 0010.
    asksFor: {
      '@logflume/winston/register': 'src/register/host-capture.ts',
      '@logflume/pino/register': 'src/register/host-capture.ts',
    },
  },
  // floor 3
  '@logflume/winston': {
    uses: belowAdapters,
    testsUse: [testing, devBackend],
    peers: ['winston', 'winston-transport', 'logform'],
  },
  '@logflume/pino': { uses: belowAdapters, testsUse: [testing, devBackend], peers: ['pino', 'bunyan'] },
  '@logflume/opentelemetry': {
    uses: belowAdapters,
    testsUse: [testing, devBackend],
    peers: [
      '@opentelemetry/api',
      '@opentelemetry/api-logs',
      '@opentelemetry/sdk-logs',
      '@opentelemetry/exporter-logs-otlp-http',
    ],
  },
  '@logflume/middleware': {
    uses: belowAdapters,
    testsUse: [testing, devBackend],
    peers: ['express', 'koa', 'hono', 'fastify', '@nestjs/common', '@nestjs/core', 'next', 'axios', 'rxjs'],
  },
  '@logflume/cli': { uses: everything },
  // private
  '@logflume/bench': { uses: [...everything, ...adapters] },
  '@logflume/e2e': { uses: [...everything, ...adapters] },
};

const root: Manifest = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'));

describe('imports between packages', () => {
  it('follow the table of arrows, by public entries, as declared', () => {
    expect(checkArrows(readWorkspace(), rules, Object.keys(root.devDependencies ?? {}))).toEqual([]);
  });

  it('are told in a table that has no circle and points only down', () => {
    const arrows = Object.entries(rules).map(
      ([name, rule]) => [name, [...rule.uses, ...(rule.testsUse ?? [])]] as const,
    );
    expect(findCycles(new Map(arrows))).toEqual([]);
  });
});

/** A package of two files that keeps all rules, to break one at a time. */
function formatsWith(change: {
  readonly src?: string;
  readonly test?: string;
  readonly manifest?: Partial<Manifest>;
}): string[] {
  const manifest = { name: formats, dependencies: { [otlp]: '1.0.0' }, ...change.manifest };
  const files = [
    { path: 'src/index.ts', text: `import '${otlp}';\n${change.src ?? ''}` },
    { path: 'src/other.ts', text: "import './index.ts';" },
    { path: 'test/some.test.ts', text: change.test ?? '' },
  ];
  const lower = { folder: 'otlp', manifest: { name: otlp, exports: { '.': './dist/index.js' } }, files: [] };
  const upper = { folder: 'logflume', manifest: { name: 'logflume', exports: { '.': './dist/index.js' } }, files: [] };
  const packages: WorkspacePackage[] = [lower, upper, { folder: 'formats', manifest, files }];
  return checkArrows(packages, rules, ['vitest']);
}

describe('the check of imports', () => {
  const at = (line: string): string => `packages/formats/${line}`;

  it.each<[string, Parameters<typeof formatsWith>[0], string]>([
    [
      'an import upward',
      { src: "import 'logflume';" },
      at('src/index.ts:2: @logflume/formats -> logflume: not an arrow'),
    ],
    ['a type import upward', { src: "import type { A } from 'logflume';" }, at('src/index.ts:2: ')],
    ['a type import inside a type', { src: "\ntype A = import('logflume').A;" }, at('src/index.ts:3: ')],
    ['a re-export upward', { src: "export * from 'logflume';" }, at('src/index.ts:2: ')],
    ['a dynamic import upward', { src: "void import('logflume');" }, at('src/index.ts:2: ')],
    ['a require upward', { src: "require('logflume');" }, at('src/index.ts:2: ')],
    ['a computed import', { src: 'void import(name);' }, at('src/index.ts:2: @logflume/formats -> (computed)')],
    [
      'a name upward in a text',
      { src: "const entry = 'logflume/register';" },
      at('src/index.ts:2: @logflume/formats -> logflume/register: named in a text, and not in the table'),
    ],
    ['a sibling, even in a test', { test: "import '@logflume/dev-backend';" }, at('test/some.test.ts:1: ')],
    ['an entry that is not public', { src: "import '@logflume/otlp/src/wire.ts';" }, 'no public entry'],
    ['a path into the source of another package', { test: "import '../../otlp/src/a.ts';" }, 'public entry'],
    ['a path into the tests of another, from source', { src: "import '../../otlp/test/a.ts';" }, 'public entry'],
    ['a path upward into tests', { test: "import '../../logflume/test/a.ts';" }, 'not an arrow'],
    ['a path out of the packages', { test: "import '../../../scripts/x.js';" }, 'leaves the packages'],
    ['a dependency nobody declared', { src: "import '@logflume/delivery';" }, 'not declared'],
    ['a file of its own nobody named', { src: "import '#a';" }, '#a: not among the imports'],
    ['a third-party import nobody declared', { src: "import 'axios';" }, 'not declared'],
    ['a tool of the tests in source', { src: "import 'vitest';" }, 'not declared'],
    [
      'a dependency nobody imports',
      { manifest: { dependencies: { [otlp]: '1.0.0', [delivery]: '1.0.0' } } },
      'package.json: @logflume/formats -> @logflume/delivery: declared but not imported',
    ],
    [
      'a third-party dependency without a record',
      { src: "import 'axios';", manifest: { dependencies: { [otlp]: '1.0.0', axios: '1.0.0' } } },
      'package.json: @logflume/formats -> axios: not a dependency this package may have',
    ],
    [
      'an upward development dependency',
      { manifest: { devDependencies: { logflume: '1.0.0' } } },
      'counts as an arrow',
    ],
    ['a peer', { manifest: { peerDependencies: { pino: '9' } } }, 'not a peer'],
    ['files in a circle', { src: "import './other.ts';" }, 'src/index.ts -> src/other.ts -> src/index.ts'],
    ['a package without a row', { manifest: { name: '@logflume/new' } }, 'has no row'],
  ])('reports %s', (_, change, expected) => {
    expect(formatsWith(change)).toEqual([expect.stringContaining(expected)]);
  });

  it('reports axios outside the one file that may load it', () => {
    const manifest = { name: delivery, dependencies: { axios: '1.0.0' } };
    const files = ['src/send/axios-transport.ts', 'src/options.ts', 'src/send/retry.ts'].map((path) => ({
      path,
      text: "import type { AxiosInstance } from 'axios';",
    }));
    expect(checkArrows([{ folder: 'delivery', manifest, files }], rules, [])).toEqual([
      'packages/delivery/src/send/retry.ts:1: @logflume/delivery -> axios: only src/send/axios-transport.ts, src/send/axios-node.d.ts, src/options.ts may import it',
    ]);
  });

  it('is content with what is allowed', () => {
    expect(formatsWith({ test: "import { it } from 'vitest';\nimport '../../otlp/test/a.ts';" })).toEqual([]);
    expect(formatsWith({ src: "// import 'logflume';\nexport const text = `import 'logflume'`;" })).toEqual([]);
  });
});
