// @ts-check
import { parseArgs } from 'node:util';
import { scenarios } from './scenarios.js';

export const usage = `npm run scenarios -- [--only B3,B7] [--seconds-scale 0.25] [--json]

  --only           these scenarios alone: ${scenarios.map(({ id }) => id).join(', ')}
  --seconds-scale  shortens loads and fault windows in proportion, above 0 to 1; default 1
  --json           prints the results as JSON instead of the table`;

/**
 * @param {string[]} args
 * @returns {{ chosen: readonly import('./scenarios.js').Scenario[], scale: number, json: boolean }}
 * @throws TypeError saying which flag is wrong.
 */
export function parseFlags(args) {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      'seconds-scale': { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const scale = Number(values['seconds-scale']);
  if (!(scale > 0 && scale <= 1)) {
    throw new TypeError(`--seconds-scale must be a number above 0 to 1, got "${values['seconds-scale']}"`);
  }
  const ids = values.only?.toUpperCase().split(',');
  const unknown = ids?.find((id) => scenarios.every((scenario) => scenario.id !== id));
  if (unknown !== undefined) throw new TypeError(`--only names no scenario "${unknown}"`);
  return { chosen: scenarios.filter(({ id }) => ids?.includes(id) ?? true), scale, json: values.json };
}
