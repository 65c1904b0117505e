import { isError } from '@logflume/otlp';

/** The arguments of a log call, sorted. */
export interface CallParts {
  readonly body: unknown;
  readonly attributes: object | undefined;
  readonly exception: unknown;
}

/** Where arguments go that no call shape has a place for. */
const EXTRA_KEY = 'log.arguments';

/**
 * Sorts the arguments of a log call that is not the plain `(message, attributes?)`. Never throws; no argument is lost.
 *
 * - `(message, error, attributes?)` and `(error, attributes?)`: the error becomes `exception.*`; without a message the
 *   error's own is the body.
 * - `(attributes, message)`: pino's order.
 * - `(message, () => attributes)`: asked for only because the record is logged.
 * - An attribute `err` or `error` that holds an error is the exception.
 * - Whatever is left over is the attribute `log.arguments`.
 */
export function sortArguments(first: unknown, second: unknown, third: unknown, rest: readonly unknown[]): CallParts {
  const values = rest.length === 0 ? [first, second, third] : [first, second, third, ...rest];
  while (values.length > 1 && values.at(-1) === undefined) values.pop();
  let body: unknown;
  let hasBody = false;
  let exception: unknown;
  let attributes: object | undefined;
  const extra: unknown[] = [];
  values.forEach((value, index) => {
    if (typeof value === 'string' && !hasBody) {
      body = value;
      hasBody = true;
    } else if (exception === undefined && isError(value)) {
      exception = value;
    } else if (attributes === undefined && isAttributes(value)) {
      attributes = typeof value === 'function' ? resolveLazily(value) : value;
    } else if (index === 0) {
      body = value;
      hasBody = true;
    } else {
      extra.push(value);
    }
  });
  if (exception === undefined && attributes !== undefined) exception = errorAmong(attributes);
  if (!hasBody && exception !== undefined) body = messageOf(exception);
  if (extra.length > 0) attributes = { ...readable(attributes), [EXTRA_KEY]: extra };
  return { body, attributes, exception };
}

/** Says whether an attributes object holds an error where people put one; read only on objects. */
export function errorAmong(attributes: object): unknown {
  try {
    const { err, error } = attributes as { err?: unknown; error?: unknown };
    if (err instanceof Error) return err;
    return error instanceof Error ? error : undefined;
  } catch {
    return undefined; // A getter named so throws; the encoder writes what can be read.
  }
}

function isAttributes(value: unknown): value is object {
  if (typeof value === 'function') return true;
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A function that throws becomes an attribute that says so: the record is logged all the same. */
export function resolveLazily(attributes: unknown): object | undefined {
  try {
    const value: unknown = (attributes as () => unknown)();
    if (typeof value === 'object' && value !== null) return value;
    return value === undefined ? undefined : { [EXTRA_KEY]: [value] };
  } catch (error) {
    return { 'logflume.attributes_error': error };
  }
}

function readable(attributes: object | undefined): object {
  try {
    return { ...attributes };
  } catch (error) {
    return { 'logflume.attributes_error': error };
  }
}

function messageOf(error: unknown): unknown {
  try {
    return (error as { message?: unknown }).message;
  } catch {
    return undefined; // The exception's attributes say what can be said.
  }
}
