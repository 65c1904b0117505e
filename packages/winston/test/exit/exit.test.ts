import { createDevBackend, type DevBackend } from '@logflume/dev-backend';
import { describe, expect, it } from 'vitest';
import { type Ended, startProgram } from './run-program.ts';

async function run(fixture: string, args: readonly string[], env?: Record<string, string>): Promise<Ended> {
  await using program = startProgram(`fixtures/${fixture}.js`, args, env);
  return await program.ended();
}

/** A request under way at an exit is repeated, as nobody knows whether it arrived: what came by the repetition is no record. */
const arrived = (backend: DevBackend) => backend.records().filter(({ duplicate }) => !duplicate);
const bodies = (backend: DevBackend) => arrived(backend).map(({ body }) => body);
const numbers = (backend: DevBackend) =>
  arrived(backend)
    .map(({ attributes }) => Number(attributes['i']))
    .sort((a, b) => a - b);
const thousand = Array.from({ length: 1000 }, (_, i) => i);

describe('a process that winston ends for something uncaught (W9)', () => {
  const stack = expect.stringContaining('\n    at ');
  const thrown = {
    'winston.uncaught': 'exception',
    'exception.type': 'RangeError',
    'exception.message': 'thrown',
    'exception.stacktrace': stack,
    'exception.cause': expect.objectContaining({ message: 'root' }),
    'exception.code': 'E_FIXTURE',
  };

  it.each<[string, string, unknown, object]>([
    ['transport', 'error', 'thrown', thrown],
    ['transport', 'string', 'a string', { 'exception.type': 'string', 'exception.message': 'a string' }],
    ['transport', 'nothing', 'uncaughtException: (no error message)', { 'winston.uncaught': 'exception' }],
    ['transport', 'rejection', 'rejected', { 'winston.uncaught': 'rejection', 'exception.message': 'rejected' }],
    ['handler', 'error', 'thrown', thrown],
    ['handler', 'rejection', 'rejected', { 'winston.uncaught': 'rejection', 'exception.message': 'rejected' }],
    ['both', 'error', 'thrown', thrown],
    ['both', 'rejection', 'rejected', { 'winston.uncaught': 'rejection', 'exception.message': 'rejected' }],
    ['ownLevels', 'error', 'thrown', thrown],
  ])(
    '%s, %s: it is delivered once, and winston does not wait in vain (W9, W11)',
    async (setUp, what, body, attributes) => {
      await using backend = await createDevBackend();
      const ended = await run('crash', [setUp, what, backend.url]);
      // Winston itself remarks that its level for crashes is not in that set.
      const stderr = setUp === 'ownLevels' ? '[winston] Unknown logger level: error\n' : '';
      expect(ended).toMatchObject({ code: 1, signal: null, stderr });
      const records = arrived(backend).filter((record) => record.body !== 'before');
      expect(records).toHaveLength(1);
      expect(records[0]).toMatchObject({ severityText: 'error', severityNumber: 17, body, attributes });
      expect(JSON.parse(ended.stdout)).toEqual({ gaveUp: false });
    },
  );

  it('tells nothing that may be secret: no command line, no paths of the process, no second stack', async () => {
    await using backend = await createDevBackend();
    await run('crash', ['transport', 'error', backend.url]);
    const record = backend.records().find(({ body }) => body === 'thrown');
    const { process: about, ...others } = record?.attributes ?? {};
    expect(about).toMatchObject({ pid: expect.any(Number), memoryUsage: expect.anything() });
    expect(Object.keys(Object(about))).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/argv|cwd|execPath/)]),
    );
    expect(Object.keys(others)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(trace|date|stack|error|message|level|exception|rejection)$/)]),
    );
  });

  it('is delivered by each of two transports', async () => {
    await using backend = await createDevBackend();
    const ended = await run('crash', ['two', 'error', backend.url]);
    expect(ended.code).toBe(1);
    expect(bodies(backend).sort()).toEqual(['before', 'before', 'thrown', 'thrown']);
    expect(JSON.parse(ended.stdout)).toEqual({ gaveUp: false });
  });

  it('is waited for in vain by nobody when the transport is silent', async () => {
    await using backend = await createDevBackend();
    const ended = await run('crash', ['silent', 'error', backend.url]);
    expect(ended.code).toBe(1);
    expect(bodies(backend)).toEqual([]);
    expect(JSON.parse(ended.stdout)).toEqual({ gaveUp: false });
  });

  it('gives rejections to a transport that does not handle them, and exceptions only to one that does (W12)', async () => {
    await using backend = await createDevBackend();
    await run('crash', ['notHandling', 'rejection', backend.url]);
    expect(bodies(backend).filter((body) => body === 'rejected')).toHaveLength(2);
    await run('crash', ['notHandling', 'error', backend.url]);
    expect(bodies(backend).filter((body) => body === 'thrown')).toHaveLength(1);
  });

  it('ends, with the record lost and counted, when the backend is down', async () => {
    await using backend = await createDevBackend();
    await backend.suspend();
    const ended = await run('crash', ['transport', 'error', backend.url]);
    expect(ended.code).toBe(1);
    expect(JSON.parse(ended.stdout)).toEqual({ gaveUp: false });
  });
});

