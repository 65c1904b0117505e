// @ts-check
/** @typedef {import('./run-contestant.js').Result} Result */

const columns = [
  'scenario',
  'sender',
  'emitted',
  'delivered',
  'lost',
  'lost %',
  'dup. with id',
  'dup. without',
  'on stderr',
  'lines printed',
  'requests',
  'shutdown',
  'exit',
];

/** Columns of words are aligned to the left, those of figures to the right. */
const WORD_COLUMNS = 2;

/**
 * Both senders of each scenario under one another.
 *
 * @param {readonly Result[]} results
 */
export function formatTable(results) {
  const rows = results.map(toRow);
  const widths = columns.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const toLine = (/** @type {readonly string[]} */ row) =>
    row
      .map((cell, at) => (at < WORD_COLUMNS ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  return [toLine(columns), ...rows.map(toLine)].join('\n');
}

/** @param {Result} result */
function toRow({ scenario, sender, account, requests, printed, shutdownMs, isCut, exit, unhandled }) {
  const figures = [
    account.emitted,
    account.delivered,
    account.lost,
    `${((account.lost / account.emitted) * 100).toFixed(1)} %`,
    account.duplicatesWithId,
    account.duplicatesWithoutId,
    account.alsoOnStderr === 0 ? account.fallback : `${account.fallback} (+${account.alsoOnStderr} delivered)`,
    printed.length,
    requests,
    shutdownMs === undefined ? 'never ended' : `${(shutdownMs / 1000).toFixed(2)} s${isCut ? ' (cut)' : ''}`,
    unhandled.length === 0 ? exit : `${exit}, ${unhandled.length} unhandled`,
  ];
  return [`${scenario.id} ${scenario.title}`, sender, ...figures.map(formatCell)];
}

/** @param {string | number} cell */
const formatCell = (cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell);

/** Enough to see what a person would have seen, without the page being about it. */
const MAX_LINES = 6;

/**
 * What each sender printed beside records.
 *
 * @param {readonly Result[]} results
 */
export function formatPrinted(results) {
  return results
    .filter(({ printed }) => printed.length > 0)
    .flatMap(({ scenario, sender, printed }) => [
      `${scenario.id} ${sender}:`,
      ...printed.slice(0, MAX_LINES).map((line) => `    ${line}`),
      ...(printed.length > MAX_LINES ? [`    ... and ${printed.length - MAX_LINES} lines more`] : []),
    ])
    .join('\n');
}
