// @ts-check
/**
 * What an access log adds, from rounds in which every contestant had its turn. Pure.
 *
 * @typedef {{ latencyUs: number, cpuUs: number }} Burst - of one request, on average over a burst.
 * @typedef {{ bare: Burst, theirs: Burst, ours: Burst }} Round
 * @typedef {{ bare: number, theirs: number, ours: number, ratio: number }} Added - µs for each request: of the bare
 *   application in all, of the others what they add; `ratio` is ours to theirs.
 */
import { median } from '../harness/statistics.js';

/**
 * Medians of what each adds to the bare application of the same round: a machine that changes its speed changes it for all
 * three.
 *
 * @param {readonly Round[]} rounds - at least one.
 * @returns {Record<'latencyUs' | 'cpuUs', Added>}
 */
export function addedBy(rounds) {
  const of = (/** @type {'latencyUs' | 'cpuUs'} */ key) => {
    const added = (/** @type {'theirs' | 'ours'} */ who) =>
      median(rounds.map((each) => each[who][key] - each.bare[key]));
    const [theirs, ours] = [added('theirs'), added('ours')];
    return { bare: median(rounds.map(({ bare }) => bare[key])), theirs, ours, ratio: ours / theirs };
  };
  return { latencyUs: of('latencyUs'), cpuUs: of('cpuUs') };
}
