import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { asPublished } from '../../../test/as-published.ts';

/** How a child process ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `fixtures/end.js` to its end, with the backend of this url in an environment free of other settings.
 *
 * @param args - the wiring, the way to end, and how many records.
 * @param signal - sent once the program says `ready`.
 */
export async function runFixture(url: string, args: readonly string[], signal?: NodeJS.Signals): Promise<Ended> {
  const path = asPublished(fileURLToPath(new URL('fixtures/end.js', import.meta.url)));
  const child = spawn(process.execPath, [path, ...args], {
    env: { ...foreignVariables(), LOGFLUME_ENDPOINTS: url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      if (signal !== undefined && text.includes('ready')) child.kill(signal);
    });
  }
  await once(child, 'close');
  return { code: child.exitCode, signal: child.signalCode, ...output };
}

function foreignVariables(): Record<string, string | undefined> {
  const ours = /^(OTEL_|LOGFLUME_|LOG_LEVEL$|NO_COLOR$|FORCE_COLOR$|NODE_OPTIONS$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
