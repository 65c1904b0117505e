import type { Clock } from '../clock.ts';
import type { DiagnosticSink } from '../diagnostics.ts';
import type { Endpoint } from './endpoint.ts';

type Headers = Readonly<Record<string, string>>;

/** The user's headers, as every attempt reads them. */
export interface HeaderSource {
  /**
   * Headers for an attempt at an endpoint; the endpoint's own win. Never rejects; `undefined` while the function has failed
   * and never answered: without its token a batch would be refused, or taken for somebody else's.
   */
  headersFor(endpoint: Endpoint): Promise<Headers | undefined>;
  /** The last answer, for the exit hook, where nothing can be awaited. */
  lastHeadersFor(endpoint: Endpoint): Headers;
}

/** A token service that does not answer must not hold up a batch for longer than this. */
const HEADERS_TIMEOUT_MS = 5000;

/** @param headers - as in `DeliveryOptions.headers`. When the function fails, what it last answered is used. */
export function createHeaderSource(
  headers: Headers | (() => Promise<Headers>) | undefined,
  { report, clock }: { readonly report: DiagnosticSink; readonly clock: Clock },
): HeaderSource {
  let last: Headers | undefined = typeof headers === 'function' ? undefined : lowerCaseNames(headers ?? {});
  const lastHeadersFor = (endpoint: Endpoint): Headers => ({ ...last, ...endpoint.target.headers });
  return {
    lastHeadersFor,
    async headersFor(endpoint) {
      if (typeof headers === 'function') {
        try {
          last = lowerCaseNames(await withinTime(headers(), clock));
        } catch (error) {
          // The error's text may quote a token: only its name is told.
          const name = error instanceof Error ? error.name : typeof error;
          const instead =
            last === undefined ? 'nothing is sent until it gives some' : 'the last headers it gave are used';
          report({ kind: 'headersFailed', message: `headers() failed (${name}); ${instead}` });
        }
      }
      return last === undefined ? undefined : lastHeadersFor(endpoint);
    },
  };
}

async function withinTime<T>(promise: Promise<T>, clock: Clock): Promise<T> {
  const { promise: timeout, reject } = rejectable();
  const timer = clock.after(HEADERS_TIMEOUT_MS, () => reject(new RangeError('headers() took too long')));
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    timer.cancel();
  }
}

function rejectable(): { promise: Promise<never>; reject: (error: Error) => void } {
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<never>((_, fail) => {
    reject = fail;
  });
  return { promise, reject };
}

/** Header names are case-insensitive: folded, so that an endpoint's `Authorization` replaces a common `authorization`. */
function lowerCaseNames(headers: Headers): Headers {
  const folded: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) folded[name.toLowerCase()] = String(value);
  return folded;
}
