import { Buffer } from 'node:buffer';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Counters } from '../counters.ts';

/** One request to a logs path and the one way it ends, counted before the client can see it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestNumber: number;
  /** Sends a whole answer; without effect once the request has ended. */
  answer(status: number, headers: OutgoingHttpHeaders, body: Uint8Array | string): void;
  /** Counts the request as ended without an answer; what happens to the connection is up to the caller. */
  abandon(): void;
}

export function openExchange(request: IncomingMessage, response: ServerResponse, counters: Counters): Exchange {
  counters.requestStarted();
  const requestNumber = counters.requests();
  let ended = false;
  const end = (status: number | undefined): boolean => {
    if (ended) return false;
    ended = true;
    counters.requestEnded(status);
    return true;
  };
  response.on('close', () => end(undefined));
  return {
    request,
    response,
    requestNumber,
    answer(status, headers, body) {
      if (!end(status)) return;
      // A 204 must not carry a length: https://www.rfc-editor.org/rfc/rfc9110#section-8.6
      const length = status === 204 || status === 304 ? {} : { 'content-length': Buffer.byteLength(body) };
      response.writeHead(status, { ...headers, ...length });
      response.end(body);
    },
    abandon: () => void end(undefined),
  };
}
