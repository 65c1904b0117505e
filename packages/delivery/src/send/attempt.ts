import type { Clock } from '../clock.ts';
import type { Compression, Format } from '../format.ts';
import type { Outcome } from '../outcome.ts';
import { classify } from './classify.ts';
import type { Endpoint } from './endpoint-pool.ts';
import type { Job, SealedBody } from './job.ts';
import type { Transport } from './transport.ts';

/** What one attempt needs besides the job and the endpoint. */
export interface AttemptParts {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly format: Format;
  readonly compression: Compression | undefined;
  /** The user's headers for an endpoint, read again for every attempt: tokens expire. Never rejects. */
  readonly headers: (endpoint: Endpoint) => Promise<Readonly<Record<string, string>>>;
  /** For the whole attempt, in milliseconds; 0 is no limit. */
  readonly timeoutMs: number;
}

export interface AttemptResult {
  readonly outcome: Outcome;
  /** Of the request alone: neither compression nor a token's renewal is the endpoint's time. */
  readonly rttMs: number;
}

/** Carries out one attempt: body, headers, request, outcome. Rejects only on a bug of ours. */
export async function attempt(
  job: Job,
  endpoint: Endpoint,
  parts: AttemptParts,
  signal: AbortSignal,
): Promise<AttemptResult> {
  const { clock, format, transport } = parts;
  const body = await bodyOf(job, parts);
  const headers = await parts.headers(endpoint);
  await transport.ready?.();
  const startMs = clock.nowMs();
  const result = await transport.send({
    url: endpoint.target.url,
    headers: requestHeaders(format, body, headers, job.batch.id),
    body: body.bytes,
    timeoutMs: parts.timeoutMs,
    signal,
  });
  const outcome = classify(result, (reply) => format.judge(reply.contentType, reply.body), clock.wallMs());
  return { outcome, rttMs: clock.nowMs() - startMs };
}

/** Frames and compresses a batch once, before its first attempt; every later one sends the same bytes. */
async function bodyOf(job: Job, { format, compression }: AttemptParts): Promise<SealedBody> {
  if (job.body !== undefined) return job.body;
  const framed = format.frame(job.batch.runs);
  const bytes = compression === undefined ? framed : await compression.compress(framed);
  job.body = { bytes, encoding: compression?.name ?? '' };
  return job.body;
}

/** Headers of one request: what the protocol needs wins over what the user set. */
export function requestHeaders(
  format: Format,
  body: SealedBody,
  headers: Readonly<Record<string, string>>,
  batchId: string,
): Record<string, string> {
  const result: Record<string, string> = { ...headers, 'content-type': format.contentType, 'idempotency-key': batchId };
  if (body.encoding !== '') result['content-encoding'] = body.encoding;
  return result;
}
