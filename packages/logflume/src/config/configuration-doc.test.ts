import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { renderConfiguration } from '../../test/render-configuration.ts';
import { renderSchema } from '../../test/render-schema.ts';
import { knownVariables, optionList, optionPaths } from './option-list.ts';
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

describe('config.schema.json', () => {
  const schema = fileURLToPath(new URL('../../config.schema.json', import.meta.url));
  const validate = new Ajv2020({ strict: true }).compile(JSON.parse(renderSchema()));

  it('is what "npm run docs" makes of the table of options', async () => {
    await expect(renderSchema()).toMatchFileSnapshot(schema);
  });

  it('is published with the package', () => {
    const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(manifest).toMatchObject({ files: expect.arrayContaining(['config.schema.json']) });
  });

  it.each(optionList.flatMap(({ path, example }) => (example === undefined ? [] : [[path, example] as const])))(
    'takes the example of %s',
    (path, example) => {
      const file = path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), example);
      expect(validate(file), JSON.stringify(validate.errors)).toBe(true);
    },
  );

  it.each([
    [{ batch: null }],
    [{ batch: { lingerMs: null }, level: null, endpoints: null, headers: null, route: null, compression: null }],
    [{ endpoints: [{ url: 'http://h', weight: null }] }],
  ])('takes a key without a value, as the reader does: %j', (file) => {
    expect(validate(file), JSON.stringify(validate.errors)).toBe(true);
  });

  it('takes no limit, which YAML can write', () => {
    const check = new Ajv2020({ strictNumbers: false }).compile(JSON.parse(renderSchema()));
    expect(check({ limits: { maxValueLength: Number.POSITIVE_INFINITY } })).toBe(true);
    expect(check({ limits: { maxValueLength: 2 ** 31 } })).toBe(false);
  });

  it.each([
    [{ endpoint: 'http://h' }],
    [{ batch: { lingerms: 5 } }],
    [{ batch: { lingerMs: -1 } }],
    [{ endpoints: [{ weight: 1 }] }],
    [{ onDiagnostic: 'x' }],
  ])('refuses %j', (file) => {
    expect(validate(file)).toBe(false);
  });
});
