// @ts-check
import { stripVTControlCharacters } from 'node:util';
import { createPaint, toText } from './paint.js';

/**
 * @import { EndpointState } from 'logflume'
 * @import { Paint, Style } from './paint.js'
 *
 * @typedef {object} ProgressView
 * @property {number} seconds - since the start.
 * @property {number} recordsPerSecond
 * @property {number} records - logged so far.
 * @property {number} pending
 * @property {number} failedAttempts
 * @property {readonly { name: string, state: EndpointState, delivered: number, failures: number }[]} endpoints
 *
 * @typedef {object} Progress
 * @property {(view: ProgressView) => void} update - shows how it stands; called often.
 * @property {(seconds: number, text: string, isDetail?: boolean) => void} note - prints a line that stays.
 * @property {() => void} end - leaves the screen as a shell expects it.
 */

/** A circuit breaker that is closed is good news, which not every newcomer knows. */
const stateWords = /** @type {const} */ ({
  closed: 'ok',
  open: 'out',
  'half-open': 'probed',
  paused: 'paused',
  gone: 'gone',
});

/** @type {Readonly<Record<EndpointState, Style>>} */
const stateStyles = { closed: 'green', open: 'red', 'half-open': 'yellow', paused: 'yellow', gone: 'red' };

const barWidth = 24;
const lineEveryMs = 1_000;

/**
 * Shows a run while it goes on: a few lines in place on a terminal, one line a second elsewhere.
 *
 * @param {NodeJS.WriteStream} stream
 * @returns {Progress}
 */
export function createProgress(stream) {
  const canMove = stream.isTTY && process.env['TERM'] !== 'dumb';
  return canMove ? createBlock(stream) : createLines(stream);
}

/**
 * @param {NodeJS.WriteStream} stream
 * @returns {Progress}
 */
function createLines(stream) {
  let nextMs = lineEveryMs;
  return {
    update(view) {
      if (view.seconds * 1000 < nextMs) return;
      nextMs += lineEveryMs;
      const { recordsPerSecond, pending, failedAttempts } = view;
      const columns = [
        `${toText(recordsPerSecond)} records/s`,
        ...view.endpoints.map(
          ({ name, state, delivered }) => `${name} ${toText(delivered).padStart(5)} ${stateWords[state].padEnd(6)}`,
        ),
        `${toText(pending)} pending`,
        `${failedAttempts} attempts failed`,
      ];
      stream.write(`${toTime(view.seconds)}  ${columns.join('  ')}\n`);
    },
    note: (seconds, text, isDetail) => {
      stream.write(`${toTime(seconds)}  ${isDetail ? '→ ' : ''}${text}\n`);
    },
    end: () => undefined,
  };
}

/**
 * @param {NodeJS.WriteStream} stream
 * @returns {Progress}
 */
function createBlock(stream) {
  const paint = createPaint(stream);
  let height = 0;
  const erase = () => (height === 0 ? '' : `\x1b[${height}A\x1b[J`);
  /** @type {string[]} */
  let block = [];
  const hideCursor = '\x1b[?25l';
  const showCursor = '\x1b[?25h';

  /** @param {string} before - what goes above the block and stays. */
  const draw = (before) => {
    const fits = block.every((line) => widthOf(line) < stream.columns);
    // A line that wraps would be two to move over: a narrow window does without the block.
    const shown = fits ? block : [];
    stream.write(`${hideCursor}${erase()}${before}${shown.map((line) => `${line}\n`).join('')}`);
    height = shown.length;
  };

  return {
    update(view) {
      block = toBlock(view, paint);
      draw('');
    },
    note(seconds, text, isDetail) {
      const time = paint('dim', toTime(seconds));
      draw(`${time}  ${isDetail ? paint('dim', `→ ${text}`) : text}\n`);
    },
    end() {
      block = [];
      draw('');
      stream.write(showCursor);
    },
  };
}

/**
 * @param {ProgressView} view
 * @param {Paint} paint
 */
function toBlock({ seconds, recordsPerSecond, records, pending, failedAttempts, endpoints }, paint) {
  const most = Math.max(1, ...endpoints.map(({ delivered }) => delivered));
  const rate = paint('bold', `${toText(recordsPerSecond)} records/s`);
  const rest = `${toText(records)} logged, ${toText(pending)} pending, ${failedAttempts} attempts failed`;
  return [
    '',
    `${paint('dim', toTime(seconds))}  ${rate}  ${rest}`,
    ...endpoints.map(({ name, state, delivered, failures }) => {
      const word = paint(stateStyles[state], stateWords[state].padEnd(6));
      const bar = '━'.repeat(Math.round((delivered / most) * barWidth)).padEnd(barWidth);
      const failed = failures === 0 ? '' : paint('dim', `  ${failures} failed`);
      return `          ${paint('bold', name)}  ${word}  ${bar}  ${toText(delivered).padStart(6)}${failed}`;
    }),
  ];
}

/** @param {number} seconds */
function toTime(seconds) {
  return `${seconds.toFixed(1).padStart(6)} s`;
}

/** @param {string} line */
function widthOf(line) {
  return stripVTControlCharacters(line).length;
}
