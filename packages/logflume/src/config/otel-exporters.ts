import { closestName } from './closest-name.ts';
import { oneOf, type Parsed } from './env-values.ts';
import { showList } from './show-value.ts';

/** The names `OTEL_LOGS_EXPORTER` may hold. `logging` is an old word for `console`. */
export const exporterNames = ['otlp', 'console', 'none', 'otlp/stdout', 'logging'] as const;

export type ExporterName = (typeof exporterNames)[number];

/** Reads `OTEL_LOGS_EXPORTER`: one name or several, separated by commas, in any case. Unknown ones are left out. */
export function parseExporters(text: string): Parsed<ReadonlySet<ExporterName>> {
  const names = new Set<ExporterName>();
  const wrong: string[] = [];
  for (const entry of text.split(',')) {
    const word = entry.trim();
    if (word === '') continue;
    const name = exporterNames.find((candidate) => candidate === word.toLowerCase());
    if (name === undefined) wrong.push(word);
    else names.add(name);
  }
  if (wrong.length === 0 && names.size > 0) return { kind: 'ok', value: names };
  const close = closestName(wrong[0] ?? '', exporterNames);
  const bad = {
    expected: oneOf(exporterNames),
    got: showList(wrong.length === 0 ? [text] : wrong),
    hint: close === undefined ? undefined : `write "${close}"`,
  };
  return names.size === 0 ? { kind: 'bad', bad } : { kind: 'partly', value: names, bad };
}
