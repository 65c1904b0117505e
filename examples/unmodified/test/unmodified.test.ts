import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Ended, endings, runExample } from '../../run-example.ts';

const pathOf = (program: string): string => fileURLToPath(new URL(`../${program}`, import.meta.url));
const register = ['--import', 'logflume/register'];

/** By host: what the record of the error says, and of which scope all are. */
const hosts = {
  console: { scope: 'console', severities: [9, 17], body: expect.stringContaining('order refused') },
  pino: { scope: 'orders', severities: [9, 17], body: 'order refused' },
  winston: { scope: '', severities: [9, 17], body: 'order refused' },
  bunyan: { scope: 'orders', severities: [9, 17], body: 'order refused' },
  debug: { scope: 'orders:shop', severities: [5], body: 'card declined' },
} as const;

/** Half of the ways to end for each: every host ends in all of them, and so does every kind of module. */
const formats = [
  ['cjs', endings.filter(([way]) => way === 'naturally' || way === 'crash')],
  ['mjs', endings.filter(([way]) => way === 'exit' || way === 'serve')],
] as const;

describe.each(Object.entries(hosts))('a program that logs with %s and knows nothing of logflume', (host, expected) => {
  it.each(formats)('has every record at the backend once, however it ends: %s', async (format, ways) => {
    const runs = ways.map(async ([way, end]) => {
      const ended = await runExample(pathOf(`${host}.${format}`), { nodeArgs: register, args: [way] });
      expect({ way, ...ended }).toMatchObject({ way, ...end });
      expect(ended.records, way).toHaveLength(51);
      expect(ended.stderr).not.toContain('logflume: ');
      return ended;
    });
    const [ended] = await Promise.all(runs);
    const { records, stdout, stderr }: Ended = ended ?? expect.fail('nothing ran');
    expect(new Set(records.map(({ scope }) => scope.name))).toEqual(new Set([expected.scope]));
    expect(new Set(records.map(({ severityNumber }) => severityNumber))).toEqual(new Set(expected.severities));
    const numbers = records.map(({ attributes, body }) => attributes['number'] ?? /\d+/.exec(String(body))?.[0]);
    expect(new Set(numbers.map(Number)).size).toBe(51);
    const refused = records.filter(({ attributes }) => attributes['exception.type'] !== undefined);
    expect(refused).toEqual([
      expect.objectContaining({
        body: expected.body,
        attributes: expect.objectContaining({
          'exception.type': 'RangeError',
          'exception.message': 'card declined',
          'exception.stacktrace': expect.stringContaining(`unmodified/${host}.${format}`),
        }),
      }),
    ]);
    // What the program prints is not changed, nor printed twice.
    expect(`${stdout}${stderr}`).toMatch(/refused|declined/);
    expect(`${stdout}${stderr}`.match(/placed/g)).toHaveLength(50);
    expect(records.some(({ attributes }) => JSON.stringify(attributes).includes('4111 1111'))).toBe(false);
  });
});
