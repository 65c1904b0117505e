import { emitRecord, type Level, severityOfLevel, textOfLevel } from 'logflume';
import { readMember } from './abort.ts';
import { isSampled } from './is-sampled.ts';
import type { OutboundExchange } from './outbound-log-options.ts';
import type { OutboundOutcome, OutboundState } from './outbound-state.ts';
import type { ResolvedOutboundOptions } from './resolve-outbound.ts';
import { redactHeader } from './secrets.ts';
import { errorTypeOf, isKnownMethod } from './semantic-names.ts';
import { furtherAttributes, roundSeconds, shown } from './write-record.ts';

/** Name of the event that tells of a call to another service. */
export const OUTBOUND_EVENT = 'http.client.request';

/** Writes the record of a call that ended, unless the options leave it out. Never throws. */
export function writeOutboundRecord<Request>(
  { options, context }: OutboundState<Request>,
  exchange: OutboundExchange<Request>,
  outcome: OutboundOutcome<Request>,
): void {
  const { method, host, path, route, status, isAborted, durationMs } = exchange;
  const isSlow = durationMs >= options.slowMs;
  const level = atLeastWarn(options.decideLevel(exchange), isSlow);
  if (level === 'off' || !options.logger.isLevelEnabled(level)) return;
  if (!hasFailed(exchange) && options.isIgnored(exchange)) return;
  const isOneOfMany = options.sampleRatio < 1 && severityOfLevel[level] < severityOfLevel.warn;
  if (isOneOfMany && !isSampled(options.sampleRatio, context.trace?.traceId, Math.random)) return;
  const attributes = attributesOf(options, exchange, outcome);
  if (isOneOfMany) attributes['logflume.sample_ratio'] = options.sampleRatio;
  if (isSlow) attributes['logflume.slow'] = true;
  emitRecord(options.logger, {
    severityNumber: severityOfLevel[level],
    severityText: textOfLevel[level],
    body: `${method} ${host}${shown(route ?? path)} ${isAborted ? 'aborted' : (status ?? 'failed')}`,
    attributes,
    // An answer says by its status what there is to say; the stack of who read it would be noise.
    exception: status === undefined ? exchange.error : undefined,
    eventName: OUTBOUND_EVENT,
    call: context,
  });
}

function atLeastWarn(level: Level | 'off', isSlow: boolean): Level | 'off' {
  return isSlow && level !== 'off' && severityOfLevel[level] < severityOfLevel.warn ? 'warn' : level;
}

function hasFailed({ status, isAborted }: OutboundExchange<unknown>): boolean {
  return !isAborted && (status === undefined || status >= 500);
}

// One literal with all names, so that every record has the same shape; what is undefined is not written.
function attributesOf<Request>(
  options: ResolvedOutboundOptions<Request>,
  exchange: OutboundExchange<Request>,
  outcome: OutboundOutcome<Request>,
): Record<string, unknown> {
  const { method, host, port, path, route, status, error, resendCount } = exchange;
  const isKnown = isKnownMethod(method);
  const own: Record<string, unknown> = {
    'http.request.method': isKnown ? method : '_OTHER',
    'http.request.method_original': isKnown ? undefined : method,
    'server.address': host === '' ? undefined : host,
    'server.port': port === 0 ? undefined : port,
    'url.scheme': outcome.destination.scheme,
    'url.path': path,
    'url.template': route,
    'http.response.status_code': status,
    'http.request.resend_count': resendCount === 0 ? undefined : resendCount,
    'error.type': errorTypeOfCall(status, error),
    'http.client.request.duration': roundSeconds(exchange.durationMs),
    'logflume.outcome': exchange.isAborted ? 'aborted' : undefined,
  };
  for (const { name, attribute } of options.requestHeaders) {
    own[attribute] = redactHeader(outcome.requestHeader(name), name, options.isSecret);
  }
  for (const { name, attribute } of options.responseHeaders) {
    own[attribute] = redactHeader(outcome.responseHeader(name), name, options.isSecret);
  }
  const further = furtherAttributes(options.attributes, exchange) ?? {};
  for (const [name, value] of Object.entries(further)) own[name] ??= value;
  return own;
}

/** The status of an answer of 400 and above, else the code of what went wrong, else its class. */
function errorTypeOfCall(status: number | undefined, error: unknown): string | undefined {
  if (error === undefined || error === null) return status !== undefined && status >= 400 ? String(status) : undefined;
  if (status !== undefined && status >= 400) return String(status);
  return codeOf(error) ?? codeOf(readMember(error, 'cause')) ?? errorTypeOf(error);
}

function codeOf(error: unknown): string | undefined {
  const code = readMember(error, 'code');
  return typeof code === 'string' && /^[\w.-]{1,100}$/.test(code) ? code : undefined;
}
