// Runs the kill loops for so many rounds in each mode: npm run kill-loops -- --rounds 10000
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '100' } } });
const { status } = spawnSync('npx', ['vitest', 'run', 'packages/delivery/test/kill/kill-loops.test.ts'], {
  cwd: fileURLToPath(new URL('../../../..', import.meta.url)),
  env: { ...process.env, KILL_ROUNDS: values.rounds },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
