import { type Attributes, isPrinted, type Level, type Logger } from 'logflume';
import type { AccessLogOptions, BodyOptions, Exchange, HeaderOptions } from './access-log-options.ts';
import { AlikeRequests } from './alike-requests.ts';
import { createDecideLevel } from './decide-level.ts';
import { type IgnoreRules, resolveIgnore } from './ignore-paths.ts';
import { describeGiven, invalidOption } from './invalid-option.ts';
import { keepTick } from './keep-tick.ts';
import { createReportMisuse, type ReportMisuse } from './report-misuse.ts';
import { resolveLogger } from './resolve-logger.ts';
import { createIsSecret, type IsSecret } from './secrets.ts';

/** Options as the access log works with them: read and checked once. */
export interface ResolvedOptions<Request> extends IgnoreRules<Request> {
  readonly logger: Logger;
  readonly decideLevel: (exchange: Exchange<Request>) => Level | 'off';
  /** Lower case, with the name of the attribute. */
  readonly requestHeaders: readonly HeaderName[];
  readonly responseHeaders: readonly HeaderName[];
  readonly requestBodies: readonly string[];
  readonly responseBodies: readonly string[];
  readonly maxBodyBytes: number;
  readonly onlyFailedBodies: boolean;
  readonly query: boolean;
  readonly isSecret: IsSecret;
  readonly slowMs: number;
  readonly sampleRatio: number;
  readonly attributes: ((exchange: Exchange<Request>) => Attributes | undefined) | undefined;
  readonly requestIdHeader: string | undefined;
  readonly reportMisuse: ReportMisuse;
  /** `undefined` where records are printed, which keep the order of their attributes. */
  readonly alike: AlikeRequests | undefined;
}

export interface HeaderName {
  readonly name: string;
  readonly attribute: string;
}

/** Numbers that are used where no option says otherwise. */
export const defaults: Readonly<{ maxBodyBytes: number; requestIdHeader: string }> = Object.freeze({
  maxBodyBytes: 4096,
  requestIdHeader: 'x-request-id',
});

const NAMES: Readonly<Record<keyof AccessLogOptions, true>> = {
  logger: true,
  ignore: true,
  healthChecks: true,
  level: true,
  headers: true,
  bodies: true,
  query: true,
  redact: true,
  slowMs: true,
  sampleRatio: true,
  attributes: true,
  requestIdHeader: true,
  onDiagnostic: true,
};

/**
 * Checks options and makes of them what a request needs.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for an option that cannot work or does not exist. A `logger` that
 *   is none is a diagnostic instead: the application serves, and the environment says where its records go.
 */
export function resolveOptions<Request>(given: AccessLogOptions<Request> | undefined): ResolvedOptions<Request> {
  const options = checkObject(given);
  const { headers = {}, bodies = {}, query = false, redact = [], requestIdHeader, onDiagnostic } = options;
  check('onDiagnostic', onDiagnostic, 'a function', isFunction);
  check('query', query, 'a boolean', isBoolean);
  check('healthChecks', options.healthChecks, 'a boolean', isBoolean);
  check('redact', redact, 'a list of names', isNames);
  check('slowMs', options.slowMs, 'a number ≥ 0', (value) => typeof value === 'number' && value >= 0);
  check('sampleRatio', options.sampleRatio, 'a number from 0 to 1', isRatio);
  check('attributes', options.attributes, 'a function', isFunction);
  check('requestIdHeader', requestIdHeader, 'the name of a header, or false', (value) => {
    return value === false || (typeof value === 'string' && HEADER.test(value));
  });
  const reportMisuse = createReportMisuse(onDiagnostic);
  const logger = resolveLogger(options.logger, 'logger' in options, reportMisuse);
  keepTick(); // Whoever has an access log is about to serve.
  return {
    logger,
    ...resolveIgnore(options.ignore, options.healthChecks ?? false),
    decideLevel: createDecideLevel(options.level),
    ...resolveHeaders(headers),
    ...resolveBodies(bodies),
    query,
    isSecret: createIsSecret(redact),
    slowMs: options.slowMs ?? Number.POSITIVE_INFINITY,
    sampleRatio: options.sampleRatio ?? 1,
    attributes: options.attributes,
    requestIdHeader:
      requestIdHeader === false ? undefined : (requestIdHeader ?? defaults.requestIdHeader).toLowerCase(),
    reportMisuse,
    alike: isPrinted(logger) ? undefined : new AlikeRequests(),
  };
}

const HEADER = /^[\w!#$%&'*+\-.^`|~]{1,64}$/;

/** @throws LogflumeError for lists that are none. */
export function resolveHeaders(
  headers: HeaderOptions,
): Pick<ResolvedOptions<never>, 'requestHeaders' | 'responseHeaders'> {
  check('headers', headers, 'an object with "request" and "response"', isObject);
  const { request = [], response = [] } = headers;
  check('headers.request', request, 'a list of header names', isNames);
  check('headers.response', response, 'a list of header names', isNames);
  const named = (kind: string, names: readonly string[]): HeaderName[] =>
    names.map((each) => {
      const name = each.toLowerCase();
      return { name, attribute: `http.${kind}.header.${name}` };
    });
  return { requestHeaders: named('request', request), responseHeaders: named('response', response) };
}

type ResolvedBodies = 'requestBodies' | 'responseBodies' | 'maxBodyBytes' | 'onlyFailedBodies';

function resolveBodies(bodies: BodyOptions): Pick<ResolvedOptions<never>, ResolvedBodies> {
  check('bodies', bodies, 'an object with "request" and "response"', isObject);
  const { request = [], response = [], maxBytes = defaults.maxBodyBytes, onlyFailed = true } = bodies;
  check('bodies.request', request, BODY_TYPES, isBodyTypes);
  check('bodies.response', response, BODY_TYPES, isBodyTypes);
  check('bodies.onlyFailed', onlyFailed, 'a boolean', isBoolean);
  check('bodies.maxBytes', maxBytes, 'an integer from 1 to 65536', (value) => {
    return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65_536;
  });
  return { requestBodies: request, responseBodies: response, maxBodyBytes: maxBytes, onlyFailedBodies: onlyFailed };
}

const BODY_TYPES = 'a list of media types of JSON or forms, such as "application/json"';

function isBodyTypes(value: unknown): boolean {
  const form = /^application\/([\w.-]+\+)?json$|^application\/x-www-form-urlencoded$/;
  return Array.isArray(value) && value.every((type) => typeof type === 'string' && form.test(type));
}

function checkObject<Request>(options: AccessLogOptions<Request> | undefined): AccessLogOptions<Request> {
  if (options === undefined || options === null) return {};
  check('options', options, 'an object', isObject);
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(NAMES, name));
  if (unknown !== undefined) {
    const advice = 'options of a logger belong into "logger"';
    throw invalidOption(
      unknown,
      `"${unknown}" is no option of accessLog, expected ${Object.keys(NAMES).join(', ')}; ${advice}`,
    );
  }
  return options;
}

/** `undefined` is no value, and always right. @throws LogflumeError naming the option and what was expected. */
export function check(name: string, value: unknown, expected: string, isRight: (value: unknown) => boolean): void {
  if (value === undefined || isRight(value)) return;
  throw invalidOption(name, `${name} must be ${expected}, got ${describeGiven(value)}`);
}

export const isFunction = (value: unknown): boolean => typeof value === 'function';
const isBoolean = (value: unknown): boolean => typeof value === 'boolean';
export const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const isRatio = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1;
export const isNames = (value: unknown): boolean =>
  Array.isArray(value) && value.every((name) => typeof name === 'string');
