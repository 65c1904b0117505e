/** Parts of docs/configuration.md, in its order. */
export const sections = ['where', 'sending', 'security', 'batches', 'records', 'process'] as const;

/** What there is to know of an option beside what its value may be, which is in option-rules.ts. */
export interface OptionRow {
  readonly section: (typeof sections)[number];
  /**
   * Variables that set it, from the strongest to the weakest, with what is special about the text of each (`''` for
   * nothing). They are read in read-environment.ts.
   *
   * Without this member the variable is `LOGFLUME_` and the path in capitals, and is read by the option's own rule:
   * nothing more has to be written. `{}` is for what only code can give, such as a function.
   */
  readonly variables?: Readonly<Record<string, string>>;
  /** What holds while nothing sets it, in Markdown. */
  readonly default: string;
  readonly unit?: 'milliseconds' | 'bytes' | 'records' | 'attributes' | 'UTF-16 units' | 'attempts' | 'records/s';
  /** What it changes, in one or two sentences of Markdown on one line. */
  readonly description: string;
  /** A usable value that is not the default, as a file would hold it. Tests set it by file and variable. */
  readonly example?: unknown;
}

/** A value as code, for Markdown. */
export const code = (value: unknown): string => `\`${typeof value === 'string' ? `'${value}'` : String(value)}\``;
