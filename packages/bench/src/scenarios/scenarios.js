// @ts-check
/**
 * The nine baseline scenarios, as data: what is logged, and how the backend misbehaves meanwhile.
 *
 * @typedef {object} Load
 * @property {number} recordsAtOnce - logged in one tick at the start.
 * @property {number} recordsPerSecond - logged evenly after that, in ticks of 20 ms.
 * @property {number} seconds - how long it lasts. One record more is logged at its end, right before the shutdown.
 *
 * @typedef {object} FaultWindow
 * @property {import('@logflume/dev-backend').FaultRule} rule
 * @property {number} fromSeconds - after the first record.
 * @property {number} toSeconds - `Infinity`: the backend does not come back.
 *
 * @typedef {object} Scenario
 * @property {string} id
 * @property {string} title - at scale 1.
 * @property {Load} load
 * @property {FaultWindow} [fault]
 * @property {number} [graceMs] - how long the process waits for the shutdown before it exits; without it as long as
 *   the shutdown takes.
 */

/** @type {(seconds: number) => Load} */
const steady = (seconds) => ({ recordsAtOnce: 0, recordsPerSecond: 500, seconds });

const always = { fromSeconds: 0, toSeconds: Number.POSITIVE_INFINITY };
const outage = { fromSeconds: 5, toSeconds: 30 };

/** @type {readonly Scenario[]} */
export const scenarios = [
  {
    id: 'B1',
    title: '20,000 in one tick, healthy',
    load: { recordsAtOnce: 20_000, recordsPerSecond: 0, seconds: 2 },
  },
  {
    id: 'B2',
    title: '40 s, resets 5-30 s',
    load: steady(40),
    fault: { rule: { kind: 'reset' }, ...outage },
  },
  {
    id: 'B3',
    title: '40 s, 503 5-30 s',
    load: steady(40),
    fault: { rule: { kind: 'status', status: 503 }, ...outage },
  },
  {
    id: 'B4',
    title: '40 s, 429 and Retry-After: 15 5-30 s',
    load: steady(40),
    fault: { rule: { kind: 'status', status: 429, retryAfter: 15 }, ...outage },
  },
  {
    id: 'B5',
    title: '40 s, requests hang 5-30 s',
    load: steady(40),
    fault: { rule: { kind: 'hang' }, ...outage },
  },
  {
    id: 'B6',
    title: '40 s, every tenth request 500',
    load: steady(40),
    fault: { rule: { kind: 'status', status: 500, every: 10 }, ...always },
  },
  {
    id: 'B7', // the records were taken: what comes again is a duplicate
    title: '40 s, every tenth reply lost',
    load: steady(40),
    fault: { rule: { kind: 'reset', after: 'request', every: 10 }, ...always },
  },
  {
    id: 'B8',
    title: '10 s, resets from 8 s, 5 s to shut down',
    load: steady(10),
    fault: { rule: { kind: 'reset' }, fromSeconds: 8, toSeconds: Number.POSITIVE_INFINITY },
    graceMs: 5000,
  },
  { id: 'B9', title: '10 s, healthy', load: steady(10) },
];

/**
 * The scenario with every duration of its script in proportion: load, fault window, and the server's Retry-After, in
 * whole seconds. What belongs to the sender is left alone: its timeouts, its waits, and the time for its shutdown.
 *
 * @param {Scenario} scenario
 * @param {number} scale - above 0; 1 is the scenario as its title says.
 * @returns {Scenario}
 */
export function scaleScenario(scenario, scale) {
  const load = { ...scenario.load, seconds: scenario.load.seconds * scale };
  if (scenario.fault === undefined) return { ...scenario, load };
  const { rule, fromSeconds, toSeconds } = scenario.fault;
  const scaledRule =
    rule.kind === 'status' && typeof rule.retryAfter === 'number'
      ? { ...rule, retryAfter: Math.max(1, Math.round(rule.retryAfter * scale)) }
      : rule;
  return {
    ...scenario,
    load,
    fault: { rule: scaledRule, fromSeconds: fromSeconds * scale, toSeconds: toSeconds * scale },
  };
}

/**
 * The scenarios in groups that run one after another; those of one group run at the same time.
 *
 * By length, so that the whole is short, and so that the burst, which needs the processor for itself, has it.
 *
 * @param {readonly Scenario[]} chosen
 * @returns {Scenario[][]} shortest first.
 */
export function groupByLength(chosen) {
  /** @type {Map<number, Scenario[]>} */
  const groups = new Map();
  for (const scenario of chosen) {
    const { seconds } = scenario.load;
    groups.set(seconds, [...(groups.get(seconds) ?? []), scenario]);
  }
  return [...groups.entries()].toSorted(([a], [b]) => a - b).map(([, group]) => group);
}

/**
 * How many records a load makes by `atMs` after its start. Pure, so both senders emit the same number.
 *
 * @param {Load} load
 * @param {number} atMs
 */
export function recordsDue({ recordsAtOnce, recordsPerSecond, seconds }, atMs) {
  return recordsAtOnce + Math.floor((Math.min(atMs, seconds * 1000) / 1000) * recordsPerSecond);
}

/** @param {Load} load */
export function recordsIn(load) {
  return recordsDue(load, Number.POSITIVE_INFINITY) + 1;
}
