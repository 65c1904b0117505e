// Runs the tests that depend on Node and on hosts under other versions of Node, which come from the npm package `node`,
// and those of the OpenTelemetry adapter beside the generation of its SDK that Node 20 cannot run.
//
//   npm run test:nodes                 22, 24 and the newest
//   npm run test:nodes -- 26 packages/pino
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const given = process.argv.slice(2);
const versions = given.filter((each) => /^(\d|latest)/.test(each));
const paths = given.filter((each) => !versions.includes(each));

const hostTests = [
  'packages/logflume/',
  'packages/winston/',
  'packages/pino/',
  'packages/opentelemetry/',
  'packages/middleware/test/axios',
  'packages/middleware/test/fetch',
  'packages/e2e/test/http-errors',
  'examples/unmodified/',
];
/** Pinned as the other oracles are: the first generation with the logs API inside `@opentelemetry/api`. */
const newOpenTelemetry = {
  '@opentelemetry/api': '1.10.0',
  '@opentelemetry/sdk-logs': '3.1.1',
  '@opentelemetry/resources': '3.1.1',
  '@opentelemetry/exporter-logs-otlp-http': '0.301.0',
};

/** Runs a command in a folder with this Node first in the path; answers whether it went well. */
function run(folder, bin, [command, ...args], env = {}) {
  const path = `${bin}${delimiter}${process.env.PATH}`;
  return (
    spawnSync(command, args, { cwd: folder, env: { ...process.env, ...env, PATH: path }, stdio: 'inherit' }).status ===
    0
  );
}

/** Installs packages into a folder of their own, by the Node that is going to use them. */
function install(folder, bin, packages) {
  mkdirSync(folder, { recursive: true });
  if (run(folder, bin, ['npm', 'install', '--prefix', folder, '--no-audit', '--no-fund', '--silent', ...packages]))
    return;
  throw new Error(`npm could not install ${packages.join(' ')}`);
}

function testOn(version, folder) {
  install(folder, '', [`node@${version}`]);
  const bin = join(folder, 'node_modules', '.bin');
  const vitest = ['node', join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run'];
  const isPlain = run(root, bin, [...vitest, ...(paths.length > 0 ? paths : hostTests)]);
  if (paths.length > 0) return isPlain;
  const other = join(folder, 'opentelemetry');
  install(
    other,
    bin,
    Object.entries(newOpenTelemetry).map(([name, range]) => `${name}@${range}`),
  );
  return run(root, bin, [...vitest, 'packages/opentelemetry/'], { OTHER_OPENTELEMETRY: other }) && isPlain;
}

const failed = (versions.length > 0 ? versions : ['22', '24', 'latest']).filter((version) => {
  const folder = mkdtempSync(join(tmpdir(), `node-${version}-`));
  process.stdout.write(`\nNode ${version}\n`);
  try {
    return !testOn(version, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
process.stdout.write(failed.length === 0 ? '\nAll passed.\n' : `\nFailed on Node ${failed.join(', ')}.\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
