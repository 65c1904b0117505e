// @ts-check

/** @param {readonly number[]} values - at least one. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = /** @type {number} */ (sorted[half]);
  return sorted.length % 2 === 1 ? upper : (upper + /** @type {number} */ (sorted[half - 1])) / 2;
}

/**
 * The value a quarter of all are below: of times, what is measured while others on the machine leave it alone, as all they
 * do is added.
 *
 * @param {readonly number[]} values - at least one.
 */
export function lowerQuartile(values) {
  return /** @type {number} */ (values.toSorted((a, b) => a - b)[values.length >> 2]);
}

/**
 * Median and spread of each figure over the rounds.
 *
 * @param {readonly Readonly<Record<string, number>>[]} samples
 * @returns {Record<string, { median: number, min: number, max: number }>}
 */
export function summarise(samples) {
  return Object.fromEntries(
    Object.keys(samples[0] ?? {}).map((key) => {
      const values = samples.map((sample) => sample[key] ?? Number.NaN);
      return [key, { median: median(values), min: Math.min(...values), max: Math.max(...values) }];
    }),
  );
}
