import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from './read-workspace.ts';

const text = readFileSync(join(repositoryRoot, 'docs/guarantees.md'), 'utf8');

/** Each promise with the tests under it. */
const sections = text
  .split(/^## /m)
  .filter((section) => /^G\d+ /.test(section))
  .map((section) => ({
    name: section.split('\n')[0] ?? '',
    listed: section.split(/^- /m).length - 1,
    tests: [...section.matchAll(/^- \[(.*)\]\(\.\.\/(.*\.test\.ts)\)/gm)].map(([, title = '', path = '']) => ({
      title,
      path,
    })),
  }));

describe('the guarantees', () => {
  it('are numbered from G1 to G12', () => {
    expect(sections.map(({ name }) => name.split(' ')[0])).toEqual(Array.from({ length: 12 }, (_, i) => `G${i + 1}`));
  });

  it.each(sections)('$name is held by tests that exist', ({ listed, tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    expect(tests.length).toBe(listed);
    for (const { title, path } of tests) {
      const file = join(repositoryRoot, path);
      expect(existsSync(file), path).toBe(true);
      expect(readFileSync(file, 'utf8'), path).toContain(title);
    }
  });

  it('are linked from the README', () => {
    expect(readFileSync(join(repositoryRoot, 'README.md'), 'utf8')).toContain('(docs/guarantees.md)');
  });
});
