import type { AccessLogOptions } from './access-log-options.ts';
import { invalidOption } from './invalid-option.ts';

/** Paths by which platforms ask whether a process lives. Asked for every few seconds, and worth a record when they fail. */
export const HEALTH_CHECKS: readonly string[] = [
  '/health',
  '/health/*',
  '/healthz',
  '/healthcheck',
  '/livez',
  '/live',
  '/liveness',
  '/readyz',
  '/ready',
  '/readiness',
  '/startupz',
  '/ping',
  '/_health',
  '/-/health',
  '/-/healthy',
  '/-/ready',
];

/** Which requests that went well are left out. */
export interface IgnoreRules<Request> {
  isIgnored(path: string): boolean;
  /** The application's own function. Asked when a request begins, as routers cut what they hand on. Never throws. */
  readonly isIgnoredRequest: ((request: Request) => boolean) | undefined;
}

/** @throws LogflumeError for what is neither a list of paths nor a function. */
export function resolveIgnore<Request>(
  ignore: AccessLogOptions<Request>['ignore'],
  healthChecks: boolean,
): IgnoreRules<Request> {
  const isHealthCheck = healthChecks ? () => false : createMatchPath(HEALTH_CHECKS);
  if (ignore === undefined) return { isIgnored: isHealthCheck, isIgnoredRequest: undefined };
  if (typeof ignore === 'function') {
    const isIgnoredRequest = (request: Request): boolean => {
      try {
        return ignore(request) === true;
      } catch {
        return false; // The application's own function threw: a record too many, not one too few.
      }
    };
    return { isIgnored: isHealthCheck, isIgnoredRequest };
  }
  if (!Array.isArray(ignore) || !ignore.every((path) => typeof path === 'string' && /^[/*]/.test(path))) {
    throw invalidOption('ignore', 'ignore must be a function or a list of paths, such as ["/metrics", "/assets/*"]');
  }
  const isIgnoredPath = createMatchPath(ignore);
  return { isIgnored: (path) => isHealthCheck(path) || isIgnoredPath(path), isIgnoredRequest: undefined };
}

/**
 * Makes a test of paths. `*` stands for any text, the empty one and `/` included; everything else for itself.
 *
 * Runs in time linear in the path for each `*`: a client that writes the path cannot make it slow.
 */
export function createMatchPath(patterns: readonly string[]): (path: string) => boolean {
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')));
  const globs = patterns.filter((pattern) => pattern.includes('*')).map((pattern) => pattern.split('*'));
  const seconds = secondCharacters(patterns);
  return (path) => {
    // Tells most paths by one character: of a text that is new with each request the set of texts would need the hash.
    if (seconds !== undefined && !seconds.has(path.charCodeAt(1))) return false;
    return exact.has(path) || globs.some((parts) => matchesParts(path, parts));
  };
}

/** Codes of the second characters of what matches, `NaN` for none; `undefined` if there are patterns for any. */
function secondCharacters(patterns: readonly string[]): ReadonlySet<number> | undefined {
  if (patterns.some((pattern) => pattern.slice(0, 2).includes('*'))) return undefined;
  return new Set(patterns.map((pattern) => pattern.charCodeAt(1)));
}

function matchesParts(path: string, parts: readonly string[]): boolean {
  const [first = '', ...later] = parts;
  const last = later.pop() ?? '';
  if (!path.startsWith(first)) return false;
  let at = first.length;
  for (const part of later) {
    const found = path.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return path.length - at >= last.length && path.endsWith(last);
}
