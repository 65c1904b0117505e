import type { ExitParticipant } from '@logflume/delivery';
import { createManualClock, createSeededRandom, type ManualClock } from '@logflume/testing';
import type { ProcessorFailed } from '../src/config/diagnostic.ts';
import { createIntake, type Intake, type IntakeOptions, noIntake } from '../src/intake/create-intake.ts';
import { createScrub } from '../src/redact/create-scrub.ts';
import type { RedactOptions } from '../src/redact/redact-options.ts';
import { createSeenLogger, type SeenLogger } from './memory-delivery.ts';

/** A logger with an intake, whose time is a test's. */
export interface SeenIntake extends SeenLogger {
  readonly intake: Intake;
  readonly clock: ManualClock;
  readonly diagnostics: readonly ProcessorFailed[];
}

interface SeenOptions {
  readonly redact?: readonly string[] | RedactOptions;
  readonly onProcessEnd?: (participant: ExitParticipant) => void;
}

/** Makes a logger whose records go through an intake and are kept in memory. */
export function createSeenIntake(
  options: Partial<IntakeOptions>,
  { redact, onProcessEnd }: SeenOptions = {},
): SeenIntake {
  const clock = createManualClock();
  const diagnostics: ProcessorFailed[] = [];
  let intake: Intake | undefined;
  const seen = createSeenLogger('trace', { scrub: createScrub(redact) }, (delivery, scopes) => {
    intake = createIntake(
      { ...noIntake, ...options },
      {
        nameOf: (group) => scopes.scopeOf(group)?.name ?? '',
        onDiagnostic: (event) => diagnostics.push(event),
        clock,
        random: createSeededRandom(1),
        onProcessEnd(participant) {
          onProcessEnd?.(participant);
          return () => undefined;
        },
      },
    );
    return intake.before(delivery);
  });
  if (intake === undefined) throw new Error('no intake was made');
  return { ...seen, intake, clock, diagnostics };
}
