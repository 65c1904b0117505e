import type { Level } from 'logflume';
import type { Exchange, LevelTable } from './access-log-options.ts';
import { invalidOption } from './invalid-option.ts';

type DecideLevel<E> = (exchange: E) => Level | 'off';

/** What the option may be. */
type LevelOption<E> = LevelTable | ((exchange: E) => Level | 'off' | undefined) | undefined;

const LEVELS: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'off'];

/**
 * Makes the function that says how severe a request was.
 *
 * @param byDefault - what stands for a request the option does not speak of. Pure.
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for a table with a key or a level that does not exist.
 */
export function createDecideLevel<E extends Exchange<unknown>>(
  option: LevelOption<E>,
  byDefault: (exchange: Exchange<unknown>) => Level = defaultLevel,
): DecideLevel<E> {
  if (option === undefined) return byDefault;
  if (typeof option === 'function') {
    return (exchange) => {
      try {
        const level = option(exchange);
        return level !== undefined && LEVELS.includes(level) ? level : byDefault(exchange);
      } catch {
        return byDefault(exchange); // The application's own function threw; the request still has its record.
      }
    };
  }
  const table = new Map(Object.entries(checkTable(option)));
  return (exchange) => levelIn(table, exchange) ?? byDefault(exchange);
}

/** What stands for a request no option speaks of. Pure. */
export function defaultLevel({ status, isAborted, error }: Exchange<unknown>): Level {
  if ((status !== undefined && status >= 500) || (status === undefined && error !== undefined)) return 'error';
  if (isAborted || (status !== undefined && status >= 400)) return 'warn';
  return 'info';
}

function levelIn(table: ReadonlyMap<string, Level | 'off'>, exchange: Exchange<unknown>): Level | 'off' | undefined {
  const { method, route, status, isAborted } = exchange;
  return (
    (route === undefined ? undefined : (table.get(`${method} ${route}`) ?? table.get(route))) ??
    (isAborted ? table.get('aborted') : undefined) ??
    (status === undefined ? undefined : (table.get(String(status)) ?? table.get(`${Math.floor(status / 100)}xx`)))
  );
}

function checkTable(table: LevelTable): LevelTable {
  if (typeof table !== 'object' || table === null || Array.isArray(table)) {
    throw invalidOption('level', 'level must be a table or a function, got something else');
  }
  for (const [key, level] of Object.entries(table)) {
    if (!LEVELS.includes(level)) {
      throw invalidOption('level', `level of "${key}" must be one of ${LEVELS.join(', ')}, got another value`);
    }
    if (!/^([A-Z]+ )?\/|^[1-5]\d\d$|^[1-5]xx$|^aborted$/.test(key)) {
      const expected = 'a route such as "/users/:id" or "GET /users/:id", a status, "4xx" or "aborted"';
      throw invalidOption('level', `a key of level must be ${expected}, got "${key}"`);
    }
  }
  return table;
}
