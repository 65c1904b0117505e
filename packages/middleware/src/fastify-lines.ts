import type { Attributes } from 'logflume';
import { pathOf } from './core/request-entry.ts';

/** Set on the instance an access log is registered on, from which those of its plugins inherit. */
export const ACCESS_LOG: unique symbol = Symbol.for('logflume.fastify.accessLog');

/** What a request's logger needs of its exchange. */
export interface LoggedExchange {
  readonly entry: { readonly id: string; add(attributes: Attributes): void };
  readonly method: string;
  /** Path and query as they came. */
  readonly url: string;
  /** What the record will tell as thrown. */
  readonly thrown: unknown;
}

/**
 * Whether Fastify itself says what the access record says as well: that a request came, was answered, failed, broke off,
 * or found no route.
 */
export function isToldAnyway(first: unknown, message: unknown, exchange: LoggedExchange | undefined): boolean {
  if (typeof first === 'string') {
    if (exchange === undefined || message !== undefined || !first.startsWith('Route ')) return false;
    return first === `Route ${exchange.method}:${exchange.url} not found`;
  }
  if (!isBare(first)) return false;
  const { req, res, err } = first;
  if (!isLive(req) && !isLive(res)) return false;
  if (!Object.keys(first).every((name) => OWN_MEMBERS.has(name))) return false;
  // It comes before all hooks.
  if (exchange === undefined) return message === 'incoming request' && isAwaited(req);
  if (err === undefined) return message === 'request completed' || message === 'stream closed prematurely';
  return err === exchange.thrown && (message === 'request errored' || message === Object(err).message);
}

const OWN_MEMBERS = new Set(['req', 'res', 'err', 'responseTime']);

/** Whether an access log will see a request that has begun. Not one that Fastify cannot route, which has no parameters. */
function isAwaited(request: unknown): boolean {
  const { server, params } = Object(request);
  return server?.[ACCESS_LOG] === true && params !== null;
}

/** What Fastify puts under these names. */
interface FastifyMembers {
  readonly req?: unknown;
  readonly res?: unknown;
  readonly err?: unknown;
  readonly responseTime?: unknown;
}

export function isBare(value: unknown): value is FastifyMembers {
  return typeof value === 'object' && value !== null && !(value instanceof Error);
}

/** Whether a value is Fastify's request or reply, or one of node:http. */
function isLive(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && ('raw' in value || 'socket' in value);
}

/** Attributes with the live objects among them by name: to walk one would write out the whole server. */
export function named(given: FastifyMembers): object {
  const { req, res, responseTime, ...rest } = given;
  if (!isLive(req) && !isLive(res)) return given;
  return {
    ...rest,
    ...(isLive(req) ? { 'http.request.method': req['method'], 'url.path': shownPath(req['url']) } : { req }),
    ...(isLive(res) ? { 'http.response.status_code': res['statusCode'] } : { res }),
    'http.server.request.duration': typeof responseTime === 'number' ? responseTime / 1000 : undefined,
  };
}

function shownPath(url: unknown): string | undefined {
  return typeof url === 'string' ? pathOf(url.split('?', 1)[0] ?? '') : undefined;
}
