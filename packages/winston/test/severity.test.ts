import { describe, expect, it, vi } from 'vitest';
import winston from 'winston';
import { LogflumeTransport } from '../src/index.ts';
import { severitiesOf, severityOfName } from '../src/severity.ts';
import { createRig } from './rig.ts';

const tables = {
  npm: { error: 17, warn: 13, info: 9, http: 7, verbose: 6, debug: 5, silly: 1 },
  syslog: { emerg: 23, alert: 22, crit: 21, error: 17, warning: 13, notice: 10, info: 9, debug: 5 },
  cli: { error: 17, warn: 13, help: 11, data: 10, info: 9, debug: 5, prompt: 4, verbose: 3, input: 2, silly: 1 },
};

describe('the severity of a level', () => {
  it.each(['npm', 'syslog', 'cli'] as const)('is that of its set: %s', async (set) => {
    await using rig = await createRig();
    const { levels } = winston.config[set];
    const least = Object.keys(levels).at(-1) ?? '';
    const transports = [new LogflumeTransport({ logger: rig.logger })];
    const log = winston.createLogger({ levels, level: least, transports });
    for (const level of Object.keys(levels)) log.log(level, 'm');
    const records = await rig.received();
    expect(Object.fromEntries(records.map((each) => [each.severityText, each.severityNumber]))).toEqual(tables[set]);
  });

  it.each<[string, Record<string, number>, Record<string, number>]>([
    [
      'known names',
      { fatal: 0, error: 1, warn: 2, info: 3, debug: 4, trace: 5 },
      { fatal: 21, error: 17, warn: 13, info: 9, debug: 5, trace: 1 },
    ],
    ['names in capitals', { ERROR: 0, WARN: 1 }, { ERROR: 17, WARN: 13 }],
    ['a name between two known ones', { error: 0, audit: 1, info: 2 }, { error: 17, audit: 13, info: 9 }],
    ['names closer to one side', { error: 0, a: 1, b: 2, info: 4 }, { error: 17, a: 15, b: 13, info: 9 }],
    ['a name above the known ones', { panic: 0, error: 1, warn: 2 }, { panic: 21, error: 17, warn: 13 }],
    ['names that leave the range', { a: 0, error: 5, info: 6, b: 20 }, { a: 24, error: 17, info: 9, b: 1 }],
    ['one known name', { high: 0, info: 1, low: 2 }, { high: 13, info: 9, low: 5 }],
    ['no known name', { high: 0, mid: 1, low: 2 }, { high: 17, mid: 11, low: 5 }],
    ['a single unknown name', { only: 0 }, { only: 9 }],
    ['the rank, not the order they are written in', { info: 2, audit: 1, error: 0 }, { info: 9, audit: 13, error: 17 }],
    ['names of the prototype', { toString: 0, info: 1 }, { toString: 13, info: 9 }],
  ])('is interpolated in a set of its own: %s', (_, levels, expected) => {
    expect(Object.fromEntries(severitiesOf(levels, {}))).toEqual(expected);
  });

  it('is what severityMapping says, which others are interpolated from', () => {
    expect(Object.fromEntries(severitiesOf({ loud: 0, mid: 1, info: 2 }, { loud: 21 }))).toEqual({
      loud: 21,
      mid: 15,
      info: 9,
    });
    expect(severitiesOf(winston.config.npm.levels, { http: 10 }).get('http')).toBe(10);
  });

  it('is told by its name alone where the set is not known', () => {
    expect(['error', 'crit', 'Verbose', 'trace', 'nobody'].map((name) => severityOfName(name, {}))).toEqual([
      17, 21, 6, 1, 0,
    ]);
  });

  it('does not matter for a level that the set does not have: no transport receives it', async () => {
    await using rig = await createRig();
    const log = winston.createLogger({ transports: [new LogflumeTransport({ logger: rig.logger })] });
    const notice = vi.spyOn(console, 'error').mockReturnValue(undefined);
    log.log('nope', 'm');
    log.info('known');
    expect(notice).toHaveBeenCalledOnce();
    notice.mockRestore();
    expect(await rig.single()).toMatchObject({ body: 'known' });
  });
});
