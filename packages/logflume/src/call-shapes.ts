import { types } from 'node:util';
import { describeError, isError, type Scrub } from '@logflume/otlp';

/** The arguments of a log call, sorted. */
export interface CallParts {
  readonly body: unknown;
  readonly attributes: object | undefined;
  readonly exception: unknown;
}

/** Where arguments go that no call shape has a place for. */
const EXTRA_KEY = 'log.arguments';

/** What stands in a record whose attributes could not be had. */
export const ATTRIBUTES_ERROR_KEY = 'logflume.attributes_error';

/**
 * Sorts the arguments of a log call that is not the plain `(message, attributes?)`. Never throws; no argument is lost.
 *
 * - `(message, error, attributes?)` and `(error, attributes?)`: the error becomes `exception.*`; without a message the
 *   error's own is the body.
 * - `(attributes, message)`: pino's order.
 * - `(message, () => attributes)`: asked for only because the record is logged.
 * - An attribute `err` or `error` that holds an error is the exception.
 * - A first argument of another kind (a number, a list) is the body, unless there is a text.
 * - Whatever is left over is the attribute `log.arguments`. `undefined` says nothing and is left out.
 *
 * @param scrub - takes secrets out of the record. What it replaces becomes neither exception nor body.
 */
export function sortArguments(args: readonly unknown[], scrub: Scrub | undefined): CallParts {
  let body: unknown;
  let exception: unknown;
  let attributes: object | undefined;
  const extra: unknown[] = [];
  for (const value of args) {
    if (value === undefined) continue;
    if (typeof value === 'string' && body === undefined) body = value;
    else if (isReadableError(value)) {
      if (exception === undefined) exception = value;
      else extra.push(value);
    } else if (attributes === undefined && isAttributes(value)) attributes = toAttributes(value);
    else extra.push(value);
  }
  if (body === undefined && extra.length > 0 && extra[0] === args[0]) body = extra.shift();
  if (exception === undefined && attributes !== undefined) exception = errorAmong(attributes, scrub);
  if (body === undefined && exception !== undefined) {
    body = scrub?.replacementOf('exception.message') ?? messageOf(exception);
  }
  if (extra.length > 0) attributes = withExtra(attributes, extra);
  return { body, attributes, exception };
}

/**
 * The error an attributes object holds where people put one; reads these two members alone. Never throws.
 *
 * @param scrub - one whose value it replaces is not told by another name either.
 */
export function errorAmong(attributes: object, scrub?: Scrub | undefined): unknown {
  try {
    const { err, error } = attributes as { err?: unknown; error?: unknown };
    if (typeof err === 'object' && isError(err) && scrub?.replacementOf('err') === undefined) return err;
    const isTold = typeof error === 'object' && isError(error) && scrub?.replacementOf('error') === undefined;
    return isTold ? error : undefined;
  } catch {
    return undefined; // A getter named so throws; the encoder writes what can be read.
  }
}

/**
 * Makes attributes of what was given as such. Never throws.
 *
 * A function is called; one that throws, or returns a promise, becomes an attribute that says so: the record is logged
 * all the same. A value that is no object is kept as `log.arguments`.
 */
export function toAttributes(given: unknown): object | undefined {
  if (typeof given !== 'function') return objectOf(given);
  try {
    const value: unknown = given();
    if (!types.isPromise(value)) return objectOf(value);
    value.catch(() => undefined); // Nobody awaits it: its failure must not become an unhandled rejection.
    return { [ATTRIBUTES_ERROR_KEY]: 'the function returned a promise; attributes must be there when it returns' };
  } catch (error) {
    return { [ATTRIBUTES_ERROR_KEY]: error };
  }
}

function objectOf(value: unknown): object | undefined {
  if (value === undefined || value === null) return undefined;
  return isListable(value) ? value : { [EXTRA_KEY]: [value] };
}

function isReadableError(value: unknown): boolean {
  try {
    return isError(value);
  } catch {
    return false; // A proxy whose traps throw: an object like any other, the encoder writes what it can of it.
  }
}

function isAttributes(value: unknown): boolean {
  return typeof value === 'function' || (isListable(value) && !Array.isArray(value));
}

/** Whether a value is an object that says what it is: a revoked proxy does not. */
function isListable(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  try {
    Object.getPrototypeOf(value);
    return true;
  } catch {
    return false;
  }
}

/** Adds what is left over; attributes that cannot be copied member by member join it as a whole. */
function withExtra(attributes: object | undefined, extra: readonly unknown[]): object {
  if (attributes === undefined) return { [EXTRA_KEY]: extra };
  const members = copyOf(attributes);
  if (members === undefined || Object.hasOwn(members, EXTRA_KEY)) return { [EXTRA_KEY]: [attributes, ...extra] };
  return { ...members, [EXTRA_KEY]: extra };
}

function copyOf(attributes: object): object | undefined {
  try {
    return isPlainObject(attributes) ? { ...attributes } : undefined;
  } catch {
    return undefined; // A getter or trap throws: the encoder reads it member by member where it stands.
  }
}

/** Whether an object is a literal or without a prototype. Never throws. */
export function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  try {
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === Object.prototype || prototype === null;
  } catch {
    return false; // A proxy whose trap throws; the careful way knows what to do with it.
  }
}

/** What an error says, or what it is when it says nothing. */
function messageOf(exception: unknown): string {
  const { message, type } = describeError(Object(exception));
  return message === '' ? type : message;
}
