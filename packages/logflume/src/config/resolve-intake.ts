import { parseShares, type ResolvedSampling } from '../intake/sampling-options.ts';
import { defaults } from './defaults.ts';
import type { LoggerOptions } from './logger-options.ts';
import type { ResolvedOptions } from './resolved-options.ts';
import type { Take } from './take.ts';

/** What happens to records between the log call and the queue. */
export function resolveIntake(
  { processors, sampling }: LoggerOptions,
  pick: Take,
): Pick<ResolvedOptions, 'processors' | 'sampling'> {
  return {
    processors: [...pick('processors', processors, undefined, [])],
    sampling: resolveSampling(sampling, pick),
  };
}

function resolveSampling(sampling: LoggerOptions['sampling'], pick: Take): ResolvedSampling {
  return {
    ratio: pick('sampling.ratio', sampling?.ratio, undefined, defaults.samplingRatio),
    // Accepted by their rules, which read them in the same way.
    levels: parseShares(pick('sampling.levels', sampling?.levels, undefined, {})) ?? {},
    loggers: parseShares(pick('sampling.loggers', sampling?.loggers, undefined, {})) ?? {},
  };
}
