import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createDevBackend } from '@logflume/dev-backend';
import { describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../orders.js', import.meta.url));
const ours = /^(OTEL_|LOGFLUME_|LOG_LEVEL$|NO_COLOR$|FORCE_COLOR$|NODE_OPTIONS$)/;
const foreignVariables = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));

/** Runs the program to its end; a program that serves is asked to end. */
async function run(ending: string, variables: Record<string, string>) {
  const child = spawn(process.execPath, [program, ending], { env: { ...foreignVariables, ...variables } });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text;
      if (text.includes('serving\n')) child.kill('SIGTERM');
    });
  }
  await once(child, 'close');
  return { code: child.exitCode, signal: child.signalCode, ...output };
}

describe('the program', () => {
  it.each([
    ['naturally', 0, null],
    ['exit', 3, null],
    ['crash', 1, null],
    ['serve', null, 'SIGTERM'],
  ] as const)('delivers every record and ends as before: %s', async (ending, code, signal) => {
    await using backend = await createDevBackend();
    const ended = await run(ending, { LOGFLUME_ENDPOINTS: backend.url });
    expect(ended).toMatchObject({ code, signal });
    expect(ended.stderr).toMatch(ending === 'crash' ? /Error: out of paper/ : /^$/);
    const records = backend.records();
    const numbers = records.map(({ attributes }) => Number(attributes['number'])).sort((a, b) => a - b);
    expect(numbers).toStrictEqual(Array.from({ length: 200 }, (_, number) => number));
    expect(records.every(({ scope }) => scope.name === 'orders')).toBe(true);
    expect(JSON.stringify(records)).not.toContain('4111 1111');
    const refused = records.filter(({ severityText }) => severityText === 'error');
    expect(refused).toHaveLength(4);
    expect(refused[0]).toMatchObject({
      body: 'order refused',
      attributes: { 'exception.message': 'card declined', 'exception.code': 'DECLINED' },
    });
  });

  it('prints its records when no backend is named', async () => {
    const { code, stdout } = await run('naturally', {});
    expect(code).toBe(0);
    expect(stdout.match(/order placed/g)).toHaveLength(196);
  });
});
