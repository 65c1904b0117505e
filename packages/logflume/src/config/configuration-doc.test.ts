import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { renderConfiguration } from '../../test/render-configuration.ts';
import { knownVariables, optionPaths } from './option-list.ts';
import { endpointRules } from './option-rules.ts';
import { optionTable } from './option-table.ts';

const page = fileURLToPath(new URL('../../../../docs/configuration.md', import.meta.url));
const paths = [...optionPaths(), ...optionPaths(endpointRules.fields, 'endpoints[].')];

describe('the table of options', () => {
  it.each(paths)('has a row for %s', (path) => {
    const advice = `${path} has a rule in option-rules.ts and no row: add one in option-table.ts, then "npm run docs"`;
    expect(Object.hasOwn(optionTable, path), advice).toBe(true);
  });

  it.each(Object.keys(optionTable))('has a rule for %s', (path) => {
    expect(paths, `${path} has a row in option-table.ts and no rule in option-rules.ts`).toContain(path);
  });
});

describe('docs/configuration.md', () => {
  it('is what "npm run docs" makes of the table of options', async () => {
    await expect(renderConfiguration(readFileSync(page, 'utf8'))).toMatchFileSnapshot(page);
  });

  it('names every variable', () => {
    const text = readFileSync(page, 'utf8');
    expect([...knownVariables].filter((name) => !text.includes(`\`${name}\``))).toEqual([]);
  });
});
