// @ts-check
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDevBackend } from '@logflume/dev-backend';
import { checkLedger, gatherCounts } from './ledger.js';
import { toTable, toVerdict } from './ledger-table.js';
import { createPaint, toText } from './paint.js';
import { createProgress } from './progress.js';
import { tellFailedRequest } from './request-story.js';
import { createScript } from './script.js';
import { falsify, readSettings, shopEnvironment } from './settings.js';
import { startShop } from './shop-process.js';
import { startTraffic } from './traffic.js';
import { watchShop } from './watch.js';

/**
 * @import { NamedBackend } from './ledger.js'
 * @import { ShopProcess } from './shop-process.js'
 * @import { TrafficCounts } from './traffic.js'
 */

const settings = readSettings(process.env);
const paint = createPaint(process.stdout);
const progress = createProgress(process.stdout);

const startedMs = performance.now();
const seconds = () => (performance.now() - startedMs) / 1000;

const stop = new AbortController();
/** @type {NodeJS.Signals | undefined} */
let stoppedBy;

/** @param {NodeJS.Signals} signal */
function interrupt(signal) {
  stoppedBy ??= signal;
  stop.abort();
}

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, interrupt);
}
// Whoever read the output has left: `npm start | head`.
process.stdout.on('error', () => interrupt('SIGPIPE'));

process.exitCode = await main();

/** @returns {Promise<number>} the exit code. */
async function main() {
  // Every record of a run is kept, so that each can be counted at the end.
  const [a, b, c] = await Promise.all([
    createDevBackend({ maxRecords: 1_000_000 }),
    createDevBackend({ maxRecords: 1_000_000 }),
    createDevBackend({ maxRecords: 1_000_000 }),
  ]);
  const backends = [
    { name: 'A', backend: a },
    { name: 'B', backend: b },
    { name: 'C', backend: c },
  ];
  const environment = shopEnvironment(backends.map(({ backend }) => backend.url));
  const shop = await startShop(environment, (line) => progress.note(seconds(), paint('yellow', line)));
  // A shop that ends too early ends the play.
  void shop.ended.then(() => stop.abort());
  introduce(environment);

  const unwatch = watchShop({ shop, backends, progress, seconds });
  const traffic = startTraffic(shop.url, { seconds: settings.seconds, signal: stop.signal });
  try {
    await play(createScript({ b, c }));
    await traffic.ended;
    progress.note(seconds(), 'SIGTERM: the shop closes its server, then its logger');
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    await shop.end();
    unwatch();
    progress.end();
    for (const { backend } of backends) await backend.close();
  }
  if (stoppedBy !== undefined) {
    console.log('Interrupted.');
    return 128 + constants.signals[stoppedBy];
  }
  return conclude(shop, backends, traffic.counts);
}

/** @param {Readonly<Record<string, string>>} environment */
function introduce(environment) {
  console.log('\nA shop logs to three backends. All it knows of them is in its environment:\n');
  for (const [name, value] of Object.entries(environment)) console.log(`  ${paint('dim', `${name}=`)}${value}`);
  console.log('');
}

/** @param {readonly import('./script.js').Phase[]} phases */
async function play(phases) {
  let endsAt = seconds();
  for (const { title, share, begin } of phases) {
    progress.note(seconds(), paint('bold', title));
    endsAt += share * settings.seconds;
    await begin();
    await sleep(Math.max(0, endsAt - seconds()) * 1000, undefined, { signal: stop.signal });
  }
}

/**
 * @param {ShopProcess} shop
 * @param {readonly NamedBackend[]} backends
 * @param {TrafficCounts} traffic
 * @returns {number} the exit code.
 */
function conclude(shop, backends, traffic) {
  const { answered, refused, failed, unanswered } = traffic;
  const trouble = shop.troubleAtEnd();
  const report = shop.report();
  if (trouble !== undefined || report === undefined) {
    console.log(paint('red', trouble ?? 'the shop never reported'));
    return 1;
  }
  const counts = falsify(
    gatherCounts({ logged: report.logged, stats: report.stats, fallbackLines: shop.fallbackLines() }, backends),
    settings.miscount,
  );
  const lines = checkLedger(counts);
  const requests = `${toText(answered)} requests answered, ${refused} refused (4xx), ${failed} failed (5xx)`;
  console.log(
    `\n${tellFailedRequest(backends, { paint, columns: process.stdout.columns ?? Infinity }) ?? 'No request failed.'}\n`,
  );
  console.log(`${requests}${unanswered === 0 ? '' : `, ${unanswered} without an answer`}.\n`);
  console.log(`${toTable(counts, paint)}\n`);
  console.log(toVerdict(lines, paint));
  return lines.every(({ holds }) => holds) ? 0 : 1;
}
