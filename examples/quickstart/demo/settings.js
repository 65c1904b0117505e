// @ts-check

/**
 * What the shop is told, and all it is told: its configuration is these variables.
 *
 * @param {readonly string[]} endpoints
 * @returns {Record<string, string>}
 */
export function shopEnvironment(endpoints) {
  return {
    OTEL_SERVICE_NAME: 'shop',
    OTEL_RESOURCE_ATTRIBUTES: 'service.namespace=quickstart,deployment.environment.name=local',
    LOGFLUME_ENDPOINTS: endpoints.join(','),
    // The default, least-loaded, would send next to nothing to a backend that has failed: good for you, dull to watch.
    LOGFLUME_BALANCE: 'round-robin',
    LOG_LEVEL: 'info,payments=debug',
    PORT: '0',
  };
}

const defaultSeconds = 12;

/** Counts the demo can get wrong on purpose, so that a test sees the balance fail. */
const miscountable = /** @type {const} */ (['logged', 'received', 'fallbackLines']);

/**
 * How long there is traffic (`QUICKSTART_SECONDS`, 1 … 600), and which count loses one (`QUICKSTART_MISCOUNT`, for tests).
 *
 * @param {NodeJS.ProcessEnv} environment
 */
export function readSettings(environment) {
  const seconds = Number(environment['QUICKSTART_SECONDS'] || defaultSeconds);
  if (!(seconds >= 1 && seconds <= 600)) throw new RangeError('QUICKSTART_SECONDS must be a number from 1 to 600');
  const miscount = miscountable.find((name) => name === environment['QUICKSTART_MISCOUNT']);
  return { seconds, miscount };
}

/**
 * @template {Record<typeof miscountable[number], number>} T
 * @param {T} counts
 * @param {typeof miscountable[number] | undefined} miscount
 * @returns {T}
 */
export function falsify(counts, miscount) {
  return miscount === undefined ? counts : { ...counts, [miscount]: counts[miscount] - 1 };
}
