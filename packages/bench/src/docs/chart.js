// @ts-check
/** A chart of the shipping measure: two groups of bars, the best first. Pure. */
import { count, number } from '../harness/table.js';

const WIDTH = 860;
const LABEL_WIDTH = 270;
const VALUE_WIDTH = 90;
const BAR = 16;
const GAP = 7;
const HEAD = 34;

/**
 * @param {readonly import('../harness/measure.js').Row[]} rows
 * @returns {string} an SVG that is read on white and on black.
 */
export function chart(rows) {
  const whole = rows.filter(({ figures }) => figures['lost']?.median === 0);
  const group = rows.length === whole.length ? '' : ' (those that lose nothing)';
  const speed = bars(whole, 'recordsPerSecond', `records a second, more is better${group}`, count, (a, b) => b - a, 0);
  const cpu = bars(whole, 'cpuUs', `CPU per record, µs, less is better${group}`, number, (a, b) => a - b, speed.height);
  const height = speed.height + cpu.height;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#888">`,
    '<title>Records a second, and CPU per record, of logflume and its rivals</title>',
    ...speed.lines,
    ...cpu.lines,
    '</svg>\n',
  ].join('\n');
}

/**
 * @param {readonly import('../harness/measure.js').Row[]} rows
 * @param {string} key
 * @param {string} title
 * @param {(value: number) => string} format
 * @param {(a: number, b: number) => number} order
 * @param {number} top
 */
function bars(rows, key, title, format, order, top) {
  const values = rows
    .map(({ name, figures }) => ({ name, value: figures[key]?.median ?? 0 }))
    .sort((a, b) => order(a.value, b.value));
  const most = Math.max(...values.map(({ value }) => value));
  const lines = [`<text x="0" y="${top + 20}" font-weight="bold">${title}</text>`];
  values.forEach(({ name, value }, i) => {
    const y = top + HEAD + i * (BAR + GAP);
    const width = ((WIDTH - LABEL_WIDTH - VALUE_WIDTH) * value) / most;
    const fill = name.includes('logflume') ? '#2f81f7' : '#9aa4af';
    lines.push(
      `<text x="${LABEL_WIDTH - 8}" y="${y + 13}" text-anchor="end">${name}</text>`,
      `<rect x="${LABEL_WIDTH}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" fill="${fill}"/>`,
      `<text x="${(LABEL_WIDTH + width + 6).toFixed(1)}" y="${y + 13}">${format(value)}</text>`,
    );
  });
  return { lines, height: HEAD + values.length * (BAR + GAP) + GAP };
}
