import { toHostPattern } from './host-pattern.ts';
import { createMatchPath } from './ignore-paths.ts';
import { invalidOption } from './invalid-option.ts';
import type { OutboundLogOptions, OutboundTarget } from './outbound-log-options.ts';

/**
 * Makes the function that says whether a call that went well is left out.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for what is neither a function nor a list of texts.
 */
export function createIsIgnoredCall<Request>(
  ignore: OutboundLogOptions<Request>['ignore'],
): (call: OutboundTarget<Request>) => boolean {
  if (ignore === undefined) return () => false;
  if (typeof ignore === 'function') {
    return (call) => {
      try {
        return ignore(call) === true;
      } catch {
        return false; // The application's own function threw: a record too many, not one too few.
      }
    };
  }
  if (!Array.isArray(ignore) || !ignore.every((pattern) => typeof pattern === 'string' && pattern !== '')) {
    const expected = 'a function or a list of paths and hosts with a path, such as ["/health", "auth.internal/*"]';
    throw invalidOption('ignore', `ignore must be ${expected}`);
  }
  const isPath = createMatchPath(ignore);
  const isTarget = createMatchPath(ignore.map((pattern: string) => pattern.replace(HOST, toHostPattern)));
  return ({ host, port, path }) => isPath(path) || isTarget(host + path) || isTarget(`${host}:${port}${path}`);
}

/** What of a pattern can only be a host: the text before its path, or before a `*` that may stand for a part of that, too. */
const HOST = /^[^/]*(?=\/)|^[^/*]+/;
