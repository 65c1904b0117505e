import {
  type BackendDelivery,
  createDelivery,
  type DeliveryDiagnostic,
  type DeliveryOptions,
} from '@logflume/delivery';
import { type TextRecord, textCodec, textFormat, textsOf } from '../../../delivery/test/text-records.ts';
import {
  createManualClock,
  createScriptedTransport,
  createSeededRandom,
  type ManualClock,
  type ScriptedTransport,
  type SeededRandom,
  type TransportScript,
} from '../../src/index.ts';
import { createMemoryStdio, type MemoryStdio } from '../../src/memory-stdio.ts';

export const INFO = 9;
export const WARN = 13;
export const ERROR = 17;

/** A reply that takes everything. */
export const ok = { kind: 'reply', status: 200, delayMs: 10 } as const;
export const unavailable = { kind: 'reply', status: 503, delayMs: 10 } as const;
export const refused = { kind: 'failure', code: 'ECONNREFUSED', delayMs: 1 } as const;

export interface Engine {
  readonly delivery: BackendDelivery<TextRecord>;
  readonly clock: ManualClock;
  readonly random: SeededRandom;
  readonly network: ScriptedTransport;
  readonly stdio: MemoryStdio;
  readonly diagnostics: readonly DeliveryDiagnostic[];
  log(text: string, severityNumber?: number): void;
  /** Texts of every request so far, in the order they were sent. */
  sent(): string[];
}

export const url = (name: string): string => `http://${name}/v1/logs`;

/** The real engine over a clock, a network and a stream that are not. */
export function createEngine(script: TransportScript, options: Partial<DeliveryOptions<TextRecord>> = {}): Engine {
  const clock = createManualClock();
  const random = createSeededRandom(1);
  const network = createScriptedTransport(script, { clock });
  const stdio = createMemoryStdio(clock);
  const diagnostics: DeliveryDiagnostic[] = [];
  const delivery = createDelivery<TextRecord>({
    codec: textCodec,
    format: textFormat,
    endpoints: [{ url: url('a') }],
    exit: { hooks: false },
    onDiagnostic: (event) => diagnostics.push(event),
    clock,
    random,
    transport: network,
    stdio,
    ...options,
  });
  return {
    delivery,
    clock,
    random,
    network,
    stdio,
    diagnostics,
    log: (text, severityNumber = INFO) => delivery.enqueue({ text }, severityNumber, 0),
    sent: () => network.requests.flatMap((request) => textsOf(request.body)),
  };
}

/** Whether every record is accounted for. */
export function isLawful({ delivery }: Engine): boolean {
  const { accepted, delivered, rejected, fallback, dropped, pending } = delivery.stats();
  const total = Object.values(dropped.byReason).reduce((sum, records) => sum + records, 0);
  return total === dropped.total && accepted === delivered + rejected + fallback + dropped.total + pending;
}
