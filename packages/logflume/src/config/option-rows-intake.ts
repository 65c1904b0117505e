import { defaults } from './defaults.ts';
import { code, type OptionRow } from './option-row.ts';

/** What happens to records between the log call and the queue. */
export const intakeRows: Readonly<Record<string, OptionRow>> = {
  processors: {
    section: 'records',
    variables: {},
    default: 'none',
    description:
      'Functions that see each record before it is encoded, in this order, and may change it, add attributes or leave it out, see [Intake](intake.md)',
  },
  'sampling.ratio': {
    section: 'records',
    default: String(defaults.samplingRatio),
    description:
      'Share of the records below WARN that is kept, see [Intake](intake.md#sampling). A trace is kept as a whole or not at all',
    example: 0.25,
  },
  'sampling.levels': {
    section: 'records',
    default: 'none',
    description:
      'Shares by level, instead of `sampling.ratio`. WARN and above are left out only where they are named here',
    example: 'debug=0.1,info=0.5',
  },
  'sampling.loggers': {
    section: 'records',
    default: 'none',
    description: 'Shares by logger name for records below WARN, instead of the two others; `db` covers `db.pool`',
    example: 'db=0.1',
  },
  'repeats.windowMs': {
    section: 'records',
    default: 'none: every record goes on',
    unit: 'milliseconds',
    description:
      'How long records of one logger, level, message and type of error are left out after the first one, see [Intake](intake.md#repeats); one record then says how many there were',
    example: 10_000,
  },
  'repeats.maxMessages': {
    section: 'records',
    default: String(defaults.maxRepeatMessages),
    description: 'Messages known at once; with one more the oldest ends its time early',
    example: 100,
  },
  'rateLimit.recordsPerSecond': {
    section: 'records',
    default: 'none: no limit',
    unit: 'records/s',
    description:
      'Records that may go on in the long run, for each key, see [Intake](intake.md#rate-limit); what is beyond is left out and told by a summary record',
    example: 100,
  },
  'rateLimit.burstRecords': {
    section: 'records',
    default: '`rateLimit.recordsPerSecond`, rounded up',
    unit: 'records',
    description: 'Records that may come at once after a calm',
    example: 1000,
  },
  'rateLimit.by': {
    section: 'records',
    default: code(defaults.rateLimitBy),
    description:
      'What has a limit of its own: each logger and level, or each message of these, words with digits aside',
    example: 'message',
  },
  'rateLimit.upTo': {
    section: 'records',
    default: code(defaults.rateLimitUpTo),
    description: 'The gravest level that is limited',
    example: 'error',
  },
};
