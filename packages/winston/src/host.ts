// What this package knows of winston's objects, which has no types for what a transport meets inside a stream.

import { readMember } from './members.ts';

/** The level before any colour. */
export const LEVEL: unique symbol = Symbol.for('level');
/** The arguments of the call behind the message. */
export const SPLAT: unique symbol = Symbol.for('splat');

/** A record on its way through winston: also an `Error`, or the object the application passed. Never to be changed. */
export type HostInfo = object & {
  readonly level?: unknown;
  readonly message?: unknown;
  readonly [key: string | symbol]: unknown;
};

/** Level names and their rank, 0 the gravest. */
export type HostLevels = Readonly<Record<string, number>>;

/** A winston logger as a transport sees it. */
export interface HostLogger {
  readonly levels?: HostLevels | undefined;
  readonly level?: string | undefined;
  readonly format?: unknown;
  readonly exitOnError?: unknown;
  readonly transports?: readonly unknown[] | undefined;
  readonly defaultMeta?: unknown;
  readonly readableFlowing?: boolean | null | undefined;
  readonly readableLength?: number | undefined;
  readonly writableLength?: number | undefined;
  write: (info: unknown, encoding?: unknown, callback?: unknown) => boolean;
  pipe(target: unknown): unknown;
}

export function isInfo(info: unknown): info is HostInfo {
  return typeof info === 'object' && info !== null;
}

export function isHost(source: unknown): source is HostLogger {
  return typeof source === 'object' && source !== null && 'write' in source && 'pipe' in source;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters.
const COLOUR = /\u001b\[[\d;:]*m/g;

/** A text without the colours that `colorize` puts around it. */
export function withoutColours(text: string): string {
  return text.includes('\u001b') ? text.replace(COLOUR, '') : text;
}

/** The level of a record as the application named it: `colorize` paints `level`, and a format may drop the symbol. */
export function levelNameOf(info: HostInfo): string {
  try {
    const name = info[LEVEL];
    if (typeof name === 'string') return name;
  } catch {
    // A trap threw. The level may still be had by its name.
  }
  const level = readMember(info, 'level');
  return typeof level === 'string' ? withoutColours(level) : '';
}
