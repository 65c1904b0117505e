import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readImports, readTopLevelAwaits, type SourceFile } from './read-imports.ts';
import { readWorkspace, repositoryRoot } from './read-workspace.ts';

const packages = readWorkspace();
const published = packages.filter(({ manifest }) => manifest.private !== true);
const version = published[0]?.manifest['version'];

describe.each(published.map((each) => [each.manifest.name, each] as const))(
  '%s',
  (name, { folder, manifest, files }) => {
    it('is published as a module that import and require give alike', () => {
      expect(manifest).toMatchObject({
        type: 'module',
        // Loading it is what `logflume/register` is for; a bundler must not leave it out.
        sideEffects: name === 'logflume' ? ['./dist/register.js'] : false,
        engines: { node: '^20.19.0 || >=22.12.0' },
        // For TypeScript's old resolution, which does not read `exports`.
        main: './dist/index.js',
        types: './dist/index.d.ts',
        exports: { './package.json': './package.json' },
        license: 'Apache-2.0',
        version,
      });
      expect(manifest['description']).toEqual(expect.stringMatching(/^[A-Z].{20,}\.$/));
      for (const [entry, target] of Object.entries(manifest.exports ?? {})) {
        if (entry === './package.json') continue;
        // Exactly these two, in this order: with a condition `import` alone `require()` fails.
        // An edge bundle, which has no `node:` modules, may be told of a file of its own between them.
        const conditions = Object.keys(target as object).filter((condition) => condition !== 'edge-light');
        expect(conditions, `${name} ${entry}`).toEqual(['types', 'default']);
      }
    });

    it('tells the old resolution of TypeScript, which does not read `exports`, where the types of each entry are', () => {
      const subpaths = Object.entries(manifest.exports ?? {}).flatMap(([entry, target]) =>
        entry !== '.' && typeof target === 'object' && target !== null && 'types' in target
          ? [[entry.slice('./'.length), [target.types]]]
          : [],
      );
      const expected = subpaths.length === 0 ? undefined : { '*': Object.fromEntries(subpaths) };
      expect(manifest['typesVersions']).toEqual(expected);
    });

    it('has every file its package.json names', () => {
      const bins = Object.values((manifest['bin'] ?? {}) as Record<string, string>);
      const entries = Object.values(manifest.exports ?? {}).flatMap((target) =>
        typeof target === 'string' ? target : Object.values(target ?? {}),
      );
      entries.push(...Object.values(manifest.imports ?? {}).flatMap((target) => Object.values(target)));
      const named = [manifest['main'], manifest['types'], ...entries, ...bins].map(String);
      expect(named.filter((path) => !existsSync(join(repositoryRoot, 'packages', folder, path)))).toEqual([]);
      // The mode is not looked at: the compiler does not set it, and npm does when it installs a command.
      for (const bin of bins) {
        expect(readFileSync(join(repositoryRoot, 'packages', folder, bin), 'utf8')).toMatch(
          /^#!\/usr\/bin\/env node\n/,
        );
      }
    });

    it('ships what was built and its source, without tests', () => {
      const files = ['dist', '!dist/*.tsbuildinfo', 'src', '!src/**/*.test.ts', '!src/**/*.test-d.ts'];
      expect(manifest['files']).toEqual(expect.arrayContaining(files));
    });

    it('pins the packages it belongs with to its own version', () => {
      const all = { ...manifest.dependencies, ...manifest.devDependencies };
      const others = Object.entries(all).filter(([other]) => packages.some((each) => each.manifest.name === other));
      expect(others.filter(([, range]) => range !== version)).toEqual([]);
    });

    it('is built after what it imports', () => {
      const config = readFileSync(join(repositoryRoot, 'packages', folder, 'tsconfig.json'), 'utf8');
      const { references = [] }: { references?: { path: string }[] } = JSON.parse(config);
      const used = packages.filter((each) => each.manifest.name in (manifest.dependencies ?? {}));
      expect(references.map(({ path }) => path).sort()).toEqual(used.map((each) => `../${each.folder}`).sort());
      expect(JSON.parse(readFileSync(join(repositoryRoot, 'tsconfig.json'), 'utf8')).references).toContainEqual({
        path: `packages/${folder}`,
      });
    });

    it('awaits nothing while it is loaded, else require() of it fails', () => {
      const source = files.filter(({ path }) => path.startsWith('src/') && !path.includes('.test'));
      expect(source.flatMap((file) => readTopLevelAwaits(file).map((line) => `${file.path}:${line}`))).toEqual([]);
    });

    it('imports no default of a module of Node in its types, which TypeScript has not without `esModuleInterop`', () => {
      const source = files.filter(({ path }) => path.startsWith('src/') && !path.includes('.test'));
      const wrong = /^import type \w+(?:, .*)? from 'node:/m;
      expect(source.filter(({ text }) => wrong.test(text)).map(({ path }) => path)).toEqual([]);
    });

    it('has no import.meta in what its main entry loads, else Jest cannot make CommonJS of it', () => {
      const loaded = loadedBy('src/index.ts', files);
      expect(loaded.length).toBeGreaterThan(1);
      expect(loaded.filter(({ text }) => text.includes('import.meta')).map(({ path }) => path)).toEqual([]);
    });
  },
);

