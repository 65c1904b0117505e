import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createDevBackend } from '@logflume/dev-backend';
import { describe, expect, it } from 'vitest';
import { type Fixture, startFixture } from './run-fixture.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const preload = new URL('fixtures/as-pid-one.js', import.meta.url).href;

/** A namespace of its own needs rights that not every machine gives. */
function hasNamespaces(): boolean {
  try {
    execFileSync('unshare', ['--pid', '--fork', process.execPath, '-e', 'process.exit(process.pid === 1 ? 0 : 1)']);
    return true;
  } catch {
    return false; // Then the simulated one has to do.
  }
}

/** Ways to be the first process: as in a container, and by ignoring what the kernel would ignore. */
const ways: readonly (readonly [name: string, isHere: boolean, start: (env: Record<string, string>) => Fixture])[] = [
  ['simulated', true, (env) => startFixture('wait', { env: { ...env, NODE_OPTIONS: `--import=${preload}` } })],
  [
    'in a namespace of its own',
    hasNamespaces(),
    (env) => startFixture('wait', { env, within: ['unshare', '--pid', '--fork', '--kill-child'] }),
  ],
];

/** The process the signal is for: the child of the one that made the namespace. */
function signalTo({ child }: Fixture): number {
  const pid = child.pid ?? 0;
  if (child.spawnfile !== 'unshare') return pid;
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim());
}

describe.each(ways.filter(([, isHere]) => isHere))('as process 1 of a container, %s', (_, __, start) => {
  it('ends at SIGTERM although the signal itself cannot end it, with everything delivered to every output', async () => {
    await using backend = await createDevBackend();
    using folder = temporaryDirectory();
    const file = `${folder.path}/app.log`;
    await using program = start({ LOGFLUME_ENDPOINTS: backend.url, LOGFLUME_FILE: file });
    await program.says('ready');
    process.kill(signalTo(program), 'SIGTERM');
    expect(await program.ended()).toMatchObject({ code: 143, signal: null, stderr: '' });
    expect(backend.records()).toHaveLength(1000);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(1001);
  });

  it('ends by itself within the grace when the backend hangs, and then only writes to the fallback', async () => {
    await using backend = await createDevBackend({ faults: [{ kind: 'hang' }] });
    const env = { LOGFLUME_ENDPOINTS: backend.url, LOGFLUME_EXIT_TIMEOUT_MS: '3000', LOGFLUME_FALLBACK: 'stdout' };
    await using program = start(env);
    await program.says('ready');
    process.kill(signalTo(program), 'SIGTERM');
    // The drain comes first: nothing is written while it may still be delivered.
    await backend.waitFor((_, stats) => stats.requests.inFlight > 0);
    expect(program.output.stdout).toBe('ready\n');
    const { code, stdout } = await program.ended();
    expect(code).toBe(143);
    expect(stdout.split('\n').filter((line) => line.startsWith('{'))).toHaveLength(1000);
  });
});
