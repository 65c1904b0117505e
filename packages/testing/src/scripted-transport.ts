import type { Clock, Timer, Transport, TransportRequest, TransportResult } from '@logflume/delivery';

/** What a scripted endpoint does with one request. */
export type ScriptedAnswer =
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly contentType?: string | undefined;
      readonly retryAfter?: string | undefined;
      readonly date?: string | undefined;
      readonly body?: Uint8Array | undefined;
      /** `false` for a reply that is cut short. */
      readonly complete?: boolean | undefined;
      /** Whether the sender may write over the request's body then. @defaultValue false */
      readonly isBodyFree?: boolean | undefined;
      /** Milliseconds until it answers. */
      readonly delayMs?: number | undefined;
    }
  | {
      readonly kind: 'failure';
      /** A Node.js error code, as `ECONNREFUSED`. */
      readonly code: string;
      readonly delayMs?: number | undefined;
    }
  /** Answers nothing: the attempt ends by its deadline or by being aborted. */
  | { readonly kind: 'hang' };

/** Called for each request, `number` counting from 0. */
export type TransportScript = (request: TransportRequest, number: number) => ScriptedAnswer;

export interface ScriptedTransport extends Transport {
  /** Every request so far, the first one first. */
  readonly requests: readonly TransportRequest[];
  /** Requests not yet answered. */
  readonly inFlight: number;
  readonly isClosed: boolean;
}

/** A network without sockets: answers come from a script, and take the time of the clock it is given. */
export function createScriptedTransport(script: TransportScript, parts: { readonly clock: Clock }): ScriptedTransport {
  const { clock } = parts;
  const requests: TransportRequest[] = [];
  let inFlight = 0;
  let isClosed = false;
  return {
    requests,
    get inFlight() {
      return inFlight;
    },
    get isClosed() {
      return isClosed;
    },
    send(request) {
      requests.push(request);
      inFlight++;
      const answer = script(request, requests.length - 1);
      return new Promise((resolve) => {
        const end = (result: TransportResult): void => {
          for (const timer of timers) timer.cancel();
          request.signal.removeEventListener('abort', onAbort);
          inFlight--;
          resolve(result);
        };
        const onAbort = (): void => end({ kind: 'failure', code: 'ERR_LOGFLUME_ABORTED', message: '' });
        const timers: Timer[] = [];
        if (request.timeoutMs > 0) {
          const timedOut = { kind: 'failure', code: 'ERR_LOGFLUME_TIMEOUT', message: '' } as const;
          timers.push(clock.after(request.timeoutMs, () => end(timedOut)));
        }
        if (answer.kind !== 'hang') timers.push(clock.after(answer.delayMs ?? 0, () => end(toResult(answer))));
        request.signal.addEventListener('abort', onAbort, { once: true });
        if (request.signal.aborted) onAbort();
      });
    },
    close() {
      isClosed = true;
    },
  };
}

function toResult(answer: Exclude<ScriptedAnswer, { kind: 'hang' }>): TransportResult {
  if (answer.kind === 'failure') return { kind: 'failure', code: answer.code, message: '' };
  const { status, contentType, retryAfter, date, body = new Uint8Array(), complete = true, isBodyFree } = answer;
  return { kind: 'reply', status, contentType, retryAfter, date, body, complete, isBodyFree };
}
