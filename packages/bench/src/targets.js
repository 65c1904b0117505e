// @ts-check
/**
 * What logflume promises, as ratios to the rivals of the same run. Pure.
 *
 * @typedef {Record<string, readonly import('./harness/measure.js').Row[]>} Results - by name of the measure.
 * @typedef {{ what: string, limit: 'most' | 'least', target: number, measured: number | undefined, unit: string }} Target
 */

const OTEL = 'OpenTelemetry, tuned, protobuf';

/**
 * @param {Results} results
 * @returns {Target[]} `measured` is `undefined` where the run did not have what it takes.
 */
export function judge(results) {
  /** @returns {number | undefined} the median. */
  const of = (/** @type {string} */ measure, /** @type {string} */ name, /** @type {string} */ key) =>
    results[measure]?.find((row) => row.name === name)?.figures[key]?.median;
  const ratio = (/** @type {number | undefined} */ a, /** @type {number | undefined} */ b) =>
    a === undefined || b === undefined ? undefined : a / b;
  const over = (/** @type {number | undefined} */ a, /** @type {number | undefined} */ b) =>
    a === undefined || b === undefined ? undefined : a - b;
  const toPino = (/** @type {string} */ key) => ratio(of('call-cost', 'logflume', key), of('call-cost', 'pino', key));
  /** Of the rivals that lose nothing, the best. */
  const best = (
    /** @type {string} */ measure,
    /** @type {string} */ key,
    /** @type {string} */ lost,
    /** @type {RegExp} */ names,
    /** @type {(...values: number[]) => number} */ choose,
  ) => {
    const rivals = (results[measure] ?? []).filter(
      ({ name, figures }) => names.test(name) && !/logflume|harness/.test(name) && figures[lost]?.median === 0,
    );
    return rivals.length === 0 ? undefined : choose(...rivals.map(({ figures }) => figures[key]?.median ?? Number.NaN));
  };
  const plain = /^(?!.*gzip)/;
  const gzip = /gzip/;
  const shipped = (
    /** @type {string} */ name,
    /** @type {RegExp} */ rivals,
    /** @type {string} */ key,
    /** @type {(...values: number[]) => number} */ choose,
  ) => ratio(of('shipping', name, key), best('shipping', key, 'lost', rivals, choose));
  const paced = (/** @type {string} */ name, /** @type {string} */ key) => of('paced', name, `${key}50000`);

  /** @type {[string, 'most' | 'least', number, number | undefined, string][]} */
  const rows = [
    ['call with 6 attributes + 3 bound, time to pino', 'most', 0.35, toPino('plainNs'), 'x'],
    ['call with 6 attributes + 3 bound, garbage to pino', 'most', 0.15, toPino('plainBytes'), 'x'],
    ['message only, time to pino', 'most', 0.5, toPino('messageOnlyNs'), 'x'],
    ['an Error, time to pino', 'most', 0.5, toPino('errorNs'), 'x'],
    ['50 attributes, time to pino', 'most', 0.5, toPino('fiftyNs'), 'x'],
    ['level off, time to pino', 'most', 1.5, toPino('disabledNs'), 'x'],
    [
      'shipping, records/s to the best rival',
      'least',
      3,
      shipped('logflume', plain, 'recordsPerSecond', Math.max),
      'x',
    ],
    ['shipping, CPU per record to the best rival', 'most', 0.25, shipped('logflume', plain, 'cpuUs', Math.min), 'x'],
    ['shipping, records lost', 'most', 0, of('shipping', 'logflume', 'lost'), ''],
    [
      'gzip, records/s to the best rival',
      'least',
      3,
      shipped('logflume, gzip', gzip, 'recordsPerSecond', Math.max),
      'x',
    ],
    ['gzip, CPU per record to the best rival', 'most', 0.35, shipped('logflume, gzip', gzip, 'cpuUs', Math.min), 'x'],
    ['gzip, records lost', 'most', 0, of('shipping', 'logflume, gzip', 'lost'), ''],
    [
      '50,000/s, CPU per record to OpenTelemetry',
      'most',
      0.3,
      ratio(paced('logflume', 'cpuUs'), paced(OTEL, 'cpuUs')),
      'x',
    ],
    [
      '50,000/s, delay p99 over the harness',
      'most',
      2,
      over(paced('logflume', 'delayP99Ms'), paced('the harness alone', 'delayP99Ms')),
      'ms',
    ],
    ['50,000/s, delay max', 'most', 12, paced('logflume', 'delayMaxMs'), 'ms'],
    ['50,000/s, records lost', 'most', 0, paced('logflume', 'lost'), ''],
    [
      '50,000/s, peak RSS to the leanest rival',
      'most',
      0.6,
      ratio(paced('logflume', 'rssMb'), best('paced', 'rssMb50000', 'lost50000', plain, Math.min)),
      'x',
    ],
    [
      'winston, CPU per record to winston + OpenTelemetry',
      'most',
      0.45,
      ratio(of('shipping', 'winston + logflume', 'cpuUs'), of('shipping', 'winston + OpenTelemetry, tuned', 'cpuUs')),
      'x',
    ],
    ['import', 'most', 25, of('import', 'logflume', 'ms'), 'ms'],
    ['installed packages', 'most', 38, of('size', 'logflume', 'packages'), ''],
    ['installed files', 'most', 7, of('size', 'logflume', 'mb'), 'MB'],
    ['close with a dead backend', 'most', 5, of('close', 'logflume', 'seconds'), 's'],
    ['close with a dead backend, records lost', 'most', 0, of('close', 'logflume', 'lost'), ''],
  ];
  return rows.map(([what, limit, target, measured, unit]) => ({ what, limit, target, measured, unit }));
}

/**
 * @param {readonly Target[]} targets
 * @returns {string[][]} cells of a table.
 */
export function targetCells(targets) {
  const write = (/** @type {number} */ value, /** @type {string} */ unit) =>
    `${Number(value.toFixed(2))} ${unit}`.trim();
  return [
    ['target', 'at', 'measured', ''],
    ...targets.map(({ what, limit, target, measured, unit }) => [
      what,
      `${limit === 'most' ? '≤' : '≥'} ${write(target, unit)}`,
      measured === undefined ? '–' : write(measured, unit),
      measured === undefined ? 'not measured' : verdict(limit, target, measured),
    ]),
  ];
}

/**
 * @param {'most' | 'least'} limit
 * @param {number} target
 * @param {number} measured
 */
function verdict(limit, target, measured) {
  // What is printed decides: 5.002 seconds of a deadline of 5 are 5.
  const value = Number(measured.toFixed(2));
  if (limit === 'most' ? value <= target : value >= target) return 'met';
  if (target === 0) return `missed by ${value}`;
  return `missed: ${(limit === 'most' ? value / target : target / value).toFixed(2)} times`;
}