describe('a process that goes on after something uncaught (W10)', () => {
  it.each(['exitOnErrorFalse', 'exitOnErrorFunction'])(
    '%s: later records arrive, and a second crash',
    async (setUp) => {
      await using backend = await createDevBackend();
      const ended = await run('crash', [setUp, 'error', backend.url]);
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      expect(bodies(backend).sort()).toEqual(['after', 'after the second', 'before', 'thrown', 'thrown']);
    },
  );
});

describe('1,000 records logged right before the end (W18)', () => {
  it.each<[string, number]>([
    ['naturally', 0],
    ['exit', 0],
    ['exitCode', 7],
    ['throw', 1],
    ['end', 0],
    ['endAndExit', 0],
    ['close', 0],
  ])('%s: all of them are delivered, and the exit code is unchanged', async (way, code) => {
    await using backend = await createDevBackend();
    const ended = await run('end', [way, backend.url]);
    expect(ended).toMatchObject({ code, signal: null, stdout: '' });
    expect(numbers(backend)).toEqual(thousand);
    if (way !== 'throw') expect(ended.stderr).toBe('');
  });

  it('SIGTERM: all of them are delivered, and the process dies of it', async () => {
    await using backend = await createDevBackend();
    await using program = startProgram('fixtures/end.js', ['wait', backend.url]);
    await program.says('ready');
    program.child.kill('SIGTERM');
    expect(await program.ended()).toMatchObject({ code: null, signal: 'SIGTERM', stderr: '' });
    expect(numbers(backend)).toEqual(thousand);
  });

  it.each(['naturally', 'exit', 'end'])('%s: all of them are lines on stderr when the backend is down', async (way) => {
    await using backend = await createDevBackend();
    await backend.suspend();
    const ended = await run('end', [way, backend.url, 'stderr']);
    expect(ended.code).toBe(0);
    const lines = ended.stderr.split('\n').filter((line) => line.startsWith('{'));
    expect(lines.map((line) => JSON.parse(line).i).sort((a, b) => a - b)).toEqual(thousand);
  });
});

describe('a backend that takes nothing (W4)', () => {
  it.each(['refuses', 'answers 401', 'speaks no TLS'])('%s: the process lives and ends as ever', async (how) => {
    await using backend = await createDevBackend({
      faults: how === 'answers 401' ? [{ kind: 'status', status: 401 }] : [],
    });
    if (how === 'refuses') await backend.suspend();
    const url = how === 'speaks no TLS' ? backend.url.replace('http:', 'https:') : backend.url;
    const ended = await run('end', ['end', url]);
    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(ended.stderr).not.toMatch(/Unhandled|Uncaught|node:events/);
  });
});

describe('what the transport itself has to say', () => {
  it('is one line about a winston it does not know, however many transports there are', async () => {
    const ended = await run('version', []);
    expect(ended).toMatchObject({
      code: 0,
      stderr: 'logflume: @logflume/winston needs winston 3, found winston 4.0.0; records may be wrong or missing\n',
    });
  });

  it('is one line about a variable it cannot use, when nobody else listens', async () => {
    await using backend = await createDevBackend();
    const ended = await run('end', ['end', backend.url], { OTEL_BLRP_SCHEDULE_DELAY: 'soon' });
    expect(ended.stderr).toMatch(/^logflume: OTEL_BLRP_SCHEDULE_DELAY must be .*, got "soon".*\n$/);
    expect(ended.code).toBe(0);
  });
});
