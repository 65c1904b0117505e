// @ts-check
/**
 * Who takes part. A file here is one product; its variants are settings of it.
 *
 * @typedef {'call-cost' | 'shipping' | 'paced' | 'outage' | 'import' | 'size' | 'wire' | 'close'} MeasureName
 *
 * @typedef {object} Variant
 * @property {string} name
 * @property {string} settings - in words, printed with the results.
 * @property {readonly MeasureName[]} measures - in which it takes part.
 * @property {object} [options] - given to `create`.
 *
 * @typedef {object} Sender
 * @property {import('../harness/calls.js').Calls} calls
 * @property {() => unknown} end - sends what is pending and closes.
 * @property {() => unknown} [flush]
 *
 * @typedef {object} Contestant
 * @property {readonly string[]} packages - what an application installs for it; the first is what it imports first.
 * @property {readonly Variant[]} variants
 * @property {(url: string, options: any) => Sender | Promise<Sender>} create - `url` is the backend, for those that ship.
 */

/** In the order of the tables. */
const loaders = {
  logflume: () => import('./logflume.js'),
  'logflume-winston': () => import('./logflume-winston.js'),
  'logflume-pino': () => import('./logflume-pino.js'),
  opentelemetry: () => import('./opentelemetry.js'),
  'pino-opentelemetry': () => import('./pino-opentelemetry.js'),
  'winston-opentelemetry': () => import('./winston-opentelemetry.js'),
  'winston-loki': () => import('./winston-loki.js'),
  pino: () => import('./pino.js'),
  winston: () => import('./winston.js'),
  bunyan: () => import('./bunyan.js'),
  logtape: () => import('./logtape.js'),
  tslog: () => import('./tslog.js'),
};

export const files = /** @type {readonly (keyof typeof loaders)[]} */ (Object.keys(loaders));

/**
 * @param {string} file
 * @returns {Promise<Contestant>}
 */
export async function load(file) {
  return (await loaders[/** @type {keyof typeof loaders} */ (file)]()).contestant;
}

/**
 * @param {MeasureName} measure
 * @returns {Promise<{ file: string, contestant: Contestant, variant: Variant }[]>} in the order of the tables.
 */
export async function participants(measure) {
  const found = [];
  for (const file of files) {
    const contestant = await load(file);
    for (const variant of contestant.variants) {
      if (variant.measures.includes(measure)) found.push({ file, contestant, variant });
    }
  }
  return found;
}
