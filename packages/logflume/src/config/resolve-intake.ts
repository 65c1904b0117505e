import type { ResolvedRateLimit } from '../intake/rate-limit-options.ts';
import type { ResolvedRepeats } from '../intake/repeats-options.ts';
import { parseShares, type ResolvedSampling } from '../intake/sampling-options.ts';
import { defaults } from './defaults.ts';
import type { LoggerOptions } from './logger-options.ts';
import type { ResolvedOptions } from './resolved-options.ts';
import type { Take } from './take.ts';

/** What happens to records between the log call and the queue. */
export function resolveIntake(
  { processors, sampling, repeats, rateLimit }: LoggerOptions,
  pick: Take,
): Pick<ResolvedOptions, 'processors' | 'sampling' | 'repeats' | 'rateLimit'> {
  return {
    processors: [...pick('processors', processors, undefined, [])],
    sampling: resolveSampling(sampling, pick),
    repeats: resolveRepeats(repeats, pick),
    rateLimit: resolveRateLimit(rateLimit, pick),
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

function resolveRepeats(repeats: LoggerOptions['repeats'], pick: Take): ResolvedRepeats {
  return {
    windowMs: pick('repeats.windowMs', repeats?.windowMs, undefined, undefined),
    maxMessages: pick('repeats.maxMessages', repeats?.maxMessages, undefined, defaults.maxRepeatMessages),
  };
}

function resolveRateLimit(rateLimit: LoggerOptions['rateLimit'], pick: Take): ResolvedRateLimit {
  return {
    recordsPerSecond: pick('rateLimit.recordsPerSecond', rateLimit?.recordsPerSecond, undefined, undefined),
    burstRecords: pick('rateLimit.burstRecords', rateLimit?.burstRecords, undefined, undefined),
    by: pick('rateLimit.by', rateLimit?.by, undefined, defaults.rateLimitBy),
    upTo: pick('rateLimit.upTo', rateLimit?.upTo, undefined, defaults.rateLimitUpTo),
  };
}
