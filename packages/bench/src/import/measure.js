// @ts-check
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { participants } from '../contestants/list.js';
import { oncePerFile } from '../harness/measure.js';
import { stagedModules } from '../harness/staged-modules.js';
import { number } from '../harness/table.js';

/**
 * @param {readonly string[]} packages
 * @param {string} modules
 */
function startMs(packages, modules) {
  const source = packages.map((name) => `import '${name}';`).join('');
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
    cwd: path.dirname(modules),
    env: { PATH: process.env['PATH'] },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`importing ${packages.join(', ')} failed\n${stderr}`);
  return performance.now() - begin;
}

/** @type {import('../harness/measure.js').Measure} */
export const importTime = {
  name: 'import',
  title: 'Import',
  note: 'Of a process that imports the packages and ends, over one that imports nothing, right before it.',
  rounds: { full: 15, quick: 3 },
  contestants: async () => oncePerFile(await participants('import')),
  async once({ contestant }) {
    const modules = stagedModules();
    const bareMs = startMs([], modules);
    return { ms: startMs(contestant.packages, modules) - bareMs };
  },
  tables: [{ title: '', columns: [{ key: 'ms', title: 'ms', format: number }] }],
};
