import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createDevBackend, type DevBackend } from '@logflume/dev-backend';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compiler, npm, type PackedPackage, packAll, unpackInto } from './install-packed.ts';

const run = promisify(execFile);
const templates = fileURLToPath(new URL('../consumers/', import.meta.url));

/** Outside the repository, so that nothing of its node_modules is found by accident. */
let folder: string;
let packages: PackedPackage[];
let backend: DevBackend;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'logflume-consumers-'));
  packages = packAll(folder);
  unpackInto(join(folder, 'node_modules'), packages, ['@types/node', 'undici-types']);
  cpSync(templates, folder, { recursive: true });
  backend = await createDevBackend({ port: 0 });
});

afterAll(async () => {
  await backend.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a packed package', () => {
  it('holds what was built and its source, and no tests', () => {
    for (const { manifest, files } of packages) {
      expect(files, manifest.name).toEqual(
        expect.arrayContaining(['package.json', 'dist/index.js', 'dist/index.d.ts', 'src/index.ts']),
      );
      expect(files.filter((path) => /\.test|tsbuildinfo|^test\//.test(path))).toEqual([]);
    }
  });

  it('has a map for each file that names one, and the sources each map speaks of', () => {
    for (const { manifest } of packages) {
      const dist = join(folder, 'node_modules', manifest.name, 'dist');
      for (const name of readdirSync(dist).filter((each) => each.endsWith('.js'))) {
        const [, map] = /^\/\/# sourceMappingURL=(.*)$/m.exec(readFileSync(join(dist, name), 'utf8')) ?? [];
        if (map === undefined) continue;
        const { sources } = JSON.parse(readFileSync(join(dist, map), 'utf8')) as {
          readonly sources: readonly string[];
        };
        expect(sources.filter((source) => !existsSync(join(dist, source)))).toEqual([]);
        expect(sources.every((source) => source.startsWith('../src/'))).toBe(true);
      }
    }
  });

  it('holds every file its README and its other pages link to', () => {
    for (const { manifest, files } of packages) {
      const pages = files.filter((path) => path.endsWith('.md'));
      expect(pages, manifest.name).toContain('README.md');
      const missing = pages.flatMap((page) => {
        const text = readFileSync(join(folder, 'node_modules', manifest.name, page), 'utf8');
        const targets = [...text.matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g)].map(([, target = '']) => target);
        return targets.map((target) => posix.join(posix.dirname(page), target)).filter((path) => !files.includes(path));
      });
      expect(missing, manifest.name).toEqual([]);
    }
  });

  it('gives import and require the same names', async () => {
    for (const { manifest } of packages) {
      // Required first: once a module is loaded, require() gives it even if it awaits at its top level.
      const source = `const required = require('${manifest.name}');
        import('${manifest.name}').then((imported) => {
          const names = Object.keys(imported).filter((name) => name !== 'module.exports');
          process.stdout.write(JSON.stringify({ differ: names.filter((name) => imported[name] !== required[name]) }));
        })`;
      const { stdout, stderr } = await run(process.execPath, ['-e', source], { cwd: folder });
      expect(JSON.parse(stdout), manifest.name).toEqual({ differ: [] });
      expect(stderr).toBe('');
    }
  });
});

describe('a consumer', () => {
  it('imports from an ES module, and loses nothing when it ends without a flush', async () => {
    expect(await start('esm', 'main.js')).toEqual({ accepted: 2 });
    expectRecords('esm');
  });

  it('requires from CommonJS, where the error class is the one that import gives', async () => {
    expect(await start('commonjs', 'main.js')).toEqual({ delivered: 2, pending: 0, sameClass: true });
    expectRecords('commonjs');
  });

  it('compiles as a TypeScript ES module, and misuse does not', async () => {
    expect(await compile('typescript-esm')).toBe('');
    expect(await start('typescript-esm', 'out/main.js')).toEqual({ level: false, accepted: 6, delivered: 6 });
    expectRecords('typescript-esm');
  });

  it('compiles as TypeScript CommonJS', async () => {
    expect(await compile('typescript-commonjs')).toBe('');
    expect(await start('typescript-commonjs', 'out/main.js')).toEqual({ delivered: 2, compiledTo: 'function' });
    expectRecords('typescript-commonjs');
  });

  it.each([
    // `moduleResolution: node10` is gone from TypeScript 7; `main` and `types` still serve it in older ones.
    ['commonjs', 'a project that keeps module: commonjs'],
    ['preserve', 'a project whose bundler resolves modules'],
  ])('compiles with module: %s, as in %s', async (module) => {
    expect(await compile('typescript-commonjs', '--module', module, '--moduleResolution', 'bundler', '--noEmit')).toBe(
      '',
    );
  });

  it('starts the development backend as an installed command', async () => {
    const installed = join(folder, 'installed');
    mkdirSync(installed);
    writeFileSync(join(installed, 'package.json'), '{ "private": true }');
    const needed = packages.filter(({ manifest }) => /(otlp|dev-backend)$/.test(manifest.name));
    npm(
      installed,
      join(folder, 'npm-cache'),
      'install',
      '--no-audit',
      '--no-fund',
      ...needed.map((each) => each.tarball),
    );
    const command = join(installed, 'node_modules', '.bin', 'logflume-dev-backend');
    const { stdout } = await run(command, ['--help'], { shell: process.platform === 'win32' });
    expect(stdout).toContain('--port');
  });
});

/** Runs a consumer against the backend; its answer is JSON on stdout, and stderr must stay empty. */
async function start(consumer: string, file: string): Promise<unknown> {
  const { stdout, stderr } = await run(process.execPath, [file, backend.url], { cwd: join(folder, consumer) });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

/** What the compiler has to say, `''` for nothing. */
async function compile(consumer: string, ...flags: readonly string[]): Promise<string> {
  try {
    return (await run(process.execPath, [compiler, '-p', join(folder, consumer), ...flags])).stdout;
  } catch (error) {
    return error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error);
  }
}

function expectRecords(scope: string): void {
  const records = backend.records({ scope });
  expect(records.map(({ body }) => body)).toEqual(expect.arrayContaining(['hello', 'from a child']));
  expect(records.find(({ body }) => body === 'from a child')?.attributes).toMatchObject({ part: 'checkout' });
}
