// @ts-check

/**
 * @import { ReceivedRecord } from '@logflume/dev-backend'
 * @import { NamedBackend } from './ledger.js'
 * @import { Paint, Style } from './paint.js'
 * @typedef {{ backend: string, record: ReceivedRecord }} Found
 */

/** @type {Readonly<Record<string, Style>>} */
const levelStyles = { ERROR: 'red', WARN: 'yellow', DEBUG: 'dim' };

/**
 * One request that failed, as the backends hold it: the records of all modules, from wherever their batches went.
 *
 * @param {readonly NamedBackend[]} backends
 * @param {{ paint: Paint, columns: number }} screen - no line is longer than `columns`.
 * @returns {string | undefined} `undefined` if none failed.
 */
export function tellFailedRequest(backends, screen) {
  const stories = [...collectByRequest(backends).values()]
    .map((story) => story.sort(byTime))
    .filter((story) => story.some(({ record }) => record.severityText === 'ERROR'));
  // Batches of one request often go to different backends: the more, the better the story.
  const most = Math.max(...stories.map(countBackends));
  const story = stories.find((each) => countBackends(each) === most);
  if (story === undefined) return undefined;
  const id = story[0]?.record.attributes['request.id'];
  const startMs = toMs(story[0]?.record);
  const lines = story.map(({ backend, record }) => toLines(backend, record, toMs(record) - startMs, screen));
  return `All records with request.id=${id}, from whichever backend has them:\n\n${lines.join('\n')}`;
}

/**
 * @param {readonly NamedBackend[]} backends
 * @returns {Map<unknown, Found[]>} records by `request.id`; one that came twice is there once.
 */
function collectByRequest(backends) {
  /** @type {Map<unknown, Found[]>} */
  const stories = new Map();
  const seen = new Set();
  for (const { name, backend } of backends) {
    for (const record of backend.records()) {
      const id = record.attributes['request.id'];
      // No two records of a process have the same time.
      if (id === undefined || seen.has(record.timeUnixNano)) continue;
      seen.add(record.timeUnixNano);
      const story = stories.get(id) ?? [];
      story.push({ backend: name, record });
      stories.set(id, story);
    }
  }
  return stories;
}

/** @param {readonly Found[]} story */
function countBackends(story) {
  return new Set(story.map(({ backend }) => backend)).size;
}

/**
 * @param {Found} left
 * @param {Found} right
 */
function byTime({ record: left }, { record: right }) {
  return (left.timeUnixNano ?? '') < (right.timeUnixNano ?? '') ? -1 : 1;
}

/** @param {ReceivedRecord | undefined} record */
function toMs(record) {
  return Number(record?.timeUnixNano?.slice(0, -6));
}

/**
 * @param {string} backend
 * @param {ReceivedRecord} record
 * @param {number} atMs - since the first record of the request.
 * @param {{ paint: Paint, columns: number }} screen
 */
function toLines(backend, { severityText, scope, body, eventName, attributes }, atMs, { paint, columns }) {
  const level = severityText.padEnd(5);
  const style = levelStyles[severityText];
  const facts = Object.entries(attributes)
    .filter(([key]) => key !== 'request.id' && !key.startsWith('exception.'))
    .map(([key, value]) => `${key}=${value}`);
  const time = `${atMs} ms`.padStart(7);
  const what = `${scope.name.padEnd(8)}  ${eventName ?? body}  `;
  const left = columns - `${time}  ${backend}  ${level}  ${what}`.length;
  const line = [
    paint('dim', time),
    paint('bold', backend),
    style === undefined ? level : paint(style, level),
    what + paint('dim', cut(facts.join(' '), left)),
  ].join('  ');
  return [line, ...toCauses(attributes).map((cause) => `${' '.repeat(29)}${paint('dim', cause)}`)].join('\n');
}

/**
 * @param {string} text
 * @param {number} length
 */
function cut(text, length) {
  return text.length > length ? `${text.slice(0, Math.max(0, length - 1))}…` : text;
}

/**
 * The error of a record and what caused it, one line each.
 *
 * @param {ReceivedRecord['attributes']} attributes
 */
function toCauses(attributes) {
  const lines = [];
  let { 'exception.type': type, 'exception.message': message, 'exception.cause': cause } = attributes;
  while (message !== undefined) {
    lines.push(`${lines.length === 0 ? '' : 'caused by '}${type}: ${message}`);
    if (typeof cause !== 'object' || cause === null || Array.isArray(cause)) break;
    ({ type, message, cause } = /** @type {Record<string, typeof cause>} */ (cause));
  }
  return lines;
}
