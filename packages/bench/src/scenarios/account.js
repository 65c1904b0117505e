// @ts-check
/**
 * What became of the records of one sender, from what came in and what was printed. Pure.
 *
 * @typedef {object} Account - in records.
 * @property {number} emitted - of a sender that died on its way: what it should have logged.
 * @property {number} delivered - arrived at least once.
 * @property {number} fallback - on stderr as a JSON line, and not delivered.
 * @property {number} alsoOnStderr - on stderr as well as delivered.
 * @property {number} lost - neither delivered nor on stderr.
 * @property {number} duplicatesWithId - copies more than one under the batch id of an earlier copy: a backend can tell.
 * @property {number} duplicatesWithoutId - copies more than one that nobody can tell from new records.
 * @property {number} strangers - arrived or printed, and never written, or not like this.
 */
import { numberOf } from './record.js';

/**
 * @param {number} emitted - records 0 … `emitted` - 1 were logged.
 * @param {import('./receiver.js').Arrivals} arrivals
 * @param {ReadonlySet<number>} printed - numbers of the records on stderr.
 * @returns {Account}
 */
export function accountFor(emitted, { copies, strangers }, printed) {
  const isOurs = (/** @type {number} */ number) => number < emitted;
  const arrived = [...copies.keys()].filter(isOurs);
  const fallback = [...printed].filter((number) => isOurs(number) && !copies.has(number)).length;
  const alsoOnStderr = [...printed].filter((number) => copies.has(number)).length;
  let duplicates = 0;
  let duplicatesWithId = 0;
  for (const ids of copies.values()) {
    duplicates += ids.length - 1;
    duplicatesWithId += ids.filter((id, at) => id !== undefined && ids.indexOf(id) < at).length;
  }
  const unknown = [...copies.keys(), ...printed].filter((number) => !isOurs(number)).length;
  return {
    emitted,
    delivered: arrived.length,
    fallback,
    alsoOnStderr,
    lost: emitted - arrived.length - fallback,
    duplicatesWithId,
    duplicatesWithoutId: duplicates - duplicatesWithId,
    strangers: strangers + unknown,
  };
}

/**
 * Tells the records on a sender's stderr from everything else it printed there.
 *
 * @param {string} text
 * @returns {{ records: Set<number>, lines: string[] }}
 */
export function readPrinted(text) {
  /** @type {Set<number>} */
  const records = new Set();
  /** @type {string[]} */
  const lines = [];
  for (const line of text.split('\n')) {
    const number = numberOfLine(line);
    if (number !== undefined) records.add(number);
    else if (line.trim() !== '') lines.push(line);
  }
  return { records, lines };
}

/** @param {string} line */
function numberOfLine(line) {
  if (!line.startsWith('{')) return undefined;
  try {
    const fields = JSON.parse(line);
    return numberOf(fields.message, fields);
  } catch {
    return undefined; // Half a line, or no JSON: it counts as something else that was printed.
  }
}
