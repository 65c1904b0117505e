import type { NextAccessLog } from './next-types.ts';

export type * from './next-types.ts';

/** What stands for the access log in the edge runtime, which has no `node:` modules: everything runs, nothing is logged. */
export function accessLog(_options?: unknown): NextAccessLog {
  return inertLog;
}

/** Runs everything and logs nothing. */
export const inertLog: NextAccessLog = {
  onRequestError: () => undefined,
  wrap:
    (handler) =>
    async (...given) =>
      handler(...given),
  wrapProxy:
    (handler) =>
    async (...given) =>
      handler(...given),
};

/** As in Node.js, and without effect. */
export const register = (_options?: unknown): NextAccessLog => inertLog;
export const onRequestError: NextAccessLog['onRequestError'] = inertLog.onRequestError;
export const withAccessLog: NextAccessLog['wrap'] = inertLog.wrap;
export const withProxyAccessLog: NextAccessLog['wrapProxy'] = inertLog.wrapProxy;
