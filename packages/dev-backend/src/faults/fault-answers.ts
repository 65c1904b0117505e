import { Buffer } from 'node:buffer';
import type { OtlpContentType } from '../receive/content-type.ts';
import type { Exchange } from '../receive/exchange.ts';
import { answerAccepted, answerError } from '../receive/otlp-answers.ts';
import type { FaultRule } from './decide-fault.ts';
import { loginPage } from './login-page.ts';

type StatusFault = Extract<FaultRule, { readonly kind: 'status' }>;

/** A fault that keeps the records out. */
export type RefusingFault = Extract<FaultRule, { readonly kind: 'status' | 'hang' | 'garbage' | 'html' | 'redirect' }>;

/** A status of 2xx tells the client that the records are in, so they are; the other statuses refuse them. */
export function isRefusing(fault: FaultRule): fault is RefusingFault {
  switch (fault.kind) {
    case 'status':
      return fault.status >= 300;
    case 'hang':
    case 'garbage':
    case 'html':
    case 'redirect':
      return true;
    case 'partial':
    case 'delay':
    case 'reset':
    case 'truncate':
      return false;
    default:
      return fault satisfies never;
  }
}

/** Answers a request whose records were not let in. */
export function answerRefused(exchange: Exchange, fault: RefusingFault, contentType: OtlpContentType): void {
  switch (fault.kind) {
    case 'status':
      answerStatus(exchange, fault, contentType);
      break;
    case 'hang':
      // Counted as in flight until the client or this backend gives up.
      break;
    case 'garbage':
      sendGarbage(exchange);
      break;
    case 'html':
      exchange.answer(200, { 'content-type': 'text/html; charset=utf-8' }, loginPage);
      break;
    case 'redirect':
      exchange.answer(fault.status ?? 302, { location: fault.location ?? '/login' }, '');
      break;
    default:
      fault satisfies never;
  }
}

/** Answers a request whose records are stored; `undefined` is the answer without a fault. */
export function answerStored(
  exchange: Exchange,
  fault: Exclude<FaultRule, RefusingFault> | StatusFault | undefined,
  contentType: OtlpContentType,
): void {
  switch (fault?.kind) {
    case undefined:
    case 'delay':
      answerAccepted(exchange, contentType);
      break;
    case 'partial': {
      const message = fault.message ?? `fault rule: ${fault.rejected} records rejected`;
      answerAccepted(exchange, contentType, fault.rejected, message);
      break;
    }
    case 'status':
      answerStatus(exchange, fault, contentType);
      break;
    case 'reset':
      resetConnection(exchange);
      break;
    case 'truncate':
      sendTruncated(exchange, contentType);
      break;
    default:
      fault satisfies never;
  }
}

/** Ends the connection with a TCP reset. */
export function resetConnection(exchange: Exchange): void {
  exchange.abandon();
  exchange.request.socket.resetAndDestroy();
}

function answerStatus(exchange: Exchange, fault: StatusFault, contentType: OtlpContentType): void {
  const { status, retryAfter, body } = fault;
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  if (body !== undefined) {
    exchange.answer(status, { 'content-type': fault.contentType ?? 'text/plain; charset=utf-8', ...headers }, body);
  } else if (status < 300) {
    // A success without a body is what several backends send: Loki 204, VictoriaLogs an empty 200.
    exchange.answer(status, headers, '');
  } else {
    answerError(exchange, { status, message: `fault rule: status ${status}`, headers }, contentType);
  }
}

/** The status and type of a success, a length of 100, 3 bytes that could begin one, and the end of the connection. */
function sendTruncated(exchange: Exchange, contentType: OtlpContentType): void {
  const { response } = exchange;
  exchange.abandon();
  response.writeHead(200, { 'content-type': contentType, 'content-length': 100 });
  const begin = contentType === 'application/json' ? '{"p' : Buffer.from([0x0a, 0x62, 0x12]);
  // Destroyed only once the bytes have left, or the client would see a bare reset.
  response.write(begin, () => response.destroy());
}

function sendGarbage(exchange: Exchange): void {
  exchange.abandon();
  // Written below node:http. The first byte is no letter, so no parser can take it for a status line.
  exchange.request.socket.end(Buffer.from(Array.from({ length: 64 }, (_, index) => (index * 167) & 0xff)));
}
