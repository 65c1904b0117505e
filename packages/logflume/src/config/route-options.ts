import type { PlainValue } from '@logflume/otlp';
import type { Level } from './parse-levels.ts';

/** A record as a rule of `route` sees it, decoded from its bytes when a field is read. */
export interface RouteRecord {
  /** 1 … 24, 0 for unspecified. */
  readonly severityNumber: number;
  /** Name of the logger: its instrumentation scope. */
  readonly logger: string;
  readonly body: PlainValue | undefined;
  /** All of its attributes, those of its logger and context too. */
  readonly attributes: Readonly<Record<string, PlainValue>>;
  /** `''` for none. */
  readonly eventName: string;
}

/** What an attribute can be compared with. */
export type RouteValue = string | number | boolean;

/** Says what a destination gets: records for which everything that is given here holds. */
export interface RouteRule {
  /** Name of a destination, or several. */
  readonly to: string | readonly string[];
  /** This level and above. @defaultValue every level */
  readonly level?: Level | undefined;
  /** Loggers of this name and below: `db` covers `db.pool`. @defaultValue every logger */
  readonly logger?: string | undefined;
  /**
   * Attributes a record must have, each with this value or one of these: what a file or the environment can say instead
   * of `when`. Compared as values, so `1` is not `'1'`.
   * @defaultValue every record
   */
  readonly attributes?: Readonly<Record<string, RouteValue | readonly RouteValue[]>> | undefined;
  /**
   * A predicate, called inside the log call: keep it short. One that throws sends the record to all destinations, and
   * is reported.
   * @defaultValue every record
   */
  readonly when?: ((record: RouteRecord) => boolean) | undefined;
}
