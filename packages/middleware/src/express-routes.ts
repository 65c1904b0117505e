import type { IncomingMessage, ServerResponse } from 'node:http';
import { EXCHANGE, exchangeOf } from './core/node-exchange.ts';
import { templateOfPrefix } from './core/prefix-template.ts';
import { endWatchedBy, type LooseWrite } from './core/watch-bodies.ts';

// Express tells nobody which route it took: `req.baseUrl` holds what the client wrote, not the template of the router's
// prefix, and is gone when the response ends. So the two properties its routers assign to on the way are watched, on
// the prototype that all requests of an application share. What is kept:
//
//   app.use('/users/:id', router)   req.baseUrl = '/users/42'       prefixes: '' -> '', '/users/42' -> '/users/:id'
//   router.get('/orders/:order')    req.route = { path: '/orders/:order' }     route: '/users/:id/orders/:order'

/**
 * What is watched of one request, in one object beside it. Express changes the prototype of each request and response,
 * after which V8 gives the object a hidden class of its own for each property that is set, with a copy of the list of all
 * it has (Node 20 and 22: 63 of the 100 µs of a bare request; no longer on Node 24).
 */
interface Watched {
  baseUrl: string | undefined;
  route: unknown;
  /** Template of each prefix that was met, by its text. */
  prefixes: Map<string, string> | undefined;
  /** Template of the prefix of the route. */
  prefix: string;
  exchange: unknown;
}

/** Where a request keeps what is watched. */
const OWN: unique symbol = Symbol('logflume.express.watched');
/** Marks a prototype whose requests are watched. */
const WATCHED: unique symbol = Symbol.for('logflume.express.watched');

/** A request as routers see it. */
interface RoutedRequest extends IncomingMessage {
  baseUrl?: string;
  route?: unknown;
  params?: unknown;
  originalUrl?: string;
  res?: unknown;
  [OWN]?: Watched;
}

/** Begins to watch a request, on the prototype of its application: there at the first request that comes here. */
export function watchRoutes(request: RoutedRequest): void {
  const prototype: unknown = Object.getPrototypeOf(request);
  // Not that of every request of the process: only Express gives an application a prototype of its own.
  if (typeof prototype !== 'object' || prototype === null || !Object.hasOwn(prototype, 'app')) return;
  if (!(WATCHED in prototype)) watchPrototype(prototype);
  // Assigned to before its prototype was this one: by Express 4 at each request, by an application around this one.
  if (!Object.hasOwn(request, 'baseUrl')) return;
  const { baseUrl } = request;
  // An application around this one takes its own prototype back, which must not leave it without the property.
  if (isMounted(prototype)) Object.defineProperty(request, 'baseUrl', BASE_URL);
  else delete request.baseUrl;
  request.baseUrl = baseUrl ?? '';
}

const BASE_URL: PropertyDescriptor = { configurable: true, enumerable: true, get: readBaseUrl, set: noteBaseUrl };

/** Whether a prototype is that of an application that is mounted on another, from whose prototype it inherits. */
function isMounted(prototype: object): boolean {
  return Object.hasOwn(Object(Object.getPrototypeOf(prototype)), 'app');
}

function watchPrototype(prototype: object): void {
  Object.defineProperties(prototype, {
    [WATCHED]: { value: true },
    [EXCHANGE]: { get: readExchange, set: noteExchange },
    baseUrl: BASE_URL,
    route: { configurable: true, enumerable: true, get: readRoute, set: noteRoute },
    id: ownByAssignment('id', (entry) => entry?.id),
    log: ownByAssignment('log', (entry) => entry?.log),
  });
}

/**
 * Begins to watch what is written, on the prototype of an application's responses.
 *
 * @returns whether it is watched. Not in an application that is mounted on another, which takes its responses back.
 */
export function watchResponses(response: ServerResponse): boolean {
  const prototype: unknown = Object.getPrototypeOf(response);
  if (typeof prototype !== 'object' || prototype === null || !Object.hasOwn(prototype, 'app')) return false;
  if (Object.hasOwn(prototype, WATCHED)) return true;
  if (isMounted(prototype)) return false;
  const { write, end } = prototype as { readonly write: LooseWrite; readonly end: LooseWrite };
  const method = (value: LooseWrite): PropertyDescriptor => ({ configurable: true, writable: true, value });
  Object.defineProperties(prototype, {
    [WATCHED]: { value: true },
    write: method(function countingWrite(chunk, encoding, callback) {
      exchangeOf(this.req)?.beforeWrite(chunk, encoding);
      return write.call(this, chunk, encoding, callback);
    }),
    end: method(function countingEnd(chunk, encoding, callback) {
      const exchange = exchangeOf(this.req);
      if (exchange === undefined) return end.call(this, chunk, encoding, callback);
      return endWatchedBy(exchange, this, end, chunk, encoding, callback);
    }),
  });
  return true;
}

const CATCH_ALL = /\*\w*\}?$/;

/** More than anybody lists: Express makes a route for every method it knows, of which there are 35, of `app.all()`. */
const MANY_METHODS = 20;

