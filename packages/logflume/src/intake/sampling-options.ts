import type { Level } from '../config/parse-levels.ts';

/**
 * Which share of the records is kept. All records of one trace below WARN that have the same share are kept or left out
 * together, and together with those of other processes that sample by OpenTelemetry's rules.
 */
export interface SamplingOptions {
  /** Share of the records below WARN, 0 … 1. @defaultValue 1, all */
  readonly ratio?: number | undefined;
  /**
   * Shares by level, instead of `ratio`; also written as a text, `debug=0.1,info=0.5`. The only one of the three that
   * reaches WARN and above: those are kept unless they are named here.
   * @defaultValue none
   */
  readonly levels?: string | Readonly<Partial<Record<Level, number>>> | undefined;
  /**
   * Shares by logger name, for records below WARN, instead of the two others; also written as a text, `db=0.1`, where `db`
   * covers `db.pool`.
   * @defaultValue none
   */
  readonly loggers?: string | Readonly<Record<string, number>> | undefined;
}

/** Shares 0 … 1 by name. */
export type Shares = Readonly<Record<string, number>>;

/** {@link SamplingOptions} with all values. */
export interface ResolvedSampling {
  readonly ratio: number;
  readonly levels: Shares;
  readonly loggers: Shares;
}

/**
 * Reads shares by name, from an object or a text such as `debug=0.1,info=0.5`.
 *
 * @returns `undefined` for anything in which a name is empty or given twice, or a share is none.
 */
export function parseShares(value: unknown): Shares | undefined {
  const entries = typeof value === 'string' ? entriesOf(value) : isObject(value) ? Object.entries(value) : undefined;
  if (entries === undefined) return undefined;
  const shares: Record<string, number> = Object.create(null);
  for (const [name, share] of entries) {
    if (share === undefined) continue;
    if (name === '' || name in shares || !isShare(share)) return undefined;
    shares[name] = share;
  }
  return { ...shares };
}

/** Whether a value is a share: a number, 0 … 1. */
export function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1;
}

/** Whether there is anything to leave out. */
export function isSampling({ ratio, levels, loggers }: ResolvedSampling): boolean {
  return [ratio, ...Object.values(levels), ...Object.values(loggers)].some((share) => share < 1);
}

function entriesOf(text: string): readonly (readonly [string, unknown])[] {
  return text.split(',').map((part) => {
    const at = part.lastIndexOf('=');
    const share = part.slice(at + 1).trim();
    return [at < 0 ? '' : part.slice(0, at).trim(), /^\d+(\.\d+)?$/.test(share) ? Number(share) : Number.NaN];
  });
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
