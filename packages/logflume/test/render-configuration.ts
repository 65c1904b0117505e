import { type OptionEntry, optionList } from '../src/config/option-list.ts';
import type { sections } from '../src/config/option-row.ts';
import { otherVariables } from '../src/config/option-table.ts';

/**
 * Writes the tables of docs/configuration.md anew. What stands between `<!-- options <section> -->` or
 * `<!-- variables -->` and the next `<!-- end -->` is replaced, the rest is prose and stays.
 */
export function renderConfiguration(page: string): string {
  return page.replace(/(<!-- (options (\w+)|variables) -->\n).*?(?=<!-- end -->)/gs, (_, start, what, section) => {
    return `${start}${what === 'variables' ? variableTable() : optionTables(section)}`;
  });
}

function optionTables(section: (typeof sections)[number]): string {
  const rows = optionList.filter((option) => option.section === section).sort(byPlace);
  const table = toTable(
    ['Option', 'Variable', 'Values', 'Default', 'Meaning'],
    rows.map((option) => [
      `\`${option.path}\``,
      option.variableNames.map((name) => `\`${name}\``).join(', ') || codeOnly(option),
      valuesOf(option),
      option.default,
      option.description,
    ]),
  );
  const notes = rows.flatMap(({ variables = {} }) =>
    Object.entries(variables).flatMap(([name, note]) => (note === '' ? [] : [`- \`${name}\`: ${note}.`])),
  );
  return notes.length === 0 ? `${table}\n` : `${table}\n${notes.join('\n')}\n\n`;
}

function variableTable(): string {
  const rows = Object.entries(otherVariables).map(([name, row]) => [`\`${name}\``, row.default, row.description]);
  return `${toTable(['Variable', 'Default', 'Meaning'], rows)}\n`;
}

/** Members of list entries stand behind their list. */
function byPlace(a: OptionEntry, b: OptionEntry): number {
  return placeOf(a) - placeOf(b);
}

function placeOf(option: OptionEntry): number {
  const place = (path: string): number => optionList.findIndex((entry) => entry.path === path);
  const [list, member] = option.path.split('[]');
  return member === undefined ? place(option.path) : place(list ?? '') + place(option.path) / 1000;
}

function codeOnly(option: OptionEntry): string {
  return option.path.includes('[]') ? 'in that of the list' : 'code only';
}

function valuesOf({ rule, unit }: OptionEntry): string {
  if (rule.kind === 'headers') return rule.orFunction ? 'object or async function' : 'object';
  const text = rule.expected.replace(/^an? (?=integer|number|string|function|object|axios|array)/, '');
  const quoted = text.replaceAll(/"([^"]+)"/g, "`'$1'`");
  return unit === undefined || quoted.includes(unit) ? quoted : `${quoted}; ${unit}`;
}

function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return [line(head), `|${'---|'.repeat(head.length)}\n`, ...rows.map(line)].join('');
}
