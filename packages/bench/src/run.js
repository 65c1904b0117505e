// @ts-check
// The benchmarks: logflume beside what a user would pick instead, every contestant in a process of its own, in turn.
//
//   npm run bench                          all of it, about half an hour; writes packages/bench/results.json
//   npm run bench -- --quick               two minutes, good for seeing that it works
//   npm run bench -- shipping call-cost    these measures alone
//   npm run bench -- --docs                all of it, and docs/benchmarks.md and its chart are written
import { writeFileSync } from 'node:fs';
import { callCost } from './call-cost/measure.js';
import { close } from './close/measure.js';
import { files, load } from './contestants/list.js';
import { writeDocs } from './docs/write-docs.js';
import { parseFlags } from './flags.js';
import { take } from './harness/measure.js';
import { toCells, toText } from './harness/table.js';
import { importTime } from './import/measure.js';
import { machine, versionsOf } from './machine.js';
import { outage } from './outage/measure.js';
import { paced } from './paced/measure.js';
import { shipping } from './shipping/measure.js';
import { size } from './size/measure.js';
import { judge, targetCells } from './targets.js';
import { wire } from './wire/measure.js';

const measures = [callCost, shipping, paced, outage, close, wire, importTime, size];

/** Beside what is run: figures of a run are worth keeping, and are no part of the sources. */
const RESULTS = new URL('../results.json', import.meta.url);

try {
  await main();
} catch (error) {
  if (!(error instanceof TypeError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

async function main() {
  const names = measures.map(({ name }) => name);
  const { chosen, quick, docs } = parseFlags(process.argv.slice(2), names);
  const about = { ...machine(), date: new Date().toISOString().slice(0, 10), quick, versions: await versions() };
  console.log(`${about.cores} x ${about.cpu}, Node ${about.node}, ${about.system}, load ${about.load.toFixed(1)}`);
  console.log(
    Object.entries(about.versions)
      .map((pair) => pair.join(' '))
      .join(', '),
  );
  /** @type {import('./targets.js').Results} */
  const results = {};
  for (const measure of measures.filter(({ name }) => chosen.includes(name))) {
    const rows = await take(measure, quick, say);
    say('');
    results[measure.name] = rows;
    console.log(`\n${measure.title}\n${measure.note}`);
    for (const table of measure.tables) console.log(`\n${table.title}\n${toText(toCells(table, rows))}`);
  }
  const targets = judge(results).filter(({ measured }) => measured !== undefined);
  console.log(`\nTargets\n\n${toText(targetCells(targets))}`);
  writeFileSync(RESULTS, `${JSON.stringify({ about, results, targets }, undefined, 2)}\n`);
  if (docs) writeDocs(about, measures, results, targets);
}

/** One line of progress, where somebody looks. */
function say(/** @type {string} */ text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

async function versions() {
  const contestants = await Promise.all(files.map(load));
  return versionsOf([...new Set(contestants.flatMap(({ packages }) => packages))]);
}
