import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { endings, runExample } from '../../run-example.ts';

const program = fileURLToPath(new URL('../orders.js', import.meta.url));

describe('the program', () => {
  it.each(endings)('delivers every record and ends as before: %s', async (way, end) => {
    const ended = await runExample(program, { args: [way] });
    expect(ended).toMatchObject(end);
    expect(ended.stderr).toMatch(way === 'crash' ? /Error: out of paper/ : /^$/);
    const { records } = ended;
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
    const { code, stdout } = await runExample(program, { namesBackend: false });
    expect(code).toBe(0);
    expect(stdout.match(/order placed/g)).toHaveLength(196);
  });
});
