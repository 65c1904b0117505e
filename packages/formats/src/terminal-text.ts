/** Colour and weight, which programs put into their messages on purpose: taken away, since they carry no words. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: ESC is what it looks for
const SGR_SEQUENCE = /(?:\u001b\[|\u009b)[\d;:]*m/g;

/**
 * What a terminal obeys instead of showing: control characters (ESC starts every sequence that moves the cursor or
 * sets the title), line separators, marks that reorder or hide text (CVE-2021-42574), halves of surrogate pairs.
 * The zero-width joiner stays: it holds emoji together.
 *
 * @see https://trojansource.codes
 */
const UNSAFE_ON_TERMINAL =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

const SHORT_ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text a terminal can only show: colours of the data removed, everything else it would obey written as an escape. */
export function toTerminalText(text: string): string {
  return text.replace(SGR_SEQUENCE, '').replace(UNSAFE_ON_TERMINAL, escapeUnit);
}

/** The same, line by line, for text that is meant to have lines. Tabs become spaces. */
export function toTerminalLines(text: string): string[] {
  return text.split(/\r?\n/).map((line) => toTerminalText(line.replaceAll('\t', '    ')));
}

function escapeUnit(unit: string): string {
  const short = SHORT_ESCAPES[unit];
  if (short !== undefined) return short;
  const hex = unit.charCodeAt(0).toString(16);
  return hex.length <= 2 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`;
}
