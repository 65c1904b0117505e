// @ts-check
/** Writes the figures of a run into docs/benchmarks.md, between its two markers, and the chart beside it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { toCells, toMarkdown } from '../harness/table.js';
import { targetCells } from '../targets.js';
import { chart } from './chart.js';

const PAGE = new URL('../../../../docs/benchmarks.md', import.meta.url);
const CHART = new URL('../../../../docs/benchmarks.svg', import.meta.url);
const BEGIN = '<!-- figures: written by npm run bench -- --docs -->';
const END = '<!-- end of figures -->';

/**
 * @param {{ cpu: string, cores: number, memoryGiB: number, node: string, system: string, date: string, versions: Record<string, string> }} about
 * @param {readonly import('../harness/measure.js').Measure[]} measures
 * @param {import('../targets.js').Results} results
 * @param {readonly import('../targets.js').Target[]} targets
 */
export function writeDocs(about, measures, results, targets) {
  const page = readFileSync(PAGE, 'utf8');
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error('docs/benchmarks.md has lost the markers of its figures');
  const figures = [
    `${about.date}, ${about.cores} cores of ${about.cpu}, ${about.memoryGiB} GiB, ${about.system}, Node ${about.node}. Medians, with the lowest and highest of the rounds in brackets.`,
    '![Records a second and CPU per record, of logflume and its rivals](benchmarks.svg)',
    '### Targets',
    toMarkdown(targetCells(targets)),
    ...measures.flatMap(({ name, title, note, tables }) => [
      `### ${title}`,
      note,
      ...tables.flatMap((table) => [
        ...(table.title === '' ? [] : [`**${table.title}**`]),
        toMarkdown(toCells(table, results[name] ?? [])),
      ]),
    ]),
    '### Versions and settings',
    Object.entries(about.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    toMarkdown([['contestant', 'settings'], ...settingsOf(results)]),
  ];
  writeFileSync(PAGE, `${page.slice(0, begin)}${BEGIN}\n\n${figures.join('\n\n')}\n\n${page.slice(end)}`);
  writeFileSync(CHART, chart(results['shipping'] ?? []));
}

/** @param {import('../targets.js').Results} results */
function settingsOf(results) {
  const settings = Object.values(results)
    .flat()
    .map((row) => /** @type {const} */ ([row.name, row.settings]));
  return [...new Map(settings)].map((pair) => [...pair]);
}
