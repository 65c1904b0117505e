import { type Clock, createRateLimit, type Delivery, type Random, systemClock, systemRandom } from '@logflume/delivery';
import type { LogRecordInput } from '@logflume/otlp';
import type { ProcessorFailed } from '../config/diagnostic.ts';
import type { Processor } from './processor.ts';
import { ProcessorChain, type ProcessorProblem } from './run-processors.ts';
import { Sampler } from './sampler.ts';
import { isSampling, type ResolvedSampling } from './sampling-options.ts';
import { SuppressedCount, type SuppressedStats } from './suppressed.ts';

/** What the intake does; what is left out is not done. */
export interface IntakeOptions {
  readonly processors: readonly Processor[];
  readonly sampling: ResolvedSampling;
}

export interface IntakeParts {
  /** Name of the scope of a group. */
  readonly nameOf: (group: number) => string;
  /** Told after the log call that caused it. */
  readonly onDiagnostic: (event: ProcessorFailed) => void;
  /** @defaultValue the system's */
  readonly clock?: Clock | undefined;
  readonly random?: Random | undefined;
}

/** Decides, between the log call and the queue, which records go on and as what. See decision 0020 for the order. */
export interface Intake {
  /** Whether there is anything to do: if not, records need not come by here. */
  isNeeded(): boolean;
  /** Takes other shares, from the next record on. */
  setSampling(sampling: ResolvedSampling): void;
  /** Puts the intake in front of a delivery; once. */
  before(delivery: Delivery<LogRecordInput>): Delivery<LogRecordInput>;
  /** What was left out on purpose, since the intake was made. */
  suppressed(): SuppressedStats;
}

/** Makes the intake of one logger and its children. */
export function createIntake({ processors, sampling }: IntakeOptions, parts: IntakeParts): Intake {
  const { nameOf, random = systemRandom } = parts;
  const clock = parts.clock ?? systemClock;
  const count = new SuppressedCount();
  const report = createProblemReport(clock, parts.onDiagnostic);
  const chain = processors.length === 0 ? undefined : new ProcessorChain(processors, { nameOf, onProblem: report });
  const toSampler = (wanted: ResolvedSampling): Sampler | undefined =>
    isSampling(wanted) ? new Sampler(wanted, { nameOf, random }) : undefined;
  let sampler = toSampler(sampling);
  return {
    isNeeded: () => chain !== undefined || sampler !== undefined,
    setSampling(wanted) {
      sampler = toSampler(wanted);
    },
    suppressed: () => count.stats(),
    before(delivery) {
      let isClosed = false;
      return {
        ...delivery,
        enqueue(given, severityNumber, group) {
          // Counted as records that came too late; nobody shall see them any more.
          if (isClosed) return delivery.enqueue(given, severityNumber, group);
          const processed = chain === undefined ? given : chain.process(given, group);
          if (processed === undefined) return count.add('processor');
          const record = sampler === undefined ? processed : sampler.sample(processed, group);
          if (record === undefined) return count.add('sampled');
          delivery.enqueue(record, record.severityNumber, group);
        },
        close(options) {
          isClosed = true;
          return delivery.close(options);
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
