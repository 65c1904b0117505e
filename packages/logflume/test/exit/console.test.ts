import { once } from 'node:events';
import { describe, expect, it, test } from 'vitest';
import { runFixture, startFixture } from './run-fixture.ts';

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];
const said = (text: string) => levels.filter((level) => text.includes(`said at ${level}\\n`));

describe('a console of a preset', () => {
  test.each<[string, RegExp]>([
    [
      'json',
      /^\{"time":.*"level":"fatal","message":"said at fatal\\n","attributes":\{"level":"fatal"\},"logger":"pay"\}$/m,
    ],
    ['gcp', /^\{"severity":"CRITICAL","time":.*"message":"said at fatal\\n".*"service":"shop"\}$/m],
    ['ecs', /^\{"@timestamp":.*"log.level":"fatal","message":"said at fatal\\n".*"service.name":"shop"/m],
    ['datadog', /^\{"timestamp":.*"status":"fatal","message":"said at fatal\\n","service":"shop"/m],
    ['logfmt', /^time=.* level=fatal msg="said at fatal\\n" attributes.level=fatal logger=pay service.name=shop$/m],
    ['otlp-json', /^\{"resourceLogs":\[\{"resource":.*"stringValue":"said at fatal\\n".*$/m],
  ])('%s prints one line for each record', async (console, line) => {
    const env = { OTEL_SERVICE_NAME: 'shop' };
    const { stdout, stderr, code } = await runFixture('outputs', { args: [JSON.stringify(console)], env });
    expect(stdout).toMatch(line);
    expect(stdout.trimEnd().split('\n')).toHaveLength(1006);
    expect([code, JSON.parse(stderr)]).toStrictEqual([0, { accepted: 1006, delivered: 1006, dropped: 0 }]);
  });

  it('prints from a level on to stderr', async () => {
    const { stdout, stderr } = await runFixture('outputs', { args: ['{"format":"json","stderrFrom":"warn"}'] });
    expect(said(stdout)).toStrictEqual(['trace', 'debug', 'info']);
    expect(said(stderr)).toStrictEqual(['warn', 'error', 'fatal']);
    expect(stderr).toContain('{"accepted":1006,"delivered":1006,"dropped":0}\n');
  });

  it('keeps lines within the length that was asked for', async () => {
    const args = ['300', 'end', 'x'.repeat(20_000)];
    const { stdout } = await runFixture('console', { args, env: { LOGFLUME_CONSOLE: '{"maxLineBytes":8191}' } });
    const lengths = stdout
      .trimEnd()
      .split('\n')
      .map((line) => Buffer.byteLength(line));
    expect(lengths).toHaveLength(300);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(8191);
    expect(Math.min(...lengths)).toBeGreaterThan(8000);
  });
});

/** Records that the lines about losses of a console name. */
function toldOf(stderr: string, reason: string): number {
  const lines = stderr.matchAll(/^logflume: console: (\d+) records? (?:was|were) dropped \((\w+)\) \S+ .*: .+$/gm);
  return [...lines].reduce((sum, [, records, why]) => (why === reason ? sum + Number(records) : sum), 0);
}

describe('a console whose reader is slower than what is logged', () => {
  it('tells at the end what there was no room for', async () => {
    const env = { LOGFLUME_QUEUE_MAX_BYTES: '65536' };
    const { stdout, stderr } = await runFixture('console', { args: ['10000', 'exit'], env });
    const printed = stdout.trimEnd().split('\n').length;
    expect(printed).toBeLessThan(10_000);
    expect(toldOf(stderr, 'queue_full')).toBe(10_000 - printed);
  });
});

describe('a console whose reader goes away', () => {
  it('counts what nobody read, and the application runs on', async () => {
    await using fixture = startFixture('outputs', { args: ['"json"', 'wait'] });
    await fixture.says('said at fatal');
    fixture.child.stdout?.destroy();
    if (fixture.child.stdout !== null) await once(fixture.child.stdout, 'close');
    fixture.child.stdin?.end();
    const { code, signal, stderr } = await fixture.ended();
    expect([code, signal]).toStrictEqual([0, null]);
    const { accepted, delivered, dropped } = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');
    expect(accepted).toBe(1006);
    expect(delivered + dropped).toBe(1006);
    expect(dropped).toBeGreaterThan(0);
    expect(toldOf(stderr, 'fallback_failed')).toBe(dropped);
  });
});
