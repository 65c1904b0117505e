import { join } from 'node:path';
import { defaultQueueBytes, LogflumeError, spoolDefaults } from '@logflume/delivery';
import { checkGroup, checkTlsPair, invalidOption } from './check-options.ts';
import { closestName } from './closest-name.ts';
import { destinationRules, routeRules } from './destination-rules.ts';
import type { DestinationOptions, LoggerOptions } from './logger-options.ts';
import { isRecord } from './option-rule.ts';
import { minQueueBytes, minSpoolBytes } from './option-rules.ts';
import { checkTlsFiles, type ReadFile } from './read-tls.ts';
import { parseEndpointOptions, resolveEndpoints, toLowerCaseNames } from './resolve-endpoints.ts';
import type { BackendOptions, ResolvedDestination, ResolvedRoute } from './resolved-options.ts';
import type { RouteRule } from './route-options.ts';
import { showValue } from './show-value.ts';

/** Name of the destination that the general `endpoints` are, where others stand beside them. */
const GENERAL_NAME = 'default';

/** In front of the name of a destination that is no address: a host that never exists (RFC 2606). */
const NO_HOST = 'http://transport.invalid/';

/**
 * Checks and completes `options.destinations`. The general endpoints, where there are any, are one more.
 *
 * @param general - the general options, resolved.
 * @param readFile - to see whether the PEM files of a destination are there.
 * @returns an empty list without destinations: then there is one backend, or none.
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION`, naming the entry by its index.
 */
export function resolveDestinations(
  options: LoggerOptions,
  general: BackendOptions,
  readFile: ReadFile,
): readonly ResolvedDestination[] {
  const given = options.destinations ?? [];
  if (given.length === 0) return [];
  checkDestinations(given, readFile);
  const hasGeneral = general.endpoints.length > 0;
  const count = given.length + (hasGeneral ? 1 : 0);
  const allBytes = general.queue.maxBytes ?? defaultQueueBytes();
  const queue = { maxBytes: Math.max(minQueueBytes, Math.floor(allBytes / count)) };
  const spool = { ...general.spool, maxBytes: shareOf(general.spool.maxBytes, count) };
  const shared = { ...backendOptionsOf(general), queue, spool };
  const destinations = given.map((entry, index) => resolveDestination(entry, index, shared));
  const all = hasGeneral ? [{ ...shared, name: GENERAL_NAME }, ...destinations] : destinations;
  all.forEach(({ name }, index) => {
    if (all.findIndex((other) => other.name === name) < index) {
      const place = index - (hasGeneral ? 1 : 0);
      throw invalidOption(`destinations[${place}].name`, { expected: 'a name of its own', got: showValue(name) });
    }
  });
  return all;
}

/** Of all the general options those a backend has: whatever else is resolved is no difference between destinations. */
function backendOptionsOf(general: BackendOptions): BackendOptions {
  const { axios, balance, batch, compression, endpoints, exit, fallback, format, headers } = general;
  const { on400, onDiagnostic, ordered, queue, resource, retry, spool, strictOtlp, timeoutMs, tls } = general;
  return {
    axios,
    balance,
    batch,
    compression,
    endpoints,
    exit,
    fallback,
    format,
    headers,
    on400,
    onDiagnostic,
    ordered,
    queue,
    resource,
    retry,
    spool,
    strictOtlp,
    timeoutMs,
    tls,
  };
}

/**
 * Checks each of `options.destinations` by itself.
 *
 * @param readFile - to see whether the PEM files of a destination are there.
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION`, naming the entry by its index.
 */
export function checkDestinations(given: readonly DestinationOptions[], readFile: ReadFile): void {
  given.forEach((entry, index) => {
    checkDestination(entry, index);
    within(index, () => {
      parseEndpointOptions(entry.endpoints ?? []);
      checkTlsFiles(entry.tls, readFile);
    });
  });
}

/**
 * Checks and completes `options.route`.
 *
 * @param names - of all destinations.
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for a rule that cannot work or names no destination.
 */
export function resolveRoute(rules: LoggerOptions['route'], names: readonly string[]): readonly ResolvedRoute[] {
  return (rules ?? []).map((rule, index) => {
    checkRule(rule, index);
    return { ...rule, to: namesOf(rule, `route[${index}]`, names) };
  });
}

