import { describe, expect, it } from 'vitest';
import { parseLevels } from './config/parse-levels.ts';
import { createLevelCell } from './level-cell.ts';

const rules = (text: string) => {
  const { default: fallback = 'info', byName } = parseLevels(text);
  return { default: fallback, byName };
};

describe('rules that change at run time', () => {
  it('reach loggers made before, also one whose name had no rule', () => {
    const root = createLevelCell('', rules('info'));
    const db = root.childCell('db', undefined);
    const pool = db.childCell('db.pool', undefined);
    root.applyRules(rules('warn,db=debug'));
    expect([root, db, pool].map(({ threshold }) => threshold)).toEqual(['warn', 'debug', 'debug']);
    expect([root, db, pool].map(({ minSeverity }) => minSeverity)).toEqual([13, 5, 5]);
    root.applyRules(rules('error'));
    expect([root, db, pool].map(({ threshold }) => threshold)).toEqual(['error', 'error', 'error']);
  });

  it('leave a level that was set in code', () => {
    const root = createLevelCell('', rules('info'));
    const [set, own] = [root.childCell('db', undefined), root.childCell('db', 'fatal')];
    set.set('trace');
    root.applyRules(rules('warn,db=error'));
    expect([root, set, own].map(({ threshold }) => threshold)).toEqual(['warn', 'trace', 'fatal']);
  });

  it('hold after a level for a limited time', () => {
    const root = createLevelCell('', rules('info'));
    const end = root.setFor('trace', 1000);
    root.applyRules(rules('error'));
    expect(root.threshold).toBe('trace');
    end();
    expect(root.threshold).toBe('error');
  });

  it('apply to the root by its name', () => {
    expect(createLevelCell('db.pool', rules('info,db=debug')).threshold).toBe('debug');
  });
});

it('has one cell for a name, however many loggers bear it', () => {
  const root = createLevelCell('', rules('info'));
  expect(root.childCell('db', undefined)).toBe(root.childCell('db', undefined));
  expect(root.childCell(undefined, undefined)).toBe(root);
  expect(root.childCell('', undefined)).toBe(root);
});
