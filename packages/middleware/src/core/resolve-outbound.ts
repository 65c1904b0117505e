import type { Level, Logger } from 'logflume';
import type { Exchange } from './access-log-options.ts';
import { createDecideLevel } from './decide-level.ts';
import { toHostPattern } from './host-pattern.ts';
import { createIsIgnoredCall } from './ignore-calls.ts';
import { createMatchPath } from './ignore-paths.ts';
import { invalidOption } from './invalid-option.ts';
import type { OutboundExchange, OutboundLogOptions, OutboundTarget } from './outbound-log-options.ts';
import { createReportMisuse, type ReportMisuse } from './report-misuse.ts';
import { resolveLogger } from './resolve-logger.ts';
import { check, type HeaderName, isFunction, isNames, isObject, isRatio, resolveHeaders } from './resolve-options.ts';
import { createIsSecret, type IsSecret } from './secrets.ts';

/** Options as the log works with them: read and checked once. */
export interface ResolvedOutboundOptions<Request> {
  readonly logger: Logger;
  readonly isIgnored: (call: OutboundTarget<Request>) => boolean;
  readonly decideLevel: (exchange: OutboundExchange<Request>) => Level | 'off';
  readonly requestHeaders: readonly HeaderName[];
  readonly responseHeaders: readonly HeaderName[];
  readonly isSecret: IsSecret;
  readonly slowMs: number;
  readonly sampleRatio: number;
  readonly attributes: OutboundLogOptions<Request>['attributes'];
  readonly urlTemplate: OutboundLogOptions<Request>['urlTemplate'];
  readonly propagatesTo: (to: Pick<OutboundTarget<unknown>, 'host' | 'port'>) => boolean;
  readonly propagatesLocalTrace: boolean;
  readonly reportMisuse: ReportMisuse;
}

const NAMES: Readonly<Record<keyof OutboundLogOptions, true>> = {
  logger: true,
  ignore: true,
  level: true,
  headers: true,
  redact: true,
  slowMs: true,
  sampleRatio: true,
  attributes: true,
  urlTemplate: true,
  propagate: true,
  propagateLocalTrace: true,
  onDiagnostic: true,
};

/**
 * Checks options and makes of them what a call needs.
 *
 * @param user - the function they were given to, for messages.
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for an option that cannot work or does not exist.
 */
export function resolveOutboundOptions<Request>(
  given: OutboundLogOptions<Request> | undefined,
  user: 'logAxios' | 'logFetch',
): ResolvedOutboundOptions<Request> {
  const options = given ?? {};
  check('options', options, 'an object', isObject);
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(NAMES, name));
  if (unknown !== undefined) {
    const expected = `expected ${Object.keys(NAMES).join(', ')}; options of a logger belong into "logger"`;
    throw invalidOption(unknown, `"${unknown}" is no option of ${user}, ${expected}`);
  }
  const { headers = {}, redact = [], slowMs, sampleRatio = 1, attributes, urlTemplate, onDiagnostic } = options;
  const { propagateLocalTrace = false } = options;
  check('onDiagnostic', onDiagnostic, 'a function', isFunction);
  check('redact', redact, 'a list of names', isNames);
  check('slowMs', slowMs, 'a number ≥ 0', (value) => typeof value === 'number' && value >= 0);
  check('sampleRatio', sampleRatio, 'a number from 0 to 1', isRatio);
  check('attributes', attributes, 'a function', isFunction);
  check('urlTemplate', urlTemplate, 'a function', isFunction);
  check('propagateLocalTrace', propagateLocalTrace, 'a boolean', (value) => typeof value === 'boolean');
  const reportMisuse = createReportMisuse(onDiagnostic);
  return {
    logger: resolveLogger(options.logger, 'logger' in options, reportMisuse),
    isIgnored: createIsIgnoredCall(options.ignore),
    decideLevel: createDecideLevel(options.level, defaultOutboundLevel),
    ...resolveHeaders(headers),
    isSecret: createIsSecret(redact),
    slowMs: slowMs ?? Number.POSITIVE_INFINITY,
    sampleRatio,
    attributes,
    urlTemplate,
    propagatesTo: createPropagatesTo(options.propagate),
    propagatesLocalTrace: propagateLocalTrace,
    reportMisuse,
  };
}

/** What stands for a call no option speaks of. Pure. */
export function defaultOutboundLevel({ status, isAborted, error }: Exchange<unknown>): Level {
  if (isAborted) return 'warn';
  if (status === undefined || status >= 500 || error !== undefined) return 'error';
  return status >= 400 ? 'warn' : 'info';
}

function createPropagatesTo(
  propagate: boolean | readonly string[] | undefined,
): ResolvedOutboundOptions<never>['propagatesTo'] {
  check('propagate', propagate, 'a boolean or a list of hosts, with or without a port', (value) => {
    return typeof value === 'boolean' || (Array.isArray(value) && value.every(isHostPattern));
  });
  if (typeof propagate !== 'object') return () => propagate ?? true;
  const isHost = createMatchPath(propagate.map(toHostPattern));
  return ({ host, port }) => isHost(host) || isHost(`${host}:${port}`);
}

function isHostPattern(value: unknown): boolean {
  return typeof value === 'string' && /^[^/]+$/.test(value);
}
