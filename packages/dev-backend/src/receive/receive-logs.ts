import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as waitMs } from 'node:timers/promises';
import type { Counters } from '../counters.ts';
import { answerRefused, answerStored, isRefusing, resetConnection } from '../faults/fault-answers.ts';
import type { FaultScript } from '../faults/fault-script.ts';
import { type Exchange, openExchange } from './exchange.ts';
import { answerError } from './otlp-answers.ts';
import { readDelivery } from './read-delivery.ts';
import type { RecordIntake } from './record-intake.ts';

export interface LogsReceiverParts {
  readonly maxBodyBytes: number;
  readonly counters: Counters;
  readonly faultScript: FaultScript;
  readonly intake: RecordIntake;
}

/** @param signal - aborted when the listener closes: what has not been stored by then is not stored. */
export type LogsReceiver = (request: IncomingMessage, response: ServerResponse, signal: AbortSignal) => Promise<void>;

/** Serves the logs paths: decode, store and answer as OTLP asks, or whatever fault is due. Never rejects. */
export function createLogsReceiver(parts: LogsReceiverParts): LogsReceiver {
  return async (request, response, signal) => {
    const exchange = openExchange(request, response, parts.counters);
    try {
      if (request.method === 'POST') await receive(exchange, parts, signal);
      else refuseMethod(exchange);
    } catch (error) {
      // A bug of ours must not leave the client waiting; the message is for the developer in front of this machine.
      answerError(exchange, { status: 500, message: `internal error: ${String(error)}` }, 'application/json');
    }
  };
}

async function receive(exchange: Exchange, parts: LogsReceiverParts, signal: AbortSignal): Promise<void> {
  const { counters } = parts;
  const fault = parts.faultScript.next();
  if (fault?.kind === 'reset' && fault.after === undefined) return resetConnection(exchange);
  const read = await readDelivery(exchange, parts.maxBodyBytes, counters);
  if (read.kind === 'aborted') return exchange.abandon();
  if (fault !== undefined && isRefusing(fault)) {
    if (read.kind === 'delivered') counters.recordsRefused(read.delivered.recordCount);
    return answerRefused(exchange, fault, read.contentType);
  }
  if (read.kind === 'refused') return answerError(exchange, read, read.contentType);
  // An aborted wait is the listener closing, which the next line sees.
  if (fault?.kind === 'delay') await waitMs(fault.delayMs, undefined, { signal }).catch(() => undefined);
  if (signal.aborted) {
    counters.recordsRefused(read.delivered.recordCount);
    return exchange.abandon();
  }
  parts.intake(read.delivered, fault?.kind === 'partial' ? fault.rejected : 0);
  answerStored(exchange, fault, read.contentType);
}

function refuseMethod(exchange: Exchange): void {
  const message = `method must be POST, got ${exchange.request.method ?? 'none'}`;
  answerError(exchange, { status: 405, message, headers: { allow: 'POST' } }, 'application/json');
}
