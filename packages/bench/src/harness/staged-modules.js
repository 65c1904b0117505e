// @ts-check
/** A `node_modules` as an application has it: our packages as they are published, everything else linked from here. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../../../scripts/stage-packages.js', import.meta.url));
const installedModules = fileURLToPath(new URL('../../../../node_modules/', import.meta.url));

/** @type {string | undefined} */
let staged;

/** @returns {string} its path; it is made once, and removed when the process ends. */
export function stagedModules() {
  staged ??= make();
  return staged;
}

function make() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'logflume-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const modules = path.join(folder, 'node_modules');
  execFileSync(process.execPath, [script, modules]);
  for (const name of packageNames()) {
    if (existsSync(path.join(modules, name))) continue;
    mkdirSync(path.dirname(path.join(modules, name)), { recursive: true });
    symlinkSync(path.join(installedModules, name), path.join(modules, name), 'junction');
  }
  return modules;
}

function packageNames() {
  return readdirSync(installedModules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(path.join(installedModules, name)).map((each) => `${name}/${each}`) : [name],
    );
}
