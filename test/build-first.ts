import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { asPublished, publishedFolder } from './as-published.ts';

/** Builds the packages before any test file loads, so that no test reads a stale `dist`. */
export function setup(): void {
  execFileSync('npx', ['tsc', '-b'], { stdio: 'inherit' });
  const sources = readdirSync('packages').flatMap((name) => filesIn(path.join('packages', name)));
  const pages = readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((name) => path.join('docs', name));
  const staging = ['scripts/stage-packages.js', 'scripts/stage-docs.js', ...pages];
  const newestMs = Math.max(...[...sources, ...staging].map((file) => statSync(file).mtimeMs));
  if (!existsSync(publishedFolder) || statSync(publishedFolder).mtimeMs < newestMs) stage(sources);
}

/** What is published is made of these, and its programs are among them. */
function filesIn(packageFolder: string): string[] {
  return ['src', 'test']
    .map((name) => path.join(packageFolder, name))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => path.join(folder, name)),
    )
    .concat(path.join(packageFolder, 'package.json'), path.join(packageFolder, 'README.md'))
    .filter((file) => existsSync(file));
}

function stage(sources: readonly string[]): void {
  const fresh = `${publishedFolder}-${process.pid}`;
  execFileSync(process.execPath, ['scripts/stage-packages.js', path.join(fresh, 'node_modules')]);
  for (const file of sources) {
    const isProgram = /[\\/]fixtures[\\/]/.test(file) && statSync(file).isFile();
    if (isProgram) cpSync(file, path.join(fresh, path.relative(publishedFolder, asPublished(path.resolve(file)))));
  }
  rmSync(publishedFolder, { recursive: true, force: true });
  renameSync(fresh, publishedFolder);
}
