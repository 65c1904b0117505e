import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repositoryRoot } from './read-workspace.ts';

interface Mutation {
  readonly rows: readonly number[];
  readonly without: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** Plain JavaScript; a computed address keeps the compiler from asking for its declarations. */
const table = new URL('../scripts/mutations/table.js', import.meta.url);
const { mutations }: { mutations: readonly Mutation[] } = await import(table.href);

const LAST_ROW = 77;
/** No test can hold a promise that is not made: it is named in docs/guarantees.md. */
const OUT_OF_SCOPE = [77];

const isTest = (path: string): boolean => path.endsWith('.test.ts') && !/(^|\/)(node_modules|dist)\//.test(path);

/** Rows a test file names in its titles: "… (F12)", "… (F44, G3)". */
function rowsOf(source: string): number[] {
  // Titles are string literals; what stands in a comment proves nothing.
  const literals = source.match(/'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|"(?:[^"\\\n]|\\.)*"/g) ?? [];
  return literals.flatMap((literal) =>
    [...literal.matchAll(/\(([^()]*)\)/g)].flatMap(([, inside = '']) =>
      [...inside.matchAll(/\bF(\d+)\b/g)].map(([, row]) => Number(row)),
    ),
  );
}

function namedRows(): Set<number> {
  const packages = join(repositoryRoot, 'packages');
  const files = readdirSync(packages).flatMap((name) =>
    ['src', 'test'].flatMap((folder) => filesBelow(join(packages, name, folder)).filter(isTest)),
  );
  return new Set(files.flatMap((file) => rowsOf(readFileSync(file, 'utf8'))));
}

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
  } catch {
    return []; // A package without tests of its own.
  }
}

const rows = Array.from({ length: LAST_ROW }, (_, i) => i + 1).filter((row) => !OUT_OF_SCOPE.includes(row));

it('every fault of the matrix is named by a test', () => {
  const named = namedRows();
  expect(rows.filter((row) => !named.has(row))).toEqual([]);
  expect([...named].filter((row) => row < 1 || row > LAST_ROW)).toEqual([]);
});

it('every fault of the matrix has a mutation that its tests must notice', () => {
  expect([...new Set(mutations.flatMap((mutation) => mutation.rows))].sort((a, b) => a - b)).toEqual(rows);
});

it.each(mutations)('the mutation without $without has one place', ({ file, find, replace }) => {
  const source = readFileSync(join(repositoryRoot, 'packages', file), 'utf8');
  expect(source.split(find).length - 1).toBe(1);
  expect(replace).not.toBe(find);
});

it('what no test can hold is named among what is not promised', () => {
  const notPromised =
    readFileSync(join(repositoryRoot, 'docs/guarantees.md'), 'utf8').split('## Not promised')[1] ?? '';
  for (const row of OUT_OF_SCOPE) expect(notPromised).toContain(`(F${row})`);
});
