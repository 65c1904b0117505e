import type { DestinationOptions } from './logger-options.ts';
import { isFunction, isRecord, type OptionRule, text, word } from './option-rule.ts';
import { isName, optionRules } from './option-rules.ts';
import { severityOfLevel } from './parse-levels.ts';
import type { RouteRule } from './route-options.ts';

/** One entry of `destinations`; its endpoints are judged where they are parsed. */
export const destinationRules: Extract<OptionRule, { kind: 'group' }> = {
  kind: 'group',
  fields: {
    name: { kind: 'value', expected: 'a name', accepts: isName },
    endpoints: optionRules.endpoints,
    headers: optionRules.headers,
    format: {
      kind: 'value',
      expected: '"otlp-protobuf", "otlp-json" or a function that makes a format',
      accepts: (value) => isFunction(value) || value === 'otlp-protobuf' || value === 'otlp-json',
      words: ['otlp-protobuf', 'otlp-json'],
    },
    transport: { kind: 'value', expected: 'an object with send and close', accepts: isTransport },
    compression: optionRules.compression,
    balance: optionRules.balance,
    tls: optionRules.tls,
    axios: optionRules.axios,
    timeoutMs: optionRules.timeoutMs,
    strictOtlp: optionRules.strictOtlp,
    on400: optionRules.on400,
    ordered: optionRules.ordered,
    batch: optionRules.batch,
    queue: optionRules.queue,
    retry: optionRules.retry,
    fallback: optionRules.fallback,
  } satisfies Record<keyof DestinationOptions, OptionRule>,
};

/** One entry of `route`; the names in `to` are judged where destinations are known. */
export const routeRules: Extract<OptionRule, { kind: 'group' }> = {
  kind: 'group',
  fields: {
    to: {
      kind: 'value',
      expected: 'a name or a list of names',
      accepts: (value) => isName(value) || Array.isArray(value),
    },
    level: word(...Object.keys(severityOfLevel)),
    logger: text,
    attributes: {
      kind: 'value',
      expected: 'an object of texts, numbers, booleans or lists of these',
      accepts: isAttributeTest,
      schema: { type: 'object' },
    },
    when: { kind: 'value', expected: 'a function', accepts: isFunction },
  } satisfies Record<keyof RouteRule, OptionRule>,
};

function isTransport(value: unknown): boolean {
  return isRecord(value) && isFunction(value['send']) && isFunction(value['close']);
}

function isAttributeTest(value: unknown): boolean {
  const isPlain = (each: unknown) => ['string', 'number', 'boolean'].includes(typeof each);
  return (
    isRecord(value) &&
    Object.values(value).every(
      (each) => isPlain(each) || (Array.isArray(each) && each.length > 0 && each.every(isPlain)),
    )
  );
}
