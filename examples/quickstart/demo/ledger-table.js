// @ts-check
import { toText } from './paint.js';

/**
 * @import { Paint } from './paint.js'
 * @import { BackendCounts, LedgerCounts, LedgerLine } from './ledger.js'
 * @typedef {[what: string, shop: number | '', backends: number | '', note: string]} Row
 */

const widths = { what: 24, number: 10 };

/**
 * The table at the end: what the shop says beside what the backends have.
 *
 * @param {LedgerCounts} counts
 * @param {Paint} paint
 * @returns {string}
 */
export function toTable(counts, paint) {
  const { stats, backends } = counts;
  const attempts = sum(backends, ({ endpoint }) => endpoint.attempts);
  const duplicates = counts.duplicates === 0 ? '' : `and ${toText(counts.duplicates)} that came twice`;
  /** @type {Row[]} */
  const rows = [
    ['logged', counts.logged, '', ''],
    ['accepted', stats.accepted, '', ''],
    ['delivered', stats.delivered, counts.received, duplicates],
    ...backends.map(toBackendRow),
    ['rejected', stats.rejected, sum(backends, ({ rejected }) => rejected), ''],
    ['fallback', stats.fallback, counts.fallbackLines, 'records on stderr'],
    ['dropped', stats.dropped.total, '', toReasons(stats.dropped.byReason)],
    ['pending', stats.pending, '', ''],
    ['batches', '', counts.batches, ''],
    ['attempts', attempts, sum(backends, ({ requests }) => requests), ''],
    ['retried', attempts - counts.batches, '', 'attempts beyond one per batch'],
  ];
  const head = `  ${''.padEnd(widths.what)}${'shop'.padStart(widths.number)}${'backends'.padStart(widths.number)}`;
  return [paint('dim', head), ...rows.map((row) => toLine(row, paint))].join('\n');
}

/**
 * @param {BackendCounts} counts
 * @returns {Row}
 */
function toBackendRow({ name, address, endpoint, received, byStatus, unanswered, requests }) {
  const answers = Object.entries(byStatus).map(([status, times]) => `${times} × ${status}`);
  if (unanswered > 0) answers.push(`${unanswered} × no answer`);
  if (endpoint.attempts > requests) answers.push(`${endpoint.attempts - requests} × not reached`);
  return [`  ${name}  ${address}`, endpoint.delivered, received, answers.join(', ')];
}

/**
 * @param {Row} row
 * @param {Paint} paint
 */
function toLine([what, shop, backends, note], paint) {
  const numbers = [shop, backends].map((count) => (count === '' ? '' : toText(count)).padStart(widths.number));
  return `  ${what.padEnd(widths.what)}${numbers.join('')}  ${paint('dim', note)}`.trimEnd();
}

/**
 * @param {readonly LedgerLine[]} lines
 * @param {Paint} paint
 */
export function toVerdict(lines, paint) {
  const shown = lines.map(({ left, right, holds }) =>
    holds ? `  ${paint('green', '✓')} ${left} = ${right}` : `  ${paint('red', '✗')} ${left} ≠ ${right}`,
  );
  const complaints = lines.filter(({ holds }) => !holds).map(({ left, right }) => `${left} is not ${right}`);
  const verdict =
    complaints.length === 0
      ? paint('green', 'The ledger balances.')
      : paint('red', `The ledger does not balance: ${complaints.join('; ')}.`);
  return `${shown.join('\n')}\n\n${verdict}`;
}

/** @param {Readonly<Record<string, number>>} byReason */
function toReasons(byReason) {
  return Object.entries(byReason)
    .filter(([, records]) => records > 0)
    .map(([reason, records]) => `${toText(records)} ${reason}`)
    .join(', ');
}

/**
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => number} count
 */
function sum(items, count) {
  return items.reduce((total, item) => total + count(item), 0);
}
