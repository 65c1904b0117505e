import { invalid } from '../check-option.ts';
import type { Clock } from '../clock.ts';
import type { DiagnosticSink } from '../diagnostics.ts';
import type { Endpoint } from './endpoint.ts';
import { type Headers, readHeaders } from './header-fields.ts';

/** The user's headers, as every attempt reads them. */
export interface HeaderSource {
  /**
   * Headers for an attempt at an endpoint; the endpoint's own win. Never rejects; `undefined` while the function has failed
   * and never answered: without its token a batch would be refused, or taken for somebody else's.
   */
  headersFor(endpoint: Endpoint): Promise<Headers | undefined>;
  /** The last answer, for the exit hook, where nothing can be awaited; `undefined` as above. */
  lastHeadersFor(endpoint: Endpoint): Headers | undefined;
}

/** A token service that does not answer must not hold up a batch for longer than this. */
const HEADERS_TIMEOUT_MS = 5000;

/**
 * Headers of an option, as they are sent. Pure.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for what is no header.
 */
export function checkHeaders(option: string, headers: Headers): Headers {
  const read = readHeaders(headers);
  if (read.kind === 'headers') return read.headers;
  throw invalid(option, 'texts that HTTP allows by names that it allows', read.fault);
}

/**
 * @param headers - as in `DeliveryOptions.headers`. When the function fails, what it last answered is used.
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for values that are no headers.
 */
export function createHeaderSource(
  headers: Headers | (() => Promise<Headers>) | undefined,
  { report, clock }: { readonly report: DiagnosticSink; readonly clock: Clock },
): HeaderSource {
  let last = typeof headers === 'function' ? undefined : checkHeaders('headers', headers ?? {});
  const lastHeadersFor = (endpoint: Endpoint): Headers | undefined =>
    last === undefined ? undefined : { ...last, ...endpoint.target.headers };
  return {
    lastHeadersFor,
    async headersFor(endpoint) {
      if (typeof headers === 'function') {
        try {
          const read = readHeaders(await withinTime(headers(), clock));
          if (read.kind === 'fault') throw new NoHeaders(read.fault);
          last = read.headers;
        } catch (error) {
          // The error's text may quote a token: only its name is told.
          const why = error instanceof NoHeaders ? error.message : error instanceof Error ? error.name : typeof error;
          const instead =
            last === undefined ? 'nothing is sent until it gives some' : 'the last headers it gave are used';
          report({ kind: 'headersFailed', message: `headers() failed (${why}); ${instead}` });
        }
      }
      return lastHeadersFor(endpoint);
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

/** A function answered with something that is none; its message is for a person. */
class NoHeaders extends Error {}
