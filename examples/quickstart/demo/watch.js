// @ts-check

/**
 * @import { EndpointState } from 'logflume'
 * @import { NamedBackend } from './ledger.js'
 * @import { Progress } from './progress.js'
 * @import { ShopProcess } from './shop-process.js'
 */

const lookEveryMs = 100;
/** The rate is that of the last second. */
const rateOverLooks = 1_000 / lookEveryMs;

/** @type {Readonly<Record<EndpointState, string>>} */
const stateNotes = {
  closed: 'takes records again',
  open: 'is left out for a while',
  'half-open': 'is tried with one batch',
  paused: 'is left alone, as its Retry-After asks',
  gone: 'is gone',
};

/**
 * Looks at the shop's reports until stopped: shows how it stands, and notes what the logger does about its backends.
 *
 * @param {{ shop: ShopProcess, backends: readonly NamedBackend[], progress: Progress, seconds: () => number }} parts
 * @returns {() => void} stops.
 */
export function watchShop({ shop, backends, progress, seconds }) {
  /** @type {{ seconds: number, logged: number }[]} */
  const looks = [];
  /** @type {Map<string, EndpointState>} */
  const noted = new Map();

  const look = () => {
    const report = shop.report();
    if (report === undefined) return;
    const { logged, stats } = report;
    const now = { seconds: seconds(), logged };
    looks.push(now);
    if (looks.length > rateOverLooks + 1) looks.shift();
    const first = looks[0] ?? now;
    const recordsPerSecond = Math.round((logged - first.logged) / Math.max(now.seconds - first.seconds, 0.1));
    const endpoints = stats.endpoints.map((endpoint, index) => ({ ...endpoint, name: backends[index]?.name ?? '?' }));

    for (const { name, state } of endpoints) {
      // A probe takes a moment, and its result is what matters.
      if (state === 'half-open' || state === (noted.get(name) ?? 'closed')) continue;
      noted.set(name, state);
      progress.note(now.seconds, `${name} ${stateNotes[state]}`, true);
    }
    progress.update({
      seconds: now.seconds,
      recordsPerSecond,
      records: logged,
      pending: stats.pending,
      failedAttempts: endpoints.reduce((total, { failures }) => total + failures, 0),
      endpoints,
    });
  };

  const timer = setInterval(look, lookEveryMs);
  return () => {
    clearInterval(timer);
    look();
  };
}
