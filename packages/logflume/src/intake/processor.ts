/**
 * A record on its way in, as a processor sees it and may change it. It is read when the last processor has returned;
 * what happens to it later has no effect.
 */
export interface ProcessedRecord {
  /** Name of the logger: its instrumentation scope. */
  readonly logger: string;
  /** When it happened: milliseconds since the epoch. */
  readonly timeMs: number;
  /** 32 hex digits, or `''`. */
  readonly traceId: string;
  /** 16 hex digits, or `''`. */
  readonly spanId: string;
  /** 1 … 24, 0 for unspecified; anything else leaves it as it was. No level is compared again. */
  severityNumber: number;
  /** `'INFO'`, or another logger's own name of its level. Anything but a text leaves it as it was. */
  severityText: string;
  /** The message, any value. */
  body: unknown;
  /**
   * All attributes, those of the logger and of `withContext` too, in an object of the record's own: add, change and
   * `delete` at will. Values that are objects may be the application's: put another in their place rather than change
   * them.
   */
  attributes: Record<string, unknown>;
  /**
   * What was thrown, which becomes `exception.*`; `undefined` for none. One that stands among the attributes as `err` or
   * `error` follows what is done to it there.
   */
  exception: unknown;
  /** `''` for a record that is no event. Anything but a text leaves it as it was. */
  eventName: string;
}

/**
 * Sees each record before it is encoded, inside the log call: keep it short. Redaction comes after it.
 *
 * @returns attributes to add, which win over those there are; `null` to leave the record out, which is counted in
 *   `stats().suppressed`; `undefined` or the record itself for neither.
 * @example
 * ```ts
 * const processors: Processor[] = [
 *   (record) => (record.attributes['http.route'] === '/healthz' ? null : undefined),
 *   () => ({ 'deploy.color': color }),
 *   function maskUser({ attributes }) { if ('user' in attributes) attributes['user'] = 'someone'; },
 * ];
 * ```
 */
export type Processor = (
  record: ProcessedRecord,
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing is the plainest processor.
) => Readonly<Record<string, unknown>> | ProcessedRecord | null | undefined | void;
