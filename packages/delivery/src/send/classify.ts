import type { ReplyVerdict } from '../format.ts';
import type { EndpointSample, Outcome } from '../outcome.ts';
import { parseRetryAfter } from './retry-after.ts';
import type { TransportResult } from './transport.ts';

type Reply = Extract<TransportResult, { kind: 'reply' }>;

const failure: EndpointSample = { kind: 'failure' };

/** How an answer is read where OTLP and experience differ. */
export interface OtlpRules {
  /** The letter of OTLP: what it does not call retryable is dead at once. */
  readonly isStrict: boolean;
}

/**
 * Says what one attempt means. Pure; the table of statuses and errors is in docs/failure-modes.md.
 *
 * Acked is only a complete 2xx of the right protocol. On any other status the status alone decides, even if its body
 * is cut or unreadable.
 *
 * @param judge - reads the body of a complete 2xx; see `Format.judge`.
 * @param wallMs - for a `Retry-After` that is a date.
 */
export function classify(
  result: TransportResult,
  judge: (reply: Reply) => ReplyVerdict,
  wallMs: number,
  rules: OtlpRules = { isStrict: false },
): Outcome {
  if (result.kind === 'failure') return classifyFailure(result.code, result.message);
  const { status } = result;
  if (status >= 200 && status < 300) return classifySuccess(result, judge, rules);
  const outcome = classifyRefusal(result, wallMs);
  return rules.isStrict ? toTheLetter(outcome, status) : outcome;
}

/** A hold, a split and a 500 are dead at once; what they say of the endpoint stays. */
function toTheLetter({ batch, endpoint }: Outcome, status: number): Outcome {
  const isDead = batch.kind === 'hold' || batch.kind === 'split' || (batch.kind === 'retry' && batch.isServerError);
  return { batch: isDead ? { kind: 'dead', reason: `HTTP ${status}` } : batch, endpoint };
}

function classifyRefusal(result: Reply, wallMs: number): Outcome {
  const { status } = result;
  if (status >= 300 && status < 400) return hold(`HTTP ${status}: redirects are not followed`);
  if (status === 400 && SPEAKS_TLS.test(Buffer.from(result.body).toString('latin1'))) {
    return hold('HTTP 400: the server speaks TLS on this port');
  }
  switch (status) {
    case 401:
    case 403:
    case 404:
    case 405:
    case 407:
      return hold(`HTTP ${status}`);
    case 413:
      return { batch: { kind: 'split' }, endpoint: { kind: 'success' } };
    case 429:
    case 503:
      return backpressure(result, wallMs);
    case 500:
      return { batch: retry('HTTP 500', true), endpoint: failure };
    case 502:
    case 504:
      return parseRetryAfter(result.retryAfter, result.date, wallMs) === undefined
        ? { batch: retry(`HTTP ${status}`), endpoint: failure }
        : backpressure(result, wallMs);
    default:
      if (status < 200) return { batch: retry(`HTTP ${status}`), endpoint: failure };
      return {
        batch: { kind: 'dead', reason: `HTTP ${status}`, ...(status === 400 ? { isBadRequest: true } : {}) },
        endpoint: status >= 500 ? failure : { kind: 'none' },
      };
  }
}

function classifySuccess(reply: Reply, judge: (reply: Reply) => ReplyVerdict, { isStrict }: OtlpRules): Outcome {
  if (isStrict && reply.isTooLarge) {
    return { batch: { kind: 'dead', reason: `HTTP ${reply.status}, and a reply over the limit` }, endpoint: failure };
  }
  if (!reply.complete) return { batch: retry(`HTTP ${reply.status}, but the reply was cut short`), endpoint: failure };
  const verdict = judge(reply);
  if (!verdict.understood) {
    const type = reply.contentType ?? 'no content type';
    return { batch: retry(`HTTP ${reply.status}, but not from a logs backend (${type})`), endpoint: failure };
  }
  const endpoint: EndpointSample = { kind: 'success' };
  if (verdict.rejectedRecords > 0) {
    return {
      batch: { kind: 'partial', rejectedRecords: verdict.rejectedRecords, message: verdict.message },
      endpoint,
    };
  }
  const warning = verdict.rejectedRecords < 0 ? `rejected ${verdict.rejectedRecords} records` : verdict.message;
  return { batch: { kind: 'delivered', warning }, endpoint };
}

function backpressure(reply: Reply, wallMs: number): Outcome {
  const retryAfterMs = parseRetryAfter(reply.retryAfter, reply.date, wallMs);
  return { batch: retry(`HTTP ${reply.status}`), endpoint: { kind: 'backpressure', retryAfterMs } };
}

/** How nginx and Go's HTTP server refuse plain HTTP on a TLS port: the address is at fault, not the data. */
const SPEAKS_TLS = /HTTP request (was sent )?to (an )?HTTPS (server|port)/i;

/** A shortage of file descriptors or ports is ours, not the endpoint's. */
const LOCAL_SHORTAGE = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ERR_LOGFLUME_ABORTED']);

/** There was no connection. */
const UNREACHED = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'ERR_LOGFLUME_CONNECT_TIMEOUT']);

/** What stays wrong until somebody changes a setting: a certificate or its authority, a scheme, a header, a proxy. */
const SETTING =
  /^(CERT_|ERR_TLS_CERT|ERR_LOGFLUME_(NOT_)?TLS|ERR_LOGFLUME_(HEADERS|PROXY_REFUSED)|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_CA|HOSTNAME_MISMATCH)/;

function classifyFailure(code: string, message: string): Outcome {
  const reason = message === '' ? code : message;
  if (SETTING.test(code)) return hold(reason);
  if (LOCAL_SHORTAGE.has(code)) return { batch: retry(reason), endpoint: { kind: 'none' } };
  return { batch: retry(reason), endpoint: UNREACHED.has(code) ? { kind: 'failure', isUnreached: true } : failure };
}

function retry(reason: string, isServerError = false): Outcome['batch'] {
  return { kind: 'retry', reason, isServerError };
}

function hold(reason: string): Outcome {
  return { batch: { kind: 'hold', reason }, endpoint: { kind: 'hold' } };
}
