import {
  type Attributes,
  emitRecord,
  noCall,
  noTrace,
  type SharedAttributes,
  severityOfLevel,
  type TraceContext,
  textOfLevel,
} from 'logflume';
import type { Exchange } from './access-log-options.ts';
import { captureBody } from './capture-body.ts';
import { isSampled } from './is-sampled.ts';
import type { Outcome, RequestState } from './request-state.ts';
import { redactHeader, redactQuery } from './secrets.ts';
import { errorTypeOf, isKnownMethod } from './semantic-names.ts';
import { LocalTrace } from './traceparent.ts';

/** Name of the event that tells of a request. */
export const ACCESS_EVENT = 'http.server.request';

/** Units of a path that the text of a record repeats; the attribute has it whole. */
const MAX_SHOWN_PATH = 200;

/** Writes the record of a request that ended, unless the options leave it out. Never throws. */
export function writeAccessRecord<Request>(
  entry: RequestState<Request>,
  exchange: Exchange<Request>,
  outcome: Outcome,
): void {
  const { options } = entry;
  const isSlow = exchange.durationMs >= options.slowMs;
  const decided = options.decideLevel(exchange);
  const level = isSlow && decided !== 'off' && severityOfLevel[decided] < severityOfLevel.warn ? 'warn' : decided;
  if (level === 'off' || !options.logger.isLevelEnabled(level)) return;
  if (
    severityOfLevel[level] < severityOfLevel.error &&
    !entry.hasError &&
    (entry.isIgnored || options.isIgnored(entry.path))
  )
    return;
  const { sampleRatio } = options;
  const isOneOfMany = sampleRatio < 1 && severityOfLevel[level] < severityOfLevel.warn;
  if (isOneOfMany && !isSampled(sampleRatio, traceOf(entry)?.traceId || undefined, Math.random)) return;
  const shared = sharedOf(entry, exchange);
  const attributes = attributesOf(entry, exchange, outcome, shared);
  if (isOneOfMany) attributes['logflume.sample_ratio'] = sampleRatio;
  if (isSlow) attributes['logflume.slow'] = true;
  emitRecord(options.logger, {
    severityNumber: severityOfLevel[level],
    severityText: textOfLevel[level],
    body: `${exchange.method} ${shown(exchange.path)} ${exchange.isAborted ? 'aborted' : (exchange.status ?? 'unanswered')}`,
    attributes,
    shared,
    exception: entry.hasError ? entry.error : undefined,
    eventName: ACCESS_EVENT,
    trace: traceOf(entry),
    call: entry.context,
  });
}

/** Writes attributes that came too late for the record of their request. Never throws. */
export function writeLateRecord<Request>(entry: RequestState<Request>, late: Attributes): void {
  const { log, context, facts, path } = entry;
  emitRecord(log, {
    severityNumber: severityOfLevel.info,
    severityText: 'INFO',
    body: `more about ${facts.method} ${shown(path)}`,
    attributes: late,
    eventName: `${ACCESS_EVENT}.late`,
    trace: traceOf(entry),
    call: context,
  });
}

/** The trace of a request, if there is anything else in it. */
function traceOf<Request>({ trace }: RequestState<Request>): TraceContext | undefined {
  return trace instanceof LocalTrace && !trace.isUsed ? noTrace : trace;
}

export function shown(path: string): string {
  return path.length > MAX_SHOWN_PATH ? `${path.slice(0, MAX_SHOWN_PATH)}…` : path;
}

/** What the record has in common with many before it. Contexts around a request would have it encoded anew for each. */
function sharedOf<Request>(
  { options, facts, route, context }: RequestState<Request>,
  { method, status }: Exchange<Request>,
): SharedAttributes | undefined {
  const agent = facts.header('user-agent');
  if (context !== noCall || !isKnownMethod(method) || typeof agent === 'object') return undefined;
  return options.alike?.find(method, route, facts.scheme, status, facts.clientAddress, agent);
}

// One literal with all names, so that every record has the same shape; what is undefined is not written.
function attributesOf<Request>(
  entry: RequestState<Request>,
  exchange: Exchange<Request>,
  outcome: Outcome,
  shared: SharedAttributes | undefined,
): Record<string, unknown> {
  const { facts, options, added } = entry;
  const { method, status } = exchange;
  const isKnown = isKnownMethod(method);
  const isAlone = shared === undefined;
  const hasFailed = exchange.isAborted || entry.hasError || (status !== undefined && status >= 400);
  const hasBodies = hasFailed || !options.onlyFailedBodies;
  const own: Record<string, unknown> = {
    'http.request.method': isAlone ? (isKnown ? method : '_OTHER') : undefined,
    'http.request.method_original': isKnown ? undefined : method,
    'http.route': isAlone ? entry.route : undefined,
    'url.path': entry.path,
    'url.query': options.query ? queryOf(entry) : undefined,
    'url.scheme': isAlone ? facts.scheme : undefined,
    'http.response.status_code': isAlone ? status : undefined,
    'client.address': isAlone ? facts.clientAddress : undefined,
    'user_agent.original': isAlone ? facts.header('user-agent') : undefined,
    'error.type': entry.hasError
      ? errorTypeOf(entry.error)
      : status !== undefined && status >= 500
        ? String(status)
        : undefined,
    'http.request.body.size': outcome.requestBytes,
    'http.response.body.size': outcome.responseBytes,
    'http.server.request.duration': roundSeconds(exchange.durationMs),
    'logflume.time_to_first_byte': outcome.firstByteS,
    'logflume.outcome': exchange.isAborted ? 'aborted' : undefined,
    'logflume.request.body': hasBodies ? captureBody(outcome.requestBody, options) : undefined,
    'logflume.response.body': hasBodies ? captureBody(outcome.responseBody, options) : undefined,
    'request.id': entry.id,
  };
  const { requestHeaders, responseHeaders } = options;
  for (const { name, attribute } of requestHeaders)
    own[attribute] = redactHeader(facts.header(name), name, options.isSecret);
  for (const { name, attribute } of responseHeaders)
    own[attribute] = redactHeader(facts.responseHeader(name), name, options.isSecret);
  addTo(own, furtherAttributes(options.attributes, exchange), shared);
  addTo(own, added, shared);
  return own;
}

/** What the application calls its own must not replace what happened. */
function addTo(own: Record<string, unknown>, further: object | undefined, shared: SharedAttributes | undefined): void {
  if (further === undefined) return;
  for (const [name, value] of Object.entries(further)) {
    if (shared?.has(name) !== true) own[name] ??= value;
  }
}

export function furtherAttributes<E>(
  make: ((exchange: E) => Attributes | undefined) | undefined,
  exchange: E,
): object | undefined {
  if (make === undefined) return undefined;
  try {
    return { ...make(exchange) };
  } catch (error) {
    return { 'logflume.attributes_error': error }; // The application's own function threw: the record says so.
  }
}

function queryOf<Request>({ facts: { url }, options }: RequestState<Request>): string | undefined {
  const start = url.indexOf('?') + 1;
  return start > 0 && start < url.length ? redactQuery(url.slice(start), options.isSecret) : undefined;
}

/** Seconds with microseconds: what the clock can tell, without its noise. */
export function roundSeconds(ms: number): number {
  return Math.round(ms * 1000) / 1e6;
}
