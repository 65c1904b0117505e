/** What a part of a terminal line is; the only thing that decides its colour. */
export type Ink = 'faint' | 'strong' | 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

/** SGR parameters of the sixteen colours every terminal has and themes adapt. */
const SGR_OF_INK: Readonly<Record<Ink, string>> = {
  faint: '2',
  strong: '1',
  trace: '90',
  debug: '36',
  info: '32',
  warn: '33',
  error: '31',
  fatal: '1;97;41',
};

/** Puts ink on a text that is safe on a terminal. Painted texts do not nest. */
export type Paint = (ink: Ink, text: string) => string;

/** Paints with SGR sequences, or leaves every text as it is. */
export function createPaint(colors: boolean): Paint {
  return colors ? (ink, text) => (text === '' ? '' : `\u001b[${SGR_OF_INK[ink]}m${text}\u001b[0m`) : (_, text) => text;
}
