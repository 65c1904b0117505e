import type { Clock } from '../clock.ts';
import type { Format } from '../format.ts';
import type { EndpointSample, Outcome } from '../outcome.ts';
import { classify, type OtlpRules } from './classify.ts';
import type { Endpoint } from './endpoint.ts';
import type { Job, LastReply, SealedBody } from './job.ts';
import { isVoid, type LoopLag } from './loop-lag.ts';
import { beginOwnRequest } from './own-requests.ts';
import { asOwnTraffic } from './own-traffic.ts';
import { inOwnWords, type SentSecrets, withoutSecrets } from './server-words.ts';
import type { Transport, TransportRequest, TransportResult } from './transport.ts';

type Headers = Readonly<Record<string, string>>;
type Reply = Extract<TransportResult, { kind: 'reply' }>;

/** What other credentials may change. */
const UNAUTHORIZED: ReadonlySet<number> = new Set([401, 403, 407]);

/** Why nothing was sent: the endpoint went out meanwhile, the process ends, or there are no headers to be had. */
export type NotSent = 'out' | 'noHeaders';

/** What one attempt needs besides the job and the endpoint. */
export interface AttemptParts {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly format: Format;
  /** The body of a job, made before its first attempt; every later one sends the same bytes. */
  readonly seal: (job: Job) => Promise<SealedBody>;
  /**
   * The user's headers for an endpoint, read again for every attempt: tokens expire. Never rejects; `undefined` while there
   * are none to be had.
   */
  readonly headers: (endpoint: Endpoint) => Promise<Headers | undefined>;
  /** For the whole attempt, in milliseconds; 0 is no limit. */
  readonly timeoutMs: number;
  readonly lag: LoopLag;
  readonly rules: OtlpRules;
}

export interface AttemptResult {
  readonly outcome: Outcome;
  /**
   * Of the request alone: neither compression nor a token's renewal is the endpoint's time. `undefined` when it was not
   * the endpoint's time either, the event loop being blocked for the better part of it.
   */
  readonly rttMs: number | undefined;
  /** Whether it failed before anything left this process, for a shortage of ours. */
  readonly isOwnFault: boolean;
  /** See `TransportResult`. */
  readonly isBodyFree?: boolean | undefined;
}

/**
 * Carries out one attempt: body, headers, request, outcome. Rejects only on a bug of ours or of the format.
 *
 * @returns why, when nothing was sent: a token can take seconds, and a Retry-After that arrived in them is not undercut.
 */
export async function attempt(
  job: Job,
  endpoint: Endpoint,
  parts: AttemptParts,
  signal: AbortSignal,
): Promise<AttemptResult | NotSent> {
  const { clock, format } = parts;
  const body = await parts.seal(job);
  const headers = await parts.headers(endpoint);
  await parts.transport.ready?.();
  const { state } = endpoint.health;
  if (signal.aborted || (state !== 'closed' && state !== 'half-open')) return 'out';
  if (headers === undefined) return 'noHeaders';
  let isBodyFree = true;
  const post = async (current: Headers): Promise<TransportResult> => {
    const result = await send(parts.transport, {
      url: endpoint.target.url,
      address: endpoint.target.address,
      headers: requestHeaders(format, body, current, job.batch.id),
      body: body.bytes,
      timeoutMs: parts.timeoutMs,
      signal,
    });
    // Of every request: one that was refused early may still be sending.
    isBodyFree &&= result.kind === 'reply' && result.isBodyFree === true;
    return result;
  };
  const startMs = clock.nowMs();
  const watch = parts.lag.watch();
  const end = beginOwnRequest(job.batch.id);
  try {
    let sent = headers;
    let result = await post(sent);
    if (result.kind === 'reply' && UNAUTHORIZED.has(result.status) && !parts.rules.isStrict) {
      // A token may have been renewed while its predecessor was on the way: no reason to hold the endpoint for a minute.
      const renewed = await parts.headers(endpoint);
      if (!signal.aborted && renewed !== undefined && !isSame(headers, renewed)) {
        sent = renewed;
        result = await post(sent);
      }
    }
    const secrets: SentSecrets = { url: endpoint.target.url, headers: sent };
    job.lastReply = replyOf(result, secrets);
    const judge = ({ contentType, body: text }: Reply) => format.judge(contentType, text);
    const said = classify(result, judge, clock.wallMs(), parts.rules);
    const outcome = result.kind === 'reply' ? { ...said, batch: inOwnWords(said.batch, secrets) } : said;
    return { ...withoutLag(outcome, clock.nowMs() - startMs, watch.lateMs()), isBodyFree };
  } finally {
    end();
    watch.end();
  }
}

/** What the event loop missed is no sample of the endpoint; what the server said is. */
function withoutLag(outcome: Outcome, tookMs: number, lateMs: number): AttemptResult {
  const isOwnFault = outcome.endpoint.kind === 'none' && outcome.batch.kind === 'retry';
  if (!isVoid(lateMs, tookMs)) return { outcome, rttMs: tookMs, isOwnFault };
  const endpoint: EndpointSample = outcome.endpoint.kind === 'failure' ? { kind: 'none' } : outcome.endpoint;
  return { outcome: { ...outcome, endpoint }, rttMs: undefined, isOwnFault };
}

/** What a dead letter says of the answer; of a success there is nothing to keep. */
function replyOf(result: TransportResult, secrets: SentSecrets): LastReply {
  if (result.kind === 'failure') return { status: undefined, text: result.message };
  const { status, body } = result;
  return { status, text: status < 300 ? '' : withoutSecrets(Buffer.from(body).toString(), secrets) };
}

function isSame(a: Headers, b: Headers): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/** Transports come from outside too: one that throws is a failed attempt, not a bug that costs the batch. */
async function send(transport: Transport, request: TransportRequest): Promise<TransportResult> {
  try {
    return await asOwnTraffic(() => transport.send(request));
  } catch (error) {
    // The error's text may quote a header: only its name is told.
    const name = error instanceof Error ? error.name : typeof error;
    return { kind: 'failure', code: 'ERR_LOGFLUME_TRANSPORT', message: `the transport failed (${name})` };
  }
}

/** Headers of one request: what the protocol needs wins over what the user set. */
export function requestHeaders(
  format: Format,
  body: SealedBody,
  headers: Headers,
  batchId: string,
): Record<string, string> {
  const contentType = body.contentType ?? format.contentType;
  const result: Record<string, string> = Object.assign({}, headers);
  result['content-type'] = contentType;
  result['idempotency-key'] = batchId;
  if (body.encoding !== '') result['content-encoding'] = body.encoding;
  return result;
}