/** Whether a route is for whatever path and method there is, as Nest makes one of middleware for all. */
function isCatchAll(path: string, route: object): boolean {
  if (!CATCH_ALL.test(path)) return false;
  const methods: object = Object(Reflect.get(route, 'methods'));
  return '_all' in methods || Object.keys(methods).length > MANY_METHODS;
}

/** The template of the route a request took, with its prefixes; `undefined` if it took none. */
export function routeOf(request: RoutedRequest): string | undefined {
  const watched = request[OWN];
  if (watched === undefined || typeof watched.route !== 'object' || watched.route === null) return undefined;
  const { path: given } = watched.route as { readonly path?: unknown };
  const path = pathOf(given, Array.isArray(given) ? patternOf(request) : undefined);
  const { prefix } = watched;
  // Where nothing was found behind it, it is none.
  if (path === undefined || (isCatchAll(path, watched.route) && Object(request.res).statusCode === 404))
    return undefined;
  return path === '/' && prefix !== '' ? prefix : `${prefix}${path}`;
}

/** What was thrown while a request was served: `router` keeps it, from 2.3 on, for its own diagnostics channel. */
export function errorOf(request: IncomingMessage): unknown {
  const seen: unknown = (request as { [PUBLISHED]?: unknown })[PUBLISHED];
  if (!(seen instanceof Set)) return undefined;
  const [first] = seen;
  return first;
}

const PUBLISHED: unique symbol = Symbol.for('router.tracing.publishedErrors');

/** Whether routes stand before a middleware in the stack of its application. */
export function isMountedAfterRoutes(request: object, middleware: unknown): boolean {
  const app: unknown = Reflect.get(request, 'app');
  if (typeof app !== 'function') return false;
  const router: unknown = Reflect.get(app, '_router') ?? Reflect.get(app, 'router');
  const stack: unknown = Object(router).stack;
  if (!Array.isArray(stack)) return false;
  const own = stack.findIndex((layer: unknown) => Object(layer).handle === middleware);
  return (
    own > 0 &&
    stack.slice(0, own).some((layer: unknown) => {
      const { route, handle } = Object(layer);
      return route !== undefined || (typeof handle === 'function' && Array.isArray(Object(handle).stack));
    })
  );
}

function readExchange(this: RoutedRequest): unknown {
  return this[OWN]?.exchange;
}

function noteExchange(this: RoutedRequest, exchange: unknown): void {
  watchedOf(this).exchange = exchange;
}

function watchedOf(request: RoutedRequest): Watched {
  const known = request[OWN];
  if (known !== undefined) return known;
  const made: Watched = { baseUrl: undefined, route: undefined, prefixes: undefined, prefix: '', exchange: undefined };
  request[OWN] = made;
  return made;
}

function readBaseUrl(this: RoutedRequest): string | undefined {
  return this[OWN]?.baseUrl;
}

/** A prefix that grows is one that matched just now: the parameters of the request are those of the prefix. */
function noteBaseUrl(this: RoutedRequest, baseUrl: string): void {
  const watched = watchedOf(this);
  const before = watched.baseUrl ?? '';
  watched.baseUrl = baseUrl;
  if (typeof baseUrl !== 'string' || baseUrl.length <= before.length || !baseUrl.startsWith(before)) return;
  watched.prefixes ??= new Map();
  const outer = watched.prefixes.get(before) ?? '';
  const pattern = patternOf(this);
  const exact = typeof pattern === 'string' && pattern !== '/' ? withoutSlashAtEnd(pattern) : undefined;
  watched.prefixes.set(baseUrl, `${outer}${exact ?? templateOfPrefix(baseUrl.slice(before.length), this.params)}`);
}

function readRoute(this: RoutedRequest): unknown {
  return this[OWN]?.route;
}

function noteRoute(this: RoutedRequest, route: unknown): void {
  const watched = watchedOf(this);
  watched.route = route;
  watched.prefix = watched.prefixes?.get(watched.baseUrl ?? '') ?? '';
}

function pathOf(path: unknown, pattern: unknown): string | undefined {
  if (typeof path === 'string') return path;
  if (path instanceof RegExp) return String(path);
  if (!Array.isArray(path)) return undefined;
  const paths: unknown[] = path.flat(Number.POSITIVE_INFINITY);
  // Of several paths the one that matched, where the router says so.
  return paths.includes(pattern) ? pathOf(pattern, undefined) : paths.map(String).join('|');
}

/** What matched last, as `router` notes it from 2.3 on, under a symbol of its own. */
function patternOf(request: object): unknown {
  const symbol = Object.getOwnPropertySymbols(request).find(
    ({ description }) => description === 'router.tracing.matchedRoute',
  );
  return symbol === undefined ? undefined : Reflect.get(request, symbol);
}

function withoutSlashAtEnd(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : path;
}

/** A property that shows what the access log has, and gives way to whoever assigns to it. */
function ownByAssignment(
  name: string,
  read: (entry: { readonly id: string; readonly log: unknown } | undefined) => unknown,
): PropertyDescriptor {
  return {
    configurable: true,
    enumerable: false,
    get(this: object) {
      return read(exchangeOf(this)?.entry);
    },
    set(this: object, value: unknown) {
      Object.defineProperty(this, name, { value, writable: true, configurable: true, enumerable: true });
    },
  };
}
