import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publishedFolder } from '../../../test/as-published.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface PackedPackage {
  readonly manifest: Manifest;
  /** Path of the tarball. */
  readonly tarball: string;
  /** Paths in it, without `package/`. */
  readonly files: readonly string[];
}

/** Runs npm without the settings of the npm that runs the tests, and without a network. */
export function npm(cwd: string, cache: string, ...parameters: string[]): string {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
  return execFileSync('npm', [...parameters, '--offline', '--ignore-scripts', '--cache', cache], {
    cwd,
    encoding: 'utf8',
    env,
    shell: process.platform === 'win32',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Packs every public package as it is published. */
export function packAll(into: string): PackedPackage[] {
  const folders = readdirSync(join(repository, 'packages'))
    .map((name) => readManifest(join(repository, 'packages', name)))
    .filter((manifest) => manifest.private !== true)
    .map(({ name }) => join(publishedFolder, 'node_modules', name));
  npm(repository, join(into, 'npm-cache'), 'pack', '--pack-destination', into, ...folders);
  return folders.map((folder) => {
    const manifest = readManifest(folder);
    const tarball = join(into, `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`);
    const list = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' });
    const files = list.split('\n').map((path) => path.replace(/^package\//, ''));
    return { manifest, tarball, files: files.filter((path) => path !== '') };
  });
}

/**
 * Unpacks the tarballs into a `node_modules`, and links what they depend on from the repository's, their hosts included:
 * an installation without a network. The path of the repository's own packages is not reachable from there.
 */
export function unpackInto(modules: string, packages: readonly PackedPackage[], alsoLink: readonly string[]): void {
  for (const { manifest, tarball } of packages) {
    const folder = join(modules, manifest.name);
    mkdirSync(folder, { recursive: true });
    execFileSync('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
  }
  const names = packages.map(({ manifest }) => manifest.name);
  const needed = new Set(
    packages
      .flatMap(({ manifest }) => [manifest.dependencies ?? {}, manifest.peerDependencies ?? {}])
      .flatMap((dependencies) => Object.keys(dependencies))
      .concat(alsoLink),
  );
  for (const name of needed) {
    if (names.includes(name)) continue;
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(repository, 'node_modules', name), join(modules, name), 'junction');
  }
}

/** The compiler of the repository. */
export const compiler: string = join(repository, 'node_modules', 'typescript', 'bin', 'tsc');

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
