// @ts-check
// The baseline scenarios: logflume beside the OpenTelemetry SDK, each with its defaults, at the same time on the same
// machine. Exits with 1 if logflume lost a record or broke another rule of problems.js.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { parseFlags, usage } from './flags.js';
import { problemsOf } from './problems.js';
import { MAX_SHUTDOWN_MS, prepareRun, senders } from './run-contestant.js';
import { groupByLength, scaleScenario } from './scenarios.js';
import { formatPrinted, formatTable } from './table.js';

/** Starting the processes of a group, and a shutdown that has something to do. */
const OVERHEAD_SECONDS = 3;

const contestants = /** @type {(keyof typeof senders)[]} */ (Object.keys(senders));

const flags = readFlags();
if (flags !== undefined) await main(flags);

function readFlags() {
  try {
    return parseFlags(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`);
    process.exitCode = 2;
    return undefined;
  }
}

/** @param {ReturnType<typeof parseFlags>} flags */
async function main({ chosen, scale, json }) {
  const groups = groupByLength(chosen.map((scenario) => scaleScenario(scenario, scale)));
  const say = json ? console.error : console.log;
  say(`${describePlan(groups, scale)}\n`);
  /** @type {import('./run-contestant.js').Result[]} */
  const results = [];
  for (const group of groups) {
    console.error(`${group.map(({ id }) => id).join(', ')} ...`);
    results.push(...(await runGroup(group)));
  }
  results.sort((a, b) => a.scenario.id.localeCompare(b.scenario.id));
  if (json) console.log(JSON.stringify({ machine: describeMachine(), scale, results }, undefined, 2));
  else console.log(report(results));
  if (results.some((result) => result.sender === 'logflume' && problemsOf(result).length > 0)) process.exitCode = 1;
}

/**
 * All senders of a group start their first record together, once every process is up.
 *
 * @param {readonly import('./scenarios.js').Scenario[]} group
 */
async function runGroup(group) {
  const runs = await Promise.all(
    group.flatMap((scenario) => contestants.map((sender) => prepareRun(scenario, sender))),
  );
  return Promise.all(runs.map((run) => run.start()));
}

/**
 * @param {readonly import('./scenarios.js').Scenario[][]} groups
 * @param {number} scale
 */
function describePlan(groups, scale) {
  const loads = groups.map((group) => Math.max(...group.map(({ load }) => load.seconds)));
  const total = (/** @type {number} */ extra) => Math.ceil(loads.reduce((sum, seconds) => sum + seconds + extra, 0));
  const count = groups.flat().length;
  return `${describeMachine()}
${count} scenarios at scale ${scale}, about ${total(OVERHEAD_SECONDS)} s, never more than ${total(MAX_SHUTDOWN_MS / 1000 + 10)} s`;
}

function describeMachine() {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const { dependencies } = manifest;
  const rivals = ['sdk-logs', 'exporter-logs-otlp-http'].map(
    (name) => `${name} ${dependencies[`@opentelemetry/${name}`]}`,
  );
  const cpu = os.cpus()[0]?.model ?? 'unknown CPU';
  return `logflume ${dependencies.logflume} beside OpenTelemetry ${rivals.join(', ')}; Node ${process.versions.node}, ${os.availableParallelism()} cores, ${cpu}`;
}

/** @param {readonly import('./run-contestant.js').Result[]} results */
function report(results) {
  const ours = results.filter(({ sender }) => sender === 'logflume');
  const problems = ours.flatMap((result) => problemsOf(result).map((sentence) => `${result.scenario.id}: ${sentence}`));
  const printed = formatPrinted(results);
  const clean = ours.filter(({ account }) => account.lost === 0).length;
  return [
    formatTable(results),
    `lost: neither delivered nor on stderr as a JSON line. dup.: copies more than one, with or without a batch id they share.`,
    printed === '' ? 'Nothing was printed beside records.' : `Printed beside records:\n${printed}`,
    `logflume lost nothing in ${clean} of ${ours.length} scenarios.`,
    ...(problems.length === 0 ? [] : [`Problems of logflume:\n${problems.map((line) => `  ${line}`).join('\n')}`]),
  ].join('\n\n');
}