/** Checks a rule of `options.route` but for the names in `to`. */
export function checkRule(rule: unknown, index: number): void {
  const path = `route[${index}]`;
  if (!isRecord(rule)) throw invalidOption(path, { expected: 'an object', got: showValue(rule) });
  checkGroup(rule, path, routeRules.fields);
  if (rule['to'] === undefined)
    throw invalidOption(`${path}.to`, { expected: 'a name or a list of names', got: 'undefined' });
}

function namesOf({ to }: RouteRule, path: string, names: readonly string[]): readonly string[] {
  const list: readonly unknown[] = Array.isArray(to) ? to : [to];
  return list.map((name) => {
    if (typeof name === 'string' && names.includes(name)) return name;
    const close = typeof name === 'string' ? closestName(name, names) : undefined;
    throw invalidOption(`${path}.to`, {
      expected:
        names.length === 0
          ? 'the name of a destination, and there are none'
          : `one of ${names.map(toPlain).join(', ')}`,
      got: showValue(name),
      hint: close === undefined ? undefined : `write "${close}"`,
    });
  });
}

/** A name is anybody's text. */
function toPlain(name: string): string {
  return showValue(name).slice(1, -1);
}

function checkDestination(entry: unknown, index: number): void {
  const path = `destinations[${index}]`;
  if (!isRecord(entry)) throw invalidOption(path, { expected: 'an object with a name', got: showValue(entry) });
  checkGroup(entry, path, destinationRules.fields);
  if (entry['name'] === undefined) throw invalidOption(`${path}.name`, { expected: 'a name', got: 'undefined' });
  checkTlsPair(entry['tls'], `${path}.`);
}

function resolveDestination(entry: DestinationOptions, index: number, general: BackendOptions): ResolvedDestination {
  const { name, transport } = entry;
  const given = entry.endpoints ?? (transport === undefined ? [] : [`${NO_HOST}${encodeURIComponent(name)}`]);
  if (given.length === 0) {
    const expected = 'a list with an endpoint, or a transport beside it';
    throw invalidOption(`destinations[${index}].endpoints`, { expected, got: 'none' });
  }
  const balance = entry.balance ?? general.balance;
  const { headers = {} } = entry;
  return {
    ...general,
    name,
    endpoints: resolveEndpoints(
      within(index, () => parseEndpointOptions(given)),
      balance,
    ),
    headers: typeof headers === 'function' ? async () => toLowerCaseNames(await headers()) : toLowerCaseNames(headers),
    format: entry.format ?? 'otlp-protobuf',
    compression: entry.compression ?? general.compression,
    balance,
    tls: entry.tls ?? {},
    axios: entry.axios,
    transport,
    timeoutMs: entry.timeoutMs ?? general.timeoutMs,
    strictOtlp: entry.strictOtlp ?? general.strictOtlp,
    on400: entry.on400 ?? general.on400,
    ordered: entry.ordered ?? general.ordered,
    batch: { ...general.batch, ...definedOf(entry.batch) },
    queue: { ...general.queue, ...definedOf(entry.queue) },
    retry: { ...general.retry, ...definedOf(entry.retry) },
    spool: { ...general.spool, dir: folderOf(name, general.spool.dir) },
    fallback: entry.fallback ?? general.fallback,
  };
}

/** What one destination left on disk must not be sent to another. */
function folderOf(name: string, dir: string | undefined): string | undefined {
  return dir === undefined ? undefined : join(dir, `to-${encodeURIComponent(name)}`);
}

function shareOf(spoolBytes: number | undefined, count: number): number {
  return Math.max(minSpoolBytes, Math.floor((spoolBytes ?? spoolDefaults.maxBytes) / count));
}

/** What is checked as a general option names it so; here it stands in a destination. */
function within<T>(index: number, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof LogflumeError)) throw error;
    const { code, message, details } = error;
    const path = `destinations[${index}].`;
    throw new LogflumeError(code, `${path}${message}`, {
      details: { ...details, option: `${path}${details['option']}` },
    });
  }
}

function definedOf<T extends object>(options: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(options ?? {}).filter(([, value]) => value !== undefined)) as Partial<T>;
}
