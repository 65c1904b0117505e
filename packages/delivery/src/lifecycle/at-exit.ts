import type { FallbackOutput } from '../fallback/fallback-output.ts';
import type { Format } from '../format.ts';
import type { BatchOutcome } from '../outcome.ts';
import { requestHeaders } from '../send/attempt.ts';
import { classify } from '../send/classify.ts';
import type { BatchSource, Dispatcher } from '../send/dispatcher.ts';
import type { Endpoint, EndpointPool } from '../send/endpoint-pool.ts';
import type { TlsOptions } from '../send/http-agents.ts';
import type { Job, SealedBody } from '../send/job.ts';
import { type ExitReply, sendAtExit } from './exit-worker.ts';

export interface AtExitParts {
  readonly queue: BatchSource;
  readonly dispatcher: Dispatcher;
  readonly pool: EndpointPool;
  readonly fallback: FallbackOutput;
  readonly format: Format;
  readonly headersFor: (endpoint: Endpoint) => Readonly<Record<string, string>>;
  readonly tls: TlsOptions | undefined;
  readonly nowMs: number;
  readonly timeoutMs: number;
  readonly fallbackTimeoutMs: number;
}

/**
 * Settles everything that is pending inside the process's `exit` handler: the worker, else the fallback, else a counted
 * drop. Synchronous, never throws, leaves the exit code alone. A second call finds nothing pending.
 */
export function settleAtExit(parts: AtExitParts): void {
  const { queue, dispatcher, fallback } = parts;
  try {
    for (let batch = queue.sealDue(parts.nowMs, true); batch; batch = queue.sealDue(parts.nowMs, true)) {
      dispatcher.add(batch);
    }
    const jobs = [...dispatcher.unsettled];
    dispatcher.stop();
    if (jobs.length > 0) sendThroughWorker(jobs, parts);
    fallback.flushSync(parts.fallbackTimeoutMs);
    dispatcher.giveUpAllSync('closed', parts.fallbackTimeoutMs);
  } catch {
    // A throw here would replace the exit code of the application; what was not settled stays counted as pending.
  }
}

/** Batches on their way are sent again under the same id: whether their first request arrived, nobody can know now. */
function sendThroughWorker(jobs: readonly Job[], parts: AtExitParts): void {
  const { pool, format, dispatcher } = parts;
  const usable = pool.endpoints.filter(({ health }) => health.state === 'closed' || health.state === 'half-open');
  if (usable.length === 0) return;
  const requests = jobs.map((job, index) => {
    const body: SealedBody = job.body ?? { bytes: format.frame(job.batch.runs), encoding: '' };
    // Each batch starts at another endpoint, so that the work is spread.
    const targets = usable.map((_, shift) => usable[(index + shift) % usable.length] as Endpoint);
    return { body, targets };
  });
  const replies = sendAtExit(
    requests.map(({ body, targets }, index) => ({
      body: body.bytes,
      targets: targets.map((endpoint) => ({
        url: endpoint.target.url,
        headers: requestHeaders(format, body, parts.headersFor(endpoint), (jobs[index] as Job).batch.id),
      })),
    })),
    { deadlineMs: parts.timeoutMs, tls: parts.tls },
  );
  replies.forEach((reply, index) => {
    const endpoint = reply === undefined ? undefined : requests[index]?.targets[reply.target];
    if (reply === undefined || endpoint === undefined) return;
    endpoint.attempts++;
    const outcome = outcomeOf(reply, format);
    if (isFinal(outcome)) dispatcher.settleAs(jobs[index] as Job, outcome, endpoint);
  });
}

function outcomeOf({ status, contentType, body }: ExitReply, format: Format): BatchOutcome {
  const reply = { kind: 'reply', status, contentType, body, complete: true } as const;
  return classify({ ...reply, retryAfter: undefined, date: undefined }, () => format.judge(contentType, body), 0).batch;
}

/** There is no later any more: what would be tried again goes to the fallback. */
function isFinal(outcome: BatchOutcome): boolean {
  return outcome.kind === 'delivered' || outcome.kind === 'partial' || outcome.kind === 'dead';
}
