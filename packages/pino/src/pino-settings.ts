import { isFields, parseLine } from './parse-line.ts';
import { type LevelNames, standardLevelNames } from './severity-table.ts';

/** How a pino logger writes its lines. */
export interface PinoSettings {
  readonly messageKey: string;
  readonly errorKey: string;
  /** Under which all that a call logs stands; `''` is none. */
  readonly nestedKey: string;
  /** `pino({ name })`, or `''`. */
  readonly name: string;
}

/** What pino does unless told otherwise. */
export const defaultPinoSettings: PinoSettings = Object.freeze({
  messageKey: 'msg',
  errorKey: 'err',
  nestedKey: '',
  name: '',
});

/**
 * Reads the settings of pino loggers, once for each.
 *
 * pino keeps them under symbols, which it describes in its manual as the way to get at them (`pino.symbols`). They are
 * found by their descriptions here: importing pino would find those of one copy alone, and a tree may hold several.
 */
export class PinoSettingsReader {
  readonly #known = new WeakMap<object, PinoSettings>();

  /** @param logger - any value; one that is no pino logger has the defaults. A child has those of its ancestor. */
  of(logger: unknown): PinoSettings {
    if (!isObject(logger)) return defaultPinoSettings;
    // A child is made with its parent as prototype, and the settings stand on the first ancestor. Nothing is noted for
    // the child: there may be one for every request, and each entry is work for the garbage collector.
    return nearest(logger, (at) => this.#known.get(at)) ?? this.#read(logger);
  }

  #read(logger: object): PinoSettings {
    let owner = logger;
    const settings = nearest(logger, (at) => {
      owner = at;
      return readOwn(at);
    });
    if (settings === undefined) owner = logger;
    this.#known.set(owner, settings ?? defaultPinoSettings);
    return settings ?? defaultPinoSettings;
  }
}

/** The first answer on the way from a logger up its prototypes. */
function nearest<T>(logger: object, ask: (at: object) => T | undefined): T | undefined {
  for (let at: unknown = logger; isObject(at); at = Object.getPrototypeOf(at)) {
    const answer = ask(at);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

/** The levels of a pino logger; the standard ones for anything else. */
export function levelNamesOf(logger: unknown): LevelNames {
  const levels: unknown = isObject(logger) ? Reflect.get(logger, 'levels') : undefined;
  return isLevelNames(levels) ? levels : standardLevelNames;
}

/** Says whether a value is what pino calls its levels: as on a logger, or in what it tells a worker. */
export function isLevelNames(levels: unknown): levels is LevelNames {
  return isObject(levels) && isObject(Reflect.get(levels, 'labels')) && isObject(Reflect.get(levels, 'values'));
}

/** The symbol of this description under which a pino logger, or an ancestor of it, keeps a member. */
export function findSymbol(logger: object, description: string): symbol | undefined {
  return nearest(logger, (at) => Object.getOwnPropertySymbols(at).find((each) => each.description === description));
}

function readOwn(logger: object): PinoSettings | undefined {
  const members = new Map<string | undefined, unknown>();
  for (const symbol of Object.getOwnPropertySymbols(logger))
    members.set(symbol.description, Reflect.get(logger, symbol));
  const messageKey = members.get('pino.messageKey');
  if (typeof messageKey !== 'string') return undefined;
  return {
    messageKey,
    errorKey: textOf(members.get('pino.errorKey')) ?? defaultPinoSettings.errorKey,
    nestedKey: textOf(members.get('pino.nestedKey')) ?? '',
    name: nameAmong(members.get('pino.chindings')) ?? '',
  };
}

/** @param bindings - as pino keeps them: the inside of a JSON object, each member with a comma before it. */
function nameAmong(bindings: unknown): string | undefined {
  const fields = typeof bindings === 'string' ? parseLine(`{${bindings.slice(1)}}`) : undefined;
  return isFields(fields) ? textOf(fields['name']) : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
