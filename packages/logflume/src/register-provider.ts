import { type LoggerProvider as ApiLoggerProvider, logs } from '@opentelemetry/api-logs';
import type { ProviderNotRegistered } from './config/diagnostic.ts';

/** `logs` of an application's own copy of `@opentelemetry/api` 1.10 or `@opentelemetry/api-logs`. */
export interface LogsApi {
  setGlobalLoggerProvider(provider: ApiLoggerProvider): unknown;
  getLoggerProvider(): unknown;
}

/** The global that all copies of `@opentelemetry/api` 1.x share; since 1.10 its member `logs` is the logs API. */
const API = Symbol.for('opentelemetry.js.api.1');

/**
 * Makes a provider the global one of both generations of the OpenTelemetry logs API, as neither knows of the other.
 *
 * The global of `@opentelemetry/api` is used when it is there, and never created: with a version in it that is not the
 * application's own, the application could register no tracer any more.
 *
 * @param given - the application's copy of `logs`, if it handed one over.
 * @returns what is in the way, one for each global that has another provider; empty when all records come here.
 */
export function registerProvider(provider: ApiLoggerProvider, given: LogsApi | undefined): ProviderNotRegistered[] {
  const refusals: ProviderNotRegistered[] = [];
  if (!join(logs, provider)) refusals.push(toRefusal('@opentelemetry/api-logs', TAKEN));
  // The copy first: what is registered through it reaches loggers taken before.
  const isGivenJoined = given === undefined || join(given, provider);
  if (!joinApiGlobal(provider)) refusals.push(toRefusal('@opentelemetry/api', TAKEN));
  else if (!isGivenJoined) refusals.push(toRefusal('@opentelemetry/api', OTHER_VERSION));
  return refusals;
}

const TAKEN = 'another logger provider is registered there; call register() before it is, or do without it';
const OTHER_VERSION =
  'another version of the package has registered something before; install one version, or call register() first';

/** Registers through a copy of the API, which only complains when it is asked twice. */
function join(api: LogsApi, provider: ApiLoggerProvider): boolean {
  if (api.getLoggerProvider() === provider) return true;
  api.setGlobalLoggerProvider(provider);
  return api.getLoggerProvider() === provider;
}

/** @returns `false` when another provider is there. */
function joinApiGlobal(provider: ApiLoggerProvider): boolean {
  const api: unknown = Reflect.get(globalThis, API);
  if (typeof api !== 'object' || api === null) return true;
  const present: unknown = Reflect.get(api, 'logs');
  return present === undefined ? Reflect.set(api, 'logs', provider) : present === provider;
}

function toRefusal(api: ProviderNotRegistered['api'], reason: string): ProviderNotRegistered {
  const message = `records logged by ${api} do not come here: ${reason}`;
  return { kind: 'providerNotRegistered', api, message };
}
