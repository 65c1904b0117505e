// Takes away, one by one, what survives the faults F1 to F76 (docs/guarantees.md), and sees a test of that row fail.
//
//   npm run mutations                   all of them, about a quarter of an hour
//   npm run mutations -- 12 47          those of rows F12 and F47
//
// Works in a copy: nothing is changed here. The tests are those whose titles name the row; without a mutation they pass,
// as `npm test` says.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mutations } from './table.js';

/** A test that never ends is one that noticed. */
const TIMEOUT_MS = 120_000;

const root = fileURLToPath(new URL('../..', import.meta.url));
const rows = process.argv.slice(2).map((row) => Number(row.replace(/^F/i, '')));
const copy = mkdtempSync(join(tmpdir(), 'mutations-'));
process.once('exit', () => rmSync(copy, { recursive: true, force: true, maxRetries: 10 }));
process.once('SIGINT', () => process.exit(130));

copyRepository();
relaxCompiler();
const tests = readTests();
let judged = 0;
let killed = 0;
for (const mutation of mutations) {
  for (const row of mutation.rows) {
    if (rows.length > 0 && !rows.includes(row)) continue;
    const verdict = await judge(mutation, row);
    say(`${`F${row}`.padEnd(4)} ${verdict.padEnd(8)} without ${mutation.without}`);
    judged++;
    if (verdict === 'killed') killed++;
  }
}
say(`${killed} of ${judged} are killed`);
process.exitCode = killed === judged ? 0 : 1;

/** @returns `killed`, `survived`, or why nothing can be said: the place is not there once, no compiler takes it, no test names it. */
async function judge({ file, find, replace }, row) {
  const path = join(copy, 'packages', file);
  const source = readFileSync(path, 'utf8');
  if (source.split(find).length !== 2) return 'misplaced';
  try {
    writeFileSync(
      path,
      source.replace(find, () => replace),
    );
    const { code } = await run('tsc', ['-b']);
    return code === 0 ? await runTests(row) : 'invalid';
  } finally {
    writeFileSync(path, source);
  }
}

async function runTests(row) {
  const named = new RegExp(`\\bF${row}\\b`);
  const files = tests.filter(({ source }) => named.test(source)).map(({ path }) => path);
  const flags = ['run', '--maxWorkers=1', '--bail=1', '--reporter=json', `--testNamePattern=${named.source}`];
  const { code, stdout } = await run('vitest', [...flags, ...files]);
  if (code === null) return 'killed';
  const { numFailedTests, numPassedTests } = JSON.parse(stdout.slice(stdout.indexOf('{"num')));
  if (numFailedTests > 0) return 'killed';
  return numPassedTests > 0 ? 'survived' : 'untested';
}

/** Modules are shared with the copy, but for the packages of this repository. */
function copyRepository() {
  const left = new Set(['.git', '.turbo', 'node_modules']);
  cpSync(root, copy, { recursive: true, preserveTimestamps: true, verbatimSymlinks: true, filter: isCopied });
  share('.');
  for (const name of readdirSync(join(root, 'packages'))) share(join('packages', name));

  function isCopied(path) {
    return !left.has(basename(path));
  }
}

/** What a mutation leaves without use is no reason to refuse it. */
function relaxCompiler() {
  const path = join(copy, 'tsconfig.base.json');
  const options = readFileSync(path, 'utf8').replace(/("noUnused\w+"): true/g, '$1: false');
  writeFileSync(path, options);
}

function share(folder) {
  const from = join(root, folder, 'node_modules');
  const to = join(copy, folder, 'node_modules');
  const entries = list(from);
  if (entries.length > 0) mkdirSync(to);
  for (const entry of entries) {
    const isOurs = entry.isSymbolicLink() || entry.name === '@logflume';
    if (isOurs) cpSync(join(from, entry.name), join(to, entry.name), { recursive: true, verbatimSymlinks: true });
    else symlinkSync(join(from, entry.name), join(to, entry.name));
  }
}

function readTests() {
  return list(join(copy, 'packages'), { recursive: true })
    .filter((entry) => entry.name.endsWith('.test.ts') && !/\/(node_modules|dist)\b/.test(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, source: readFileSync(path, 'utf8') }));
}

function list(folder, options = {}) {
  try {
    return readdirSync(folder, { ...options, withFileTypes: true });
  } catch {
    return []; // A package without modules of its own.
  }
}

/** With everything it starts: a test that does not end keeps a process of its own. @returns no code if it had to be ended. */
async function run(command, args) {
  const options = { cwd: copy, detached: true, stdio: ['ignore', 'pipe', 'ignore'] };
  const child = spawn(join(copy, 'node_modules/.bin', command), args, options);
  const end = () => {
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // All of them have ended.
    }
  };
  const timer = setTimeout(end, TIMEOUT_MS);
  child.once('exit', end); // What a test that failed left behind holds the pipe, and the machine.
  process.prependOnceListener('exit', end); // Before the copy goes that it works in.
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  process.off('exit', end);
  return { code, stdout };
}

function say(line) {
  process.stdout.write(`${line}\n`);
}
