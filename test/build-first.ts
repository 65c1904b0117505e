import { execFileSync } from 'node:child_process';

/** Builds the packages before any test file loads, so that no test reads a stale `dist`. */
export function setup(): void {
  execFileSync('npx', ['tsc', '-b'], { stdio: 'inherit' });
}
