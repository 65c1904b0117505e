import { type ConfigDiagnostic, type SettingSource, toInvalidSetting } from './diagnostic.ts';
import type { Parsed, Parser } from './env-values.ts';

/** Environment variables by name, as `process.env` has them. Only read. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** A usable value and where it stands. */
export interface Setting<T> {
  readonly value: T;
  readonly source: SettingSource;
}

/** What the value of a setting depends on besides its variables. */
export interface SettingUse {
  /** Path of the option in code that has the same meaning, which beats the variables. */
  readonly option?: string | undefined;
  /** What is used when no variable has a usable value, for the message. */
  readonly otherwise: string;
}

/** Reads variables and collects what there is to say about them. Lives for one reading. */
export interface EnvReader {
  /** The trimmed text; `undefined` when the variable is unset, empty or blank, which all mean the same. */
  text(name: string): string | undefined;
  /**
   * Reads the first variable with a usable value; `names` goes from the strongest to the weakest. A bad value counts
   * as unset, so a weaker variable is used, and is reported once, also where a stronger one hides it.
   */
  read<T>(names: readonly string[], parse: Parser<T>, use: SettingUse): Setting<T> | undefined;
  /** Adds a diagnostic, unless one with this name was added before: one variable, one line. */
  report(diagnostic: ConfigDiagnostic): void;
  /** In the order of the reports. */
  readonly diagnostics: readonly ConfigDiagnostic[];
}

/** Where else options were given; only changes the words of a diagnostic. */
export interface OtherPlaces {
  /** Whether the option at a path, such as `batch.lingerMs`, was given in code, which beats the variables. */
  readonly isSetInCode: (option: string) => boolean;
  /** Where a configuration file gives it, which the variables beat; `undefined` where none does. */
  readonly sourceInFile: (option: string) => SettingSource | undefined;
}

/** Makes a reader over a snapshot of the environment. */
export function createEnvReader(env: EnvironmentVariables, places: OtherPlaces): EnvReader {
  const diagnostics: ConfigDiagnostic[] = [];
  const reported = new Set<string>();

  const text = (name: string): string | undefined => {
    const value = Object.hasOwn(env, name) ? env[name]?.trim() : undefined;
    return value === '' ? undefined : value;
  };

  const report = (diagnostic: ConfigDiagnostic): void => {
    if (reported.has(diagnostic.name)) return;
    reported.add(diagnostic.name);
    diagnostics.push(diagnostic);
  };

  const read = <T>(names: readonly string[], parse: Parser<T>, use: SettingUse): Setting<T> | undefined => {
    const tried: { readonly name: string; readonly value: string; readonly parsed: Parsed<T> }[] = [];
    for (const name of names) {
      const value = text(name);
      if (value !== undefined) tried.push({ name, value, parsed: parse(value, name) });
    }
    const winner = tried.find(({ parsed }) => parsed.kind !== 'bad');
    for (const { name, value, parsed } of tried) {
      if (parsed.kind === 'ok') continue;
      const instead = winner?.name === name ? 'the rest of it' : winner?.name;
      report(toInvalidSetting(name, value, parsed.bad, usedFor(use, instead, places)));
    }
    if (winner === undefined || winner.parsed.kind === 'bad') return undefined;
    return { value: winner.parsed.value, source: `environment ${winner.name}` };
  };

  return { text, read, report, diagnostics };
}

function usedFor({ option, otherwise }: SettingUse, variable: string | undefined, places: OtherPlaces): string {
  if (option !== undefined && places.isSetInCode(option)) return 'the value set in code';
  const file = option === undefined ? undefined : places.sourceInFile(option);
  return variable ?? (file === undefined ? otherwise : `the value of ${file}`);
}
