// @ts-check
/**
 * A measure: what is done with one contestant, once. The harness does it with each in turn, round by round, so that a
 * machine that changes its speed changes it for all.
 *
 * @typedef {{ file: string, contestant: import('../contestants/list.js').Contestant, variant: import('../contestants/list.js').Variant }} Participant
 * @typedef {{ key: string, title: string, format: (value: number) => string }} Column
 * @typedef {{ title: string, columns: readonly Column[] }} Table
 * @typedef {{ median: number, min: number, max: number }} Figure
 * @typedef {{ name: string, settings: string, figures: Record<string, Figure> }} Row
 *
 * @typedef {object} Measure
 * @property {import('../contestants/list.js').MeasureName} name
 * @property {string} title
 * @property {string} note - what is done, for whoever reads the table.
 * @property {{ full: number, quick: number }} rounds
 * @property {(quick: boolean) => Promise<Participant[]>} contestants
 * @property {(participant: Participant, quick: boolean) => Promise<Record<string, number>>} once
 * @property {readonly Table[]} tables
 */
import { summarise } from './statistics.js';

/**
 * @param {Measure} measure
 * @param {boolean} quick
 * @param {(text: string) => void} say - progress.
 * @returns {Promise<Row[]>}
 */
export async function take(measure, quick, say) {
  const participants = await measure.contestants(quick);
  /** @type {Record<string, number>[][]} */
  const samples = participants.map(() => []);
  const rounds = quick ? measure.rounds.quick : measure.rounds.full;
  for (let round = 1; round <= rounds; round++) {
    for (const [i, participant] of participants.entries()) {
      say(`${measure.name}, round ${round} of ${rounds}: ${participant.variant.name}`);
      samples[i]?.push(await measure.once(participant, quick));
    }
  }
  return participants.map(({ variant }, i) => ({
    name: variant.name,
    settings: variant.settings,
    figures: summarise(samples[i] ?? []),
  }));
}

/**
 * The first variant of each contestant, where settings make no difference.
 *
 * @param {readonly Participant[]} participants
 */
export function oncePerFile(participants) {
  return participants.filter(({ file }, i) => participants.findIndex((each) => each.file === file) === i);
}

/**
 * What logs nothing: what it reads is the machine and the harness.
 *
 * @type {Participant}
 */
export const harnessAlone = {
  file: '',
  contestant: { packages: [], variants: [], create: () => ({ calls: /** @type {any} */ ({}), end: () => undefined }) },
  variant: { name: 'the harness alone', settings: 'logs nothing', measures: [] },
};
