import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Ended, type RunOptions, runExample } from '../../run-example.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const program = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));
/** As a file, so that programs elsewhere find it too. */
const entry = fileURLToPath(new URL('../../../packages/logflume/dist/register.js', import.meta.url));

function run(path: string, options: RunOptions = {}): Promise<Ended> {
  return runExample(path, { nodeArgs: ['--import', entry], ...options });
}

const bodies = ({ records }: Ended): string[] => records.map(({ body }) => String(body)).sort();

describe('logflume/register beside adapters of the application', () => {
  it('leaves their records to them, and captures the loggers that have none', async () => {
    const ended = await run(fixture('adapters.mjs'));
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(bodies(ended)).toEqual([
      'bunyan, captured',
      'bunyan, stream',
      'console, captured',
      'pino, alone',
      'pino, among others',
      'pino, captured',
      'pino, in a thread',
      'pino, in a thread among others',
      'winston, at once',
      'winston, captured',
      'winston, later',
    ]);
  });

  it('gives way to an application that captures by itself', async () => {
    const ended = await run(fixture('captures.mjs'));
    expect(ended.records.map(({ body, scope }) => [body, scope.name]).sort()).toEqual([
      ['console', 'own'],
      ['pino', 'own'],
    ]);
  });

  it('captures no pino that is loaded after the application has captured it', async () => {
    const ended = await run(fixture('captures-first.mjs'));
    expect(ended.records.map(({ body, scope }) => [body, scope.name])).toEqual([['pino', 'own']]);
  });
});

describe('logflume/register in threads and child processes', () => {
  it('ships what each logs from there, once, and nothing from the threads of pino', async () => {
    const { NODE_OPTIONS = '' } = process.env;
    // By the variable, which every thread and child inherits.
    const ended = await run(fixture('processes.cjs'), {
      nodeArgs: [],
      env: { NODE_OPTIONS: `${NODE_OPTIONS} --import ${entry}` },
    });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const hosts = ['console', 'pino', 'pino to a thread', 'winston'];
    expect(bodies(ended)).toEqual(
      hosts.flatMap((host) => ['child', 'main', 'thread'].map((at) => `${host} in ${at}`)).sort(),
    );
    const pids = new Set(ended.records.map(({ resource }) => resource.attributes['process.pid']));
    expect(pids.size).toBe(2);
  });
});

describe('logflume/register and winston', () => {
  it('takes what the transports of a logger take together', async () => {
    const ended = await run(fixture('levels.cjs'));
    // As without us.
    expect(ended.stderr).toMatch(/^\[winston\] Attempt to write logs with no transports.*taken: no transport.*\n$/);
    expect(bodies(ended)).toEqual([
      'taken: a transport',
      'taken: after clear',
      'taken: after configure',
      'taken: before clear',
      'taken: no transport',
      'taken: other levels',
    ]);
  });

  it('is not among the transports an application counts and sets by their place', async () => {
    const [plain, ended] = await Promise.all([runExample(fixture('transports.cjs')), run(fixture('transports.cjs'))]);
    expect(plain.stdout).toContain('info: early');
    expect([ended.code, ended.stdout, ended.stderr]).toEqual([plain.code, plain.stdout, plain.stderr]);
    expect(bodies(ended)).toEqual(['before', 'counted', 'early', 'twice', 'verbose']);
  });

  it('takes a crash that another transport takes, and makes winston catch none', async () => {
    const [handled, left] = await Promise.all(
      ['handled', 'left'].map((how) => run(fixture('crash.cjs'), { args: [how] })),
    );
    expect([handled?.code, left?.code]).toEqual([1, 1]);
    expect(handled && bodies(handled)).toEqual(['before', 'thrown']);
    expect(left && bodies(left)).toEqual(['before']);
    expect(left?.stdout).toContain('handlers: 0');
    expect(left?.stderr).toContain('Error: thrown');
  });
});

describe('logflume/register that has nothing to do', () => {
  it.each<[string, Record<string, string>]>([
    ['when the SDK is disabled', { OTEL_SDK_DISABLED: 'true' }],
    ['when there are to be no logs', { OTEL_LOGS_EXPORTER: 'none' }],
  ])('does nothing and says nothing: %s', async (_, env) => {
    const ended = await run(program('pino.cjs'), { env });
    expect(ended).toMatchObject({ code: 0, stderr: '', records: [] });
    expect(ended.stdout.match(/order placed/g)).toHaveLength(50);
  });

  it('says once that no endpoint is configured, and prints nothing twice', async () => {
    const ended = await run(program('pino.cjs'), { namesBackend: false });
    expect(ended).toMatchObject({
      code: 0,
      stderr:
        'logflume: logflume/register captures nothing: no endpoint is configured; set OTEL_EXPORTER_OTLP_ENDPOINT\n',
    });
    expect(ended.stdout.match(/order placed/g)).toHaveLength(50);
  });

  it('leaves hosts alone that it was not made for, with one line for each', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'logflume-hosts-'));
    try {
      const versions = { winston: '2.4.7', pino: '8.21.0', bunyan: '0.23.1', debug: '2.6.9' };
      for (const [name, version] of Object.entries(versions)) {
        const host = join(folder, 'node_modules', name);
        mkdirSync(host, { recursive: true });
        writeFileSync(join(host, 'package.json'), JSON.stringify({ name, version, main: 'main.js' }));
        writeFileSync(join(host, 'main.js'), `exports.hello = '${name}';`);
      }
      copyFileSync(fixture('require-hosts.cjs'), join(folder, 'app.cjs'));
      const ended = await run(join(folder, 'app.cjs'));
      expect(ended).toMatchObject({ code: 0, stdout: 'winston winston\npino pino\nbunyan bunyan\ndebug debug\n' });
      expect(ended.stderr.split('\n')).toEqual([
        'logflume: logflume/register does not capture winston 2.4.7: @logflume/winston needs winston 3',
        expect.stringContaining('does not capture pino 8.21.0: @logflume/pino needs pino 9.10 … 10'),
        'logflume: logflume/register does not capture bunyan 0.23.1: @logflume/pino needs bunyan 1.8 … 2',
        'logflume: logflume/register does not capture debug 2.6.9: this version of logflume captures debug 3 and 4',
        '',
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('works by -r, too', async () => {
    const ended = await run(program('winston.mjs'), { nodeArgs: ['-r', 'logflume/register'] });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.records).toHaveLength(51);
  });
});
