import {
  type Clock,
  createRateLimit,
  type Delivery,
  type ExitParticipant,
  isOwnTraffic,
  onProcessEnd,
  type Random,
  systemClock,
  systemRandom,
} from '@logflume/delivery';
import type { LogRecordInput } from '@logflume/otlp';
import type { ProcessorFailed } from '../config/diagnostic.ts';
import type { Processor } from './processor.ts';
import { ProcessorChain, type ProcessorProblem } from './run-processors.ts';
import { Sampler } from './sampler.ts';
import { isSampling, type ResolvedSampling } from './sampling-options.ts';
import { SuppressedCount, type SuppressedReason, type SuppressedStats } from './suppressed.ts';
import { isThrottling, Throttle, type ThrottleOptions } from './throttle.ts';

/** What the intake does. */
export interface IntakeOptions extends ThrottleOptions {
  readonly processors: readonly Processor[];
  readonly sampling: ResolvedSampling;
}

/** Of a logger that writes nothing. */
export const noIntake: IntakeOptions = {
  processors: [],
  sampling: { ratio: 1, levels: {}, loggers: {} },
  repeats: { windowMs: undefined, maxMessages: 1 },
  rateLimit: { recordsPerSecond: undefined, burstRecords: undefined, by: 'logger', upTo: 'info' },
};

export interface IntakeParts {
  /** Name of the scope of a group. */
  readonly nameOf: (group: number) => string;
  /** Told after the log call that caused it. */
  readonly onDiagnostic: (event: ProcessorFailed) => void;
  /** @defaultValue the system's */
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
  /** Whether limits may be set later. @defaultValue false */
  readonly mayChange?: boolean | undefined;
  /** Registers for the end of the process; what it answers takes that back. @defaultValue the real one */
  readonly onProcessEnd?: ((participant: ExitParticipant) => () => void) | undefined;
}

/** Decides, between the log call and the queue, which records go on and as what. See decision 0020 for the order. */
export interface Intake {
  /** Whether there is anything to do: if not, records need not come by here. */
  isNeeded(): boolean;
  /** Takes other shares, from the next record on. */
  setSampling(sampling: ResolvedSampling): void;
  /** Takes other limits, from the next record on; tells of what the ones before held back. */
  setThrottle(options: ThrottleOptions): void;
  /** Puts the intake in front of a delivery; once. */
  before(delivery: Delivery<LogRecordInput>): Delivery<LogRecordInput>;
  /** What was left out on purpose, since the intake was made. */
  suppressed(): SuppressedStats;
}

/**
 * Makes the intake of one logger and its children. To be made before its delivery: at the end of the process it must tell
 * of what it held back before the delivery sends the last time.
 */
export function createIntake(options: IntakeOptions, parts: IntakeParts): Intake {
  const { nameOf, clock = systemClock, random = systemRandom } = parts;
  const { processors } = options;
  const count = new SuppressedCount();
  const report = createProblemReport(clock, parts.onDiagnostic);
  const chain = processors.length === 0 ? undefined : new ProcessorChain(processors, { nameOf, onProblem: report });
  const toSampler = (wanted: ResolvedSampling): Sampler | undefined =>
    isSampling(wanted) ? new Sampler(wanted, { nameOf, random }) : undefined;
  let sampler = toSampler(options.sampling);
  let emit: Delivery<LogRecordInput>['enqueue'] = () => undefined;
  const toThrottle = (wanted: ThrottleOptions): Throttle | undefined =>
    isThrottling(wanted)
      ? new Throttle(wanted, { clock, emit: (record, group) => emit(record, record.severityNumber, group) })
      : undefined;
  let throttle = toThrottle(options);
  const register = parts.onProcessEnd ?? onProcessEnd;
  const unregister =
    throttle !== undefined || parts.mayChange === true
      ? register({ beforeExit: async () => throttle?.tell(), atExit: () => throttle?.end() })
      : undefined;

  /** What goes on of a record, or why nothing does. */
  function take(given: LogRecordInput, group: number): LogRecordInput | SuppressedReason {
    const processed = chain === undefined ? given : chain.process(given, group);
    if (processed === undefined) return 'processor';
    const record = sampler === undefined ? processed : sampler.sample(processed, group);
    if (record === undefined) return 'sampled';
    // What our own requests log goes nowhere: a summary of it would cause the next one.
    return isOwnTraffic() ? record : (throttle?.holdsBack(record, group) ?? record);
  }

  return {
    isNeeded: () => chain !== undefined || sampler !== undefined || throttle !== undefined,
    setSampling(wanted) {
      sampler = toSampler(wanted);
    },
    setThrottle(wanted) {
      throttle?.end();
      throttle = toThrottle(wanted);
    },
    suppressed: () => count.stats(),
    before(delivery) {
      let isClosed = false;
      emit = delivery.enqueue;
      return {
        ...delivery,
        enqueue(given, severityNumber, group) {
          // Counted as records that came too late; nobody shall see them any more.
          if (isClosed) return delivery.enqueue(given, severityNumber, group);
          const taken = take(given, group);
          if (typeof taken === 'string') return count.add(taken);
          delivery.enqueue(taken, taken.severityNumber, group);
        },
        flush(flushOptions) {
          throttle?.tell();
          return delivery.flush(flushOptions);
        },
        close(closeOptions) {
          if (!isClosed) throttle?.end();
          isClosed = true;
          unregister?.();
          return delivery.close(closeOptions);
        },
        async [Symbol.asyncDispose]() {
          await this.close();
        },
      };
    },
  };
}

/** Says after the log call, and once in a while for each processor, that one fails. */
function createProblemReport(
  clock: Clock,
  onDiagnostic: IntakeParts['onDiagnostic'],
): (problem: ProcessorProblem) => void {
  const limit = createRateLimit();
  return ({ processor, kind, what }) => {
    const unsaid = limit.admit(`${processor} ${kind}`, clock.nowMs());
    if (unsaid === undefined) return;
    const more = unsaid === 0 ? '' : ` (${unsaid} more like this were not told)`;
    const message =
      kind === 'failed'
        ? `${processor} failed (${what}): records for which it does go out marked and without attributes${more}`
        : `${processor} must return attributes, null or nothing, got another ${what}, which is ignored${more}`;
    clock.soon(() => onDiagnostic({ kind: 'processorFailed', processor, message }));
  };
}
