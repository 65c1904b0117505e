import { isShare, parseShares } from '../intake/sampling-options.ts';
import { integer, isFunction, type OptionRule, word } from './option-rule.ts';
import { severityOfLevel } from './parse-levels.ts';

const maxMessages = 100_000;
const maxRate = 1_000_000;

/** What happens to records between the log call and the queue. */
export const intakeRules: Readonly<Record<'processors' | 'sampling' | 'repeats' | 'rateLimit', OptionRule>> = {
  processors: {
    kind: 'value',
    expected: 'a list of functions',
    accepts: (value) => Array.isArray(value) && value.every(isFunction),
  },
  sampling: {
    kind: 'group',
    fields: {
      ratio: {
        kind: 'value',
        expected: 'a number, 0 … 1',
        accepts: isShare,
        schema: { type: 'number', minimum: 0, maximum: 1 },
      },
      levels: shares('levels', 'debug=0.1,info=0.5', (name) => Object.hasOwn(severityOfLevel, name)),
      loggers: shares('names', 'db=0.1,http=0.5'),
    },
  },
  repeats: { kind: 'group', fields: { windowMs: integer(1), maxMessages: integer(1, maxMessages) } },
  rateLimit: {
    kind: 'group',
    fields: {
      recordsPerSecond: {
        kind: 'value',
        expected: `a number above 0, up to ${maxRate}`,
        accepts: (value) => typeof value === 'number' && value > 0 && value <= maxRate,
        schema: { type: 'number', exclusiveMinimum: 0, maximum: maxRate },
      },
      burstRecords: integer(1, maxRate),
      by: word('logger', 'message'),
      upTo: word(...Object.keys(severityOfLevel)),
    },
  },
};

/** @param what - the names are, such as `levels`. */
function shares(what: string, example: string, isName: (name: string) => boolean = () => true): OptionRule {
  const accepts = (value: unknown): boolean => {
    const parsed = parseShares(value);
    return parsed !== undefined && Object.keys(parsed).every(isName);
  };
  const share = { type: 'number', minimum: 0, maximum: 1 };
  const schema = { anyOf: [{ type: 'string' }, { type: 'object', additionalProperties: share }] };
  return { kind: 'value', expected: `${what} with shares 0 … 1, as an object or "${example}"`, accepts, schema };
}
