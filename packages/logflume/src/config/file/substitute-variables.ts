import type { EnvironmentVariables } from '../env-reader.ts';
import { ConfigTextError } from './config-node.ts';

const reference = /\$\$|\$\{([^}]*)\}/g;
const content = /^(?:env:)?([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/**
 * Puts the environment into a text: `${NAME}` is the variable's value, empty if it is unset, `${NAME:-text}` has a
 * default for when it is unset or empty, `${env:NAME}` is the same as without, `$$` is a dollar sign. What is put in is
 * not looked at again.
 *
 * @throws ConfigTextError for a reference that is none of these.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/data-model/#environment-variable-substitution
 */
export function substituteVariables(text: string, env: EnvironmentVariables, line: number): string {
  return text.replace(reference, (whole, inner: string | undefined) => {
    if (whole === '$$') return '$';
    const [, name, otherwise = ''] = content.exec(inner ?? '') ?? [];
    if (name === undefined) throw new ConfigTextError(line, `a reference must be \${NAME} or \${NAME:-default}`);
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    return value === undefined || value === '' ? otherwise : value;
  });
}

/** Whether a text has to go through {@link substituteVariables}. */
export function hasReference(text: string): boolean {
  return text.includes('$$') || text.includes('${');
}

/** The variables a text asks for, by their names. */
export function referencesIn(text: string): readonly string[] {
  return [...text.matchAll(reference)].flatMap(([, inner]) => content.exec(inner ?? '')?.[1] ?? []);
}

/** What a plain text means in YAML 1.2, by its core schema. */
export function readPlainScalar(text: string): string | number | boolean | null {
  if (/^(|~|null|Null|NULL)$/.test(text)) return null;
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  if (/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(text)) return Number(text);
  if (/^[-+]?\.(inf|Inf|INF)$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return text;
}
