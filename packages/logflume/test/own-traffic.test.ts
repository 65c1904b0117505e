import { createDevBackend } from '@logflume/dev-backend';
import { createMemoryDestination } from '@logflume/testing';
import { describe, expect, it, vi } from 'vitest';
import { createLogger, type Diagnostic } from '../src/index.ts';
import { runFixture } from './exit/run-fixture.ts';

describe('what carries our own requests', () => {
  it('may log through us without a loop: the process ends, the application’s records arrive (F71)', async () => {
    await using backend = await createDevBackend();
    const ended = await runFixture('own-traffic', { env: { LOGFLUME_ENDPOINTS: backend.url } });
    expect(ended).toMatchObject({ code: 0, signal: null });
    expect(backend.records().map(({ body }) => body)).toEqual(['record', 'second']);
    expect(JSON.parse(ended.stdout)).toMatchObject({ requests: 2, stats: { accepted: 2, delivered: 2 } });
    expect(ended.stderr.match(/^logflume: what carries the requests of logflume logs through it/gm)).toHaveLength(1);
  });

  it('is told apart from log calls of the application while a request is under way', async () => {
    const memory = createMemoryDestination();
    const diagnostics: Diagnostic[] = [];
    const answers: (() => void)[] = [];
    const log = createLogger({
      destinations: [
        {
          name: 'memory',
          compression: 'none',
          transport: {
            ...memory,
            async send(request) {
              await new Promise<void>((resolve) => answers.push(resolve));
              for (let i = 0; i < 2; i++) log.info('of the transport');
              return memory.send(request);
            },
          },
        },
      ],
      // What is left out on purpose is told by a record, which would be one more request.
      repeats: { windowMs: 600_000 },
      exit: { handleSignals: false },
      onDiagnostic: (event) => diagnostics.push(event),
    });
    log.info('first');
    const flushed = log.flush();
    await vi.waitFor(() => expect(answers).toHaveLength(1));
    log.info('of the application, meanwhile');
    answers[0]?.();
    await flushed;
    const closed = log.close();
    await vi.waitFor(() => expect(answers).toHaveLength(2));
    answers[1]?.();
    await closed;
    const bodies = memory.records().map(({ record }) => record.body?.stringValue);
    expect(bodies).toEqual(['first', 'of the application, meanwhile']);
    expect(log.stats()).toMatchObject({ accepted: 2, delivered: 2, suppressed: { total: 0 } });
    expect(diagnostics.map(({ kind }) => kind)).toContain('ownTrafficLogged');
  });

  it('prints nothing and warns of nothing of its own', async () => {
    const said: unknown[] = [];
    const spies = (['log', 'info', 'warn', 'error', 'debug', 'trace'] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation((...args) => void said.push(args)),
    );
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation((...args) => void said.push(args));
    await using backend = await createDevBackend({ faults: [{ kind: 'status', status: 503, times: 2 }] });
    const log = createLogger({
      endpoints: [backend.url],
      exit: { handleSignals: false },
      onDiagnostic: () => undefined,
    });
    for (let i = 0; i < 100; i++) log.info('record', { i });
    await log.close();
    for (const spy of [...spies, warn]) spy.mockRestore();
    expect(backend.records()).toHaveLength(100);
    expect(said).toEqual([]);
  });
});