/** A file of a package with all of the package that it imports, directly or not. */
function loadedBy(path: string, files: readonly SourceFile[], loaded: SourceFile[] = []): readonly SourceFile[] {
  const file = files.find((each) => each.path === path);
  if (file === undefined || loaded.includes(file)) return loaded;
  loaded.push(file);
  for (const { specifier = '' } of readImports(file)) {
    if (specifier.startsWith('.')) loadedBy(posix.join(posix.dirname(path), specifier), files, loaded);
  }
  return loaded;
}

it('sees an await outside functions, and only there', () => {
  const linesOf = (text: string): number[] => readTopLevelAwaits({ path: 'src/a.ts', text });
  expect(linesOf("const a = 1;\nconst b = await import('b');\nfor await (const c of b) a;")).toEqual([2, 3]);
  expect(linesOf('const f = async () => await g();\nclass A { async m() { await g(); } }\n// await g()')).toEqual([]);
});

describe('the repository', () => {
  it('locks packages by their checksum, not by the host of a registry', () => {
    const lock: {
      packages: Record<string, { resolved?: string; integrity?: string; link?: boolean; optional?: boolean }>;
    } = JSON.parse(readFileSync(join(repositoryRoot, 'package-lock.json'), 'utf8'));
    const folders = new Set(packages.map((each) => `packages/${each.folder}`));
    const wrong = Object.entries(lock.packages).filter(([path, { resolved, integrity, link, optional }]) => {
      if (link === true) return !folders.has(resolved ?? '') && !resolved?.startsWith('examples/');
      // The builds of a tool for other platforms may stand there by name and version alone.
      const needsIntegrity = path.includes('node_modules/') && optional !== true;
      return resolved !== undefined || (needsIntegrity && integrity === undefined);
    });
    expect(wrong.map(([path]) => path)).toEqual([]);
    const missing = packages.filter((each) => !(`packages/${each.folder}` in lock.packages));
    expect(missing.map((each) => each.manifest.name)).toEqual([]);
  });

  it('locks the builds of every tool for every platform, without which `npm ci` refuses the lock file', () => {
    const lock: {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    } = JSON.parse(readFileSync(join(repositoryRoot, 'package-lock.json'), 'utf8'));
    const missing = Object.values(lock.packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter((name) => !Object.keys(lock.packages).some((path) => path.endsWith(`node_modules/${name}`)));
    expect(missing).toEqual([]);
  });

  it('holds no path of anybody’s home or checkout', () => {
    const wrong = trackedFiles().flatMap((path) =>
      readFileSync(join(repositoryRoot, path), 'latin1')
        .split('\n')
        .flatMap((line, index) => (holdsPrivatePath(line) ? [`${path}:${index + 1}`] : [])),
    );
    expect(wrong).toEqual([]);
  });

  it('would notice such a path', () => {
    const slash = '/';
    for (const path of ['home/ann/x', 'Users/ann/x', 'root/.npm', 'workspaces/x/y', 'builds/team/x']) {
      expect(holdsPrivatePath(`see ${slash}${path}`), path).toBe(true);
    }
    expect(holdsPrivatePath(`C:${'\\'}Users${'\\'}ann`)).toBe(true);
    expect(holdsPrivatePath(`file://${slash}srv/ann/flume/a.ts`, [`${slash}srv/ann/flume`])).toBe(true);
    for (const fine of [
      'https://example.com/home/x/',
      '/var/log/pods',
      'src/root/x',
      '/home/node/app',
      '/app/index.js',
    ]) {
      expect(holdsPrivatePath(fine), fine).toBe(false);
    }
  });
});

/** This machine's own, unless it is a place examples speak of, or has one name only. */
const ownPaths = [repositoryRoot, homedir()].filter(
  (path) => /[/\\]\w+[/\\]\w/.test(path) && !/^[/](usr|home[/]node)/.test(path),
);

/** Homes and checkouts by their usual names, and those in `own` whatever they are called. */
function holdsPrivatePath(line: string, own: readonly string[] = ownPaths): boolean {
  // The classes keep these patterns from matching their own source; `node`, `user` and `app` are nobody's names.
  const usual =
    /(?<![\w.])[/](home[/](?!node\b|user\b|app\b)\w|Users[/]\w|root[/]|workspaces?[/]|builds[/])|\b[A-Z]:\\+Users\\/;
  return usual.test(line) || own.some((path) => line.includes(path));
}

function trackedFiles(): string[] {
  try {
    const parameters = ['-c', 'safe.directory=*', 'ls-files', '-z'];
    const list = execFileSync('git', parameters, {
      cwd: repositoryRoot,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return list.split('\0').filter((path) => path !== '' && existsSync(join(repositoryRoot, path)));
  } catch {
    // An exported tree has no history to ask: then it is the code of the packages.
    return packages.flatMap(({ folder, files }) => files.map(({ path }) => `packages/${folder}/${path}`));
  }
}
