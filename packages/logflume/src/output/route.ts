import type { RoutedRecord } from '@logflume/delivery';
import { decodeLogRecord, forEachLogRecord, type OtlpLogRecord, type PlainValue, toPlainValue } from '@logflume/otlp';
import { severityOfLevel } from '../config/parse-levels.ts';
import type { ResolvedRoute } from '../config/resolved-options.ts';
import type { RouteRecord } from '../config/route-options.ts';
import type { ScopeTable } from '../scope-table.ts';

/**
 * Makes the test of what a destination gets: what any of its rules lets through, or everything if it has none.
 *
 * The test throws what a predicate throws.
 */
export function createRouteTest(
  destination: string,
  rules: readonly ResolvedRoute[],
  scopes: ScopeTable,
): ((record: RoutedRecord) => boolean) | undefined {
  const own = rules.filter(({ to }) => to.includes(destination));
  if (own.length === 0) return undefined;
  return (record) => own.some((rule) => isMatch(rule, record, scopes));
}

function isMatch(
  { level, logger, attributes, when }: ResolvedRoute,
  record: RoutedRecord,
  scopes: ScopeTable,
): boolean {
  const { severityNumber, group } = record;
  // One without a severity passes every level, as everywhere.
  if (level !== undefined && severityNumber > 0 && severityNumber < severityOfLevel[level]) return false;
  const name = scopes.scopeOf(group)?.name ?? '';
  if (logger !== undefined && name !== logger && !name.startsWith(`${logger}.`)) return false;
  // What could not be encoded whole can be read by nobody: rather twice than nowhere.
  if ((attributes === undefined && when === undefined) || record.bytes.length === 0) return true;
  const decoded = new DecodedRecord(record, name);
  return (attributes === undefined || hasAll(decoded, attributes)) && (when === undefined || when(decoded) === true);
}

function hasAll(record: RouteRecord, wanted: NonNullable<ResolvedRoute['attributes']>): boolean {
  const { attributes } = record;
  return Object.entries(wanted).every(([name, value]) => {
    if (!Object.hasOwn(attributes, name)) return false;
    const given: unknown = attributes[name];
    return Array.isArray(value) ? value.includes(given) : value === given;
  });
}

/** Most predicates look at one field: the record is decoded at the first that needs it. */
class DecodedRecord implements RouteRecord {
  readonly severityNumber: number;
  readonly logger: string;
  readonly #bytes: Uint8Array;
  #decoded: OtlpLogRecord | undefined;

  constructor({ severityNumber, bytes }: RoutedRecord, logger: string) {
    this.severityNumber = severityNumber;
    this.logger = logger;
    this.#bytes = bytes;
  }

  get body(): PlainValue | undefined {
    const { body } = this.#record;
    return body === undefined ? undefined : toPlainValue(body);
  }

  get attributes(): Readonly<Record<string, PlainValue>> {
    const { attributes = [] } = this.#record;
    return Object.fromEntries(attributes.map(({ key, value }) => [key, toPlainValue(value ?? {})]));
  }

  get eventName(): string {
    return this.#record.eventName ?? '';
  }

  get #record(): OtlpLogRecord {
    if (this.#decoded === undefined) {
      forEachLogRecord(this.#bytes, (from, to) => {
        this.#decoded = decodeLogRecord(this.#bytes, from, to);
      });
    }
    return this.#decoded ?? {};
  }
}
