import type { FallbackOutput } from '../fallback/fallback-output.ts';
import type { Format } from '../format.ts';
import type { BatchOutcome } from '../outcome.ts';
import { requestHeaders } from '../send/attempt.ts';
import { classify, type OtlpRules } from '../send/classify.ts';
import type { BatchSource, Dispatcher } from '../send/dispatcher.ts';
import type { Endpoint } from '../send/endpoint.ts';
import type { EndpointPool } from '../send/endpoint-pool.ts';
import { type TlsSource, tlsNow } from '../send/http-agents.ts';
import type { Job } from '../send/job.ts';
import { inOwnWords, withoutSecrets } from '../send/server-words.ts';
import type { JobStore } from '../storage/job-store.ts';
import { storageOf } from '../storage/storage-rules.ts';
import { type ExitReply, sendAtExit } from './exit-worker.ts';

export interface AtExitParts {
  readonly queue: BatchSource;
  readonly dispatcher: Dispatcher;
  readonly pool: EndpointPool;
  readonly fallback: FallbackOutput;
  readonly format: Format;
  readonly store: JobStore;
  /** `undefined` while there are none: without them nothing is sent. */
  readonly headersFor: (endpoint: Endpoint) => Readonly<Record<string, string>> | undefined;
  readonly tls: TlsSource;
  readonly rules: OtlpRules;
  readonly isOrdered: boolean;
  /** Whether the worker reaches an endpoint the way the transport does: it opens plain connections of its own. */
  readonly isReachable: (endpoint: Endpoint) => boolean;
}

/** Less than this does not pay for a worker. */
const MIN_WORKER_MS = 50;

export interface ExitLimits {
  /** Milliseconds for requests. */
  readonly workerMs: number;
  /** Milliseconds for a stream whose reader is slow. */
  readonly fallbackMs: number;
}

/**
 * Brings everything that is pending to safety inside the process's `exit` handler: the worker, else the spool, else the
 * fallback, else a counted drop. What is written ahead is on disk before anything is sent. Synchronous, never throws, leaves the exit code alone. A second call finds nothing pending.
 */
export function settleAtExit(parts: AtExitParts, limits: ExitLimits): void {
  const { dispatcher, fallback, store } = parts;
  try {
    sealAll(parts);
    void dispatcher.stop();
    if (store.mode === 'wal') dispatcher.keeper.storeAllSync();
    // What is on disk alone is as safe as it can be: reading it back here would make the exit longer.
    const jobs = dispatcher.unsettled.filter(isInMemory);
    if (jobs.length > 0 && limits.workerMs >= MIN_WORKER_MS) sendThroughWorker(jobs, limits.workerMs, parts);
    dispatcher.keeper.storeAllSync();
    fallback.flushSync(limits.fallbackMs);
    dispatcher.settler.giveUpAllSync('closed', limits.fallbackMs);
    store.close();
  } catch {
    // A throw here would replace the exit code of the application; what was not settled stays counted as pending.
  }
}

/** Settles what other exit handlers log after ours has run: written to the fallback, as the network is behind us. */
export function settleAfterExit(parts: AtExitParts, fallbackMs: number): void {
  try {
    sealAll(parts);
    parts.dispatcher.settler.giveUpAllSync('closed', fallbackMs);
  } catch {
    // As above.
  }
}

function isInMemory(job: Job): boolean {
  return storageOf(job) !== 'spooled';
}

function sealAll({ queue, dispatcher }: AtExitParts): void {
  for (let batch = queue.sealOpen(); batch; batch = queue.sealOpen()) dispatcher.add(batch);
}

/** Batches on their way are sent again under the same id: whether their first request arrived, nobody can know now. */
function sendThroughWorker(jobs: readonly Job[], deadlineMs: number, parts: AtExitParts): void {
  const { pool, format, dispatcher } = parts;
  const headersOf = new Map<Endpoint, Readonly<Record<string, string>>>();
  for (const endpoint of pool.endpoints) {
    const { state } = endpoint.health;
    const headers = parts.headersFor(endpoint);
    if (headers === undefined || (state !== 'closed' && state !== 'half-open')) continue;
    if (parts.isReachable(endpoint)) headersOf.set(endpoint, headers);
  }
  const usable = [...headersOf.keys()];
  if (usable.length === 0) return;
  const requests = jobs.map((job, index) => {
    const body = parts.store.sealSync(job);
    // Each batch starts at another endpoint, so that the work is spread.
    const targets = usable.map((_, shift) => usable[(index + shift) % usable.length] as Endpoint);
    return { body, targets };
  });
  const replies = sendAtExit(
    requests.map(({ body, targets }, index) => ({
      body: body.bytes,
      targets: targets.map((endpoint) => ({
        url: endpoint.target.url,
        address: endpoint.target.address,
        headers: requestHeaders(format, body, headersOf.get(endpoint) ?? {}, (jobs[index] as Job).batch.id),
      })),
    })),
    { deadlineMs, tls: tlsNow(parts.tls), isStrict: parts.rules.isStrict, isOrdered: parts.isOrdered },
  );
  replies.forEach((reply, index) => {
    const endpoint = reply === undefined ? undefined : requests[index]?.targets[reply.target];
    if (reply === undefined || endpoint === undefined) return;
    endpoint.attempts++;
    const secrets = { url: endpoint.target.url, headers: headersOf.get(endpoint) ?? {} };
    const outcome = inOwnWords(outcomeOf(reply, format, parts.rules), secrets);
    const job = jobs[index] as Job;
    const text = reply.status < 300 ? '' : withoutSecrets(Buffer.from(reply.body).toString(), secrets);
    job.lastReply = { status: reply.status, text };
    if (isFinal(outcome)) dispatcher.settleAs(job, outcome, endpoint);
  });
}

function outcomeOf({ status, contentType, body }: ExitReply, format: Format, rules: OtlpRules): BatchOutcome {
  const none = { retryAfter: undefined, date: undefined };
  const reply = { kind: 'reply', status, contentType, body, complete: true, ...none } as const;
  return classify(reply, () => format.judge(contentType, body), 0, rules).batch;
}

/** There is no later any more: what would be tried again goes to the fallback. */
function isFinal(outcome: BatchOutcome): boolean {
  return outcome.kind === 'delivered' || outcome.kind === 'partial' || outcome.kind === 'dead';
}
