// biome-ignore-all lint/suspicious/noConsole: the console is what is tested here
import { spawnSync } from 'node:child_process';
import { createDevBackend } from '@logflume/dev-backend';
import { afterEach, expect, it } from 'vitest';
import { captureConsole, createLogger } from '../src/index.ts';

let release = (): void => undefined;
afterEach(() => release());

it('10,000 lines of one tick arrive, each once and in order', async () => {
  await using backend = await createDevBackend({ maxRecords: 10_000 });
  await using log = createLogger({ endpoints: [backend.url], fallback: 'none', exit: { handleSignals: false } });
  release = captureConsole({ logger: log, print: false });
  for (let i = 0; i < 10_000; i++) console.log('line %d', i, { i });
  release();
  const report = await log.flush({ timeoutMs: 25_000 });
  expect(report).toMatchObject({ accepted: 10_000, delivered: 10_000, pending: 0, dropped: 0 });
  const records = backend.records().toSorted((a, b) => Number(a.attributes['i']) - Number(b.attributes['i']));
  expect(records.map(({ attributes }) => attributes['i'])).toStrictEqual(Array.from({ length: 10_000 }, (_, i) => i));
  expect(records[77]).toMatchObject({ body: 'line 77 { i: 77 }', severityNumber: 9, severityText: 'INFO' });
});

/** What a process prints whose logger has the console as its output, and whose console is captured. */
function runProcess(program: string): string[] {
  const index = new URL('../dist/index.js', import.meta.url).href;
  const source = `import { captureConsole, createLogger } from ${JSON.stringify(index)};\n${program}`;
  const child = spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
    encoding: 'utf8',
    env: { LOGFLUME_CONSOLE: 'json' },
    timeout: 20_000,
  });
  expect(child.stderr).toBe('');
  expect(child.status).toBe(0);
  return child.stdout.trimEnd().split('\n');
}

it('a logger whose output is the console prints a captured line once, and nothing loops', () => {
  const lines = runProcess(`
    const log = createLogger({});
    captureConsole({ logger: log });
    console.log('once');
    console.debug('below the level');
    console.trace === console.log || console.error('last');
  `);
  expect(lines).toHaveLength(3);
  expect(lines.filter((line) => line.includes('once'))).toHaveLength(1);
  expect(lines).toContain('below the level');
});
