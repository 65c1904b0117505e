// @ts-check
/**
 * The records of the scenarios. Each carries its number, 0 for the first, so that what is missing, doubled or changed
 * is known exactly.
 */

/** @param {number} number */
export const messageOf = (number) => `request ${number} completed`;

/** @param {number} number */
export const attributesOf = (number) => ({
  number,
  path: '/api/v1/orders',
  method: 'POST',
  status: 200,
  durationMs: 12.5,
});

/**
 * The number of a record that came back, by its message and attributes.
 *
 * @param {unknown} message
 * @param {Readonly<Record<string, unknown>>} attributes - more than ours may be among them.
 * @returns {number | undefined} `undefined` if it is none of ours, or not as it was written.
 */
export function numberOf(message, attributes) {
  const number = Number(attributes['number']);
  if (!Number.isSafeInteger(number) || number < 0 || message !== messageOf(number)) return undefined;
  const expected = Object.entries(attributesOf(number));
  return expected.every(([key, value]) => key === 'number' || attributes[key] === value) ? number : undefined;
}
