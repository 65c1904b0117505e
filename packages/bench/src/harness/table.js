// @ts-check
/** How figures are written: medians, and the spread of the rounds where there is one. */

/** @param {number} value */
export const count = (value) => Math.round(value).toLocaleString('en');
/** @param {number} value */
export const number = (value) => value.toFixed(value < 10 ? 2 : 1);
/** @param {number} value */
export const megabytes = (value) => value.toFixed(value < 10 ? 1 : 0);

/**
 * @param {import('./measure.js').Table} table
 * @param {readonly import('./measure.js').Row[]} rows
 * @returns {string[][]} the first row has the titles.
 */
export function toCells({ columns }, rows) {
  return [
    ['', ...columns.map(({ title }) => title)],
    ...rows.map(({ name, figures }) => [
      name,
      ...columns.map(({ key, format }) => {
        const figure = figures[key];
        if (figure === undefined || Number.isNaN(figure.median)) return '–';
        const [low, high] = [format(figure.min), format(figure.max)];
        return low === high ? format(figure.median) : `${format(figure.median)} (${low}–${high})`;
      }),
    ]),
  ];
}

/** @param {readonly (readonly string[])[]} cells */
export function toText(cells) {
  const widths = (cells[0] ?? []).map((_, i) => Math.max(...cells.map((row) => row[i]?.length ?? 0)));
  const pad = (/** @type {string} */ cell, /** @type {number} */ i) =>
    i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0);
  return cells.map((row) => row.map(pad).join('  ').trimEnd()).join('\n');
}

/** @param {readonly (readonly string[])[]} cells */
export function toMarkdown([head = [], ...rows]) {
  const line = (/** @type {readonly string[]} */ row) => `| ${row.join(' | ')} |`;
  const rule = head.map((_, i) => (i === 0 ? '---' : '--:'));
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}
