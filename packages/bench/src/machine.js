// @ts-check
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { fileURLToPath } from 'node:url';

/** What the figures depend on; no names of hosts. */
export function machine() {
  const cpus = os.cpus();
  return {
    cpu: cpus[0]?.model.trim() ?? 'unknown CPU',
    cores: cpus.length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    node: process.versions.node,
    system: `${os.type()} ${os.arch()}`,
    load: os.loadavg()[0] ?? 0,
  };
}

/**
 * Versions of the packages as they are installed.
 *
 * @param {readonly string[]} names
 * @returns {Record<string, string>}
 */
export function versionsOf(names) {
  const lock = JSON.parse(
    readFileSync(fileURLToPath(new URL('../../../package-lock.json', import.meta.url)), 'utf8'),
  ).packages;
  return Object.fromEntries(
    names.map((name) => {
      const entry = lock[`node_modules/${name}`];
      return [name, entry?.link === true ? lock[entry.resolved].version : entry?.version];
    }),
  );
}
