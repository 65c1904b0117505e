// @ts-check
/**
 * What an access log adds, from rounds in which every contestant had its turn. Pure.
 *
 * @typedef {{ bare: number, theirs: number, ours: number }} Round - µs for each request of a burst.
 * @typedef {{ bare: number, theirs: number, ours: number, ratio: number }} Added - µs for each request: of the bare
 *   application in all, of the others what they add; `ratio` is ours to theirs.
 */
import { median } from '../harness/statistics.js';

/**
 * Medians of what each adds to the bare application of the same round: a machine that changes its speed changes it for all
 * three.
 *
 * @param {readonly Round[]} rounds - at least one.
 * @returns {Added}
 */
export function addedBy(rounds) {
  const theirs = median(rounds.map((each) => each.theirs - each.bare));
  const ours = median(rounds.map((each) => each.ours - each.bare));
  return { bare: median(rounds.map(({ bare }) => bare)), theirs, ours, ratio: ours / theirs };
}
