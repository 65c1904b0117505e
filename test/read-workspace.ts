import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceFile } from './read-imports.ts';

/** The fields of a package.json that the tests of this folder look at. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly imports?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly [field: string]: unknown;
}

/** A package of the workspace with the text of all its own code. */
export interface WorkspacePackage {
  /** Name of its folder below `packages`. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly files: readonly SourceFile[];
}

/** Absolute path of the repository, with a trailing separator. */
export const repositoryRoot: string = fileURLToPath(new URL('../', import.meta.url));

/** Reads all packages; what is built or installed is left out. */
export function readWorkspace(): WorkspacePackage[] {
  const packages = join(repositoryRoot, 'packages');
  return readdirSync(packages)
    .filter((folder) => readdirSync(join(packages, folder)).includes('package.json'))
    .map((folder) => {
      const manifest: Manifest = JSON.parse(readFileSync(join(packages, folder, 'package.json'), 'utf8'));
      return { folder, manifest, files: readCode(join(packages, folder), '') };
    });
}

function readCode(folder: string, prefix: string): SourceFile[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory()) {
      return ['dist', 'node_modules', 'coverage'].includes(entry.name)
        ? []
        : readCode(join(folder, entry.name), `${path}/`);
    }
    return /\.[cm]?[jt]sx?$/.test(entry.name) ? [{ path, text: readFileSync(join(folder, entry.name), 'utf8') }] : [];
  });
}
