import type { OptionRow } from './option-row.ts';
import type { OptionRule } from './option-rule.ts';
import { endpointRules, optionRules } from './option-rules.ts';
import { optionTable, otherVariables } from './option-table.ts';

/** An option with all that is known of it. */
export interface OptionEntry extends OptionRow {
  /** From the options object, such as `batch.lingerMs`; members of list entries as `endpoints[].weight`. */
  readonly path: string;
  readonly rule: Exclude<OptionRule, { kind: 'group' }>;
  /** Names of the variables that set it, from the strongest to the weakest. */
  readonly variableNames: readonly string[];
}

/** Every option that has a rule and a row; a test holds that each has both. */
export const optionList: readonly OptionEntry[] = [
  ...entriesOf(optionRules, ''),
  ...entriesOf(endpointRules.fields, 'endpoints[].'),
];

/** Every variable this package looks at. */
export const knownVariables: ReadonlySet<string> = new Set([
  ...Object.keys(otherVariables),
  ...optionList.flatMap(({ variableNames }) => variableNames),
]);

/** Paths of all options that rules speak of, whether they have a row or not. */
export function optionPaths(
  rules: Readonly<Record<string, OptionRule>> = optionRules,
  prefix: string = '',
): readonly string[] {
  return leavesOf(rules, prefix).map(([path]) => path);
}

/** `retry.baseDelayMs` becomes `LOGFLUME_RETRY_BASE_DELAY_MS`. */
export function variableOf(path: string): string {
  const words = path.replaceAll('.', '_').replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`);
  return `LOGFLUME_${words.toUpperCase()}`;
}

function entriesOf(rules: Readonly<Record<string, OptionRule>>, prefix: string): readonly OptionEntry[] {
  return leavesOf(rules, prefix).flatMap(([path, rule]) => {
    const row = Object.hasOwn(optionTable, path) ? optionTable[path] : undefined;
    if (row === undefined) return [];
    const variableNames = row.variables === undefined ? [variableOf(path)] : Object.keys(row.variables);
    return [{ ...row, path, rule, variableNames }];
  });
}

type Leaf = readonly [path: string, rule: OptionEntry['rule']];

function leavesOf(rules: Readonly<Record<string, OptionRule>>, prefix: string): readonly Leaf[] {
  return Object.entries(rules).flatMap(([name, rule]): readonly Leaf[] =>
    rule.kind === 'group' ? leavesOf(rule.fields, `${prefix}${name}.`) : [[`${prefix}${name}`, rule]],
  );
}
