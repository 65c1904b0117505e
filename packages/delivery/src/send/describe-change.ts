import type { DeliveryDiagnostic } from '../diagnostics.ts';
import type { EndpointSample } from '../outcome.ts';
import type { Endpoint } from './endpoint.ts';
import type { Health } from './health.ts';

/** What one finished attempt changed. */
export interface EndpointChange {
  /** Health before it; the endpoint has the one after. */
  readonly before: Health;
  readonly sample: EndpointSample;
  readonly reason: string;
  readonly isOffline: boolean;
}

/** What there is to say about an endpoint after an attempt. Pure. */
export function describeChange(endpoint: Endpoint, change: EndpointChange): DeliveryDiagnostic[] {
  const { before, sample, reason, isOffline } = change;
  const { state } = endpoint.health;
  const url = endpoint.label;
  const events: DeliveryDiagnostic[] = [];
  if (sample.kind === 'hold') {
    const message = `${url}: ${reason}; nothing is sent there for 60 s. ${adviceFor(reason)}`;
    events.push({ kind: 'endpointHeld', url, reason, message });
  } else if (before.state === 'closed' && (state === 'open' || state === 'paused')) {
    events.push({ kind: 'endpointEjected', url, reason, message: `${url} is out: ${reason}` });
  } else if (before.state === 'half-open' && state === 'closed') {
    events.push({ kind: 'endpointRecovered', url, message: `${url} is back` });
  } else if (isHungUp(endpoint, reason)) {
    const message = `${url} closes the connection without an answer (${reason}); if it speaks TLS, write https://`;
    events.push({ kind: 'endpointSuspect', url, reason, message });
  }
  if (before.state === 'closed' && state !== 'closed' && state !== 'gone' && isOffline) {
    const message = `no endpoint takes logs now (last: ${url}, ${reason}); records are kept until one does`;
    events.push({ kind: 'allEndpointsOut', message });
  }
  return events;
}

/** What a person may have to change, by what a hold says. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/HTTP 407\b/, 'Check the credentials of the proxy'],
  [/the proxy\b/, 'Check HTTPS_PROXY and NO_PROXY, and what the proxy allows'],
  [/HTTP 40[45]\b/, 'Check the path: OTLP receivers take logs at /v1/logs'],
  [/HTTP 40[13]\b/, 'Check the credentials in headers'],
  [/HTTP 3\d\d\b/, 'Write the address it points to, unless that is a login page'],
  [/speaks no TLS/, 'Write http:// if that is right'],
  [/speaks TLS/, 'Write https://'],
  [/header/, 'Check the names and values in headers'],
];

function adviceFor(reason: string): string {
  for (const [pattern, advice] of ADVICE) if (pattern.test(reason)) return advice;
  return 'Check its certificate, or give its authority as tls.ca';
}

/**
 * A TLS server that is spoken to in the clear hangs up, as a broken one may: nothing tells the two apart, but one that
 * has never answered is most likely the former.
 */
function isHungUp({ target, failures, attempts, delivered }: Endpoint, reason: string): boolean {
  const isFirst = failures === 1 && attempts === 1 && delivered === 0;
  return isFirst && target.url.startsWith('http:') && /^(ECONNRESET|EPIPE)\b/.test(reason);
}
