import { describeRequestOf, isBodyText, isUrlInput } from './http-parts.ts';
import { toSafeErrorText, toSafeStack } from './safe-error-text.ts';
import { toSafeUrl } from './safe-url.ts';
import { textOf } from './text-of.ts';

/**
 * An error as plain data: what `exception.*` attributes and nested error values are made of. Every member is there, in
 * this order; what the error does not have is `undefined`.
 */
export interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  readonly stacktrace: string | undefined;
  /** `error.code`: `ECONNREFUSED`, a SQLSTATE, a status number. */
  readonly code: string | number | undefined;
  /** `error.cause` as it stands: the encoder walks the chain and notices a circle. */
  readonly cause: unknown;
  /** The children of an `AggregateError`, as they stand. */
  readonly errors: readonly unknown[] | undefined;
  /**
   * Other own enumerable members with a string, number, BigInt or boolean: `errno`, `syscall`, `statusCode`, …; of an error of
   * axios also `method` and `url` of its request, without user, query and fragment. Of a body that is text its length.
   */
  readonly properties: Readonly<Record<string, string | number | boolean | bigint>> | undefined;
}

/** Members told apart already, or noise. */
const KNOWN = new Set(['name', 'message', 'stack', 'code', 'cause', 'errors']);

/**
 * Describes an error, one level deep. Never throws, whatever its getters do.
 *
 * Members that are objects are left out on purpose: HTTP clients hang their request, with its credentials, on the
 * errors they throw (`error.config.headers`, `error.request`), and no secret may reach a queue. For the same reason
 * a URL that an error is about is told without its user, query and fragment, and of a body no more than its length.
 */
export function describeError(error: object): ErrorDescription {
  const { name, message, stack, code, cause, errors: given } = readKnown(error);
  // What `using` throws when a disposal fails too has both at names of its own.
  const errors = name === 'SuppressedError' ? [read(error, 'error'), read(error, 'suppressed')] : given;
  const text = messageText(message);
  const safe = toSafeErrorText(text);
  return {
    type: typeof name === 'string' && name !== '' ? name : 'Error',
    message: safe,
    stacktrace: typeof stack === 'string' && stack !== '' ? toSafeStack(stack, text, safe) : undefined,
    code: typeof code === 'string' || typeof code === 'number' ? code : undefined,
    cause,
    errors: errors !== undefined && isList(errors) ? errors : undefined,
    properties: readProperties(error, code),
  };
}

/** Says whether a value is an error, one from another realm (a `vm` context, a test runner) included. */
export function isError(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]';
  } catch {
    return false; // A proxy whose traps throw is an object like any other; the encoder writes what it can of it.
  }
}

/**
 * Says whether a value that was thrown is described as an error: one is, and an object that has its words, as the logs
 * API of OpenTelemetry takes for an exception, or as one is that came through a worker's port or JSON.
 */
export function isLikeError(value: unknown): value is object {
  if (isError(value)) return true;
  if (typeof value !== 'object' || value === null) return false;
  return (
    typeof read(value, 'message') === 'string' &&
    (typeof read(value, 'name') === 'string' || typeof read(value, 'stack') === 'string')
  );
}

/** The members every error may have. */
type KnownMembers = Readonly<Record<'name' | 'message' | 'stack' | 'code' | 'cause' | 'errors', unknown>>;

function readKnown(error: object): KnownMembers {
  try {
    // In one go, as all but hostile errors allow: a net around each member costs twice as much.
    const { name, message, stack, code, cause, errors } = error as Partial<KnownMembers>;
    return { name, message, stack, code, cause, errors };
  } catch {
    return {
      name: read(error, 'name'),
      message: read(error, 'message'),
      stack: read(error, 'stack'),
      code: read(error, 'code'),
      cause: read(error, 'cause'),
      errors: read(error, 'errors'),
    };
  }
}

function read(error: object, key: string): unknown {
  try {
    return Reflect.get(error, key);
  } catch {
    return undefined; // A throwing getter on an error: the other members still tell what happened.
  }
}

function isList(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false; // A revoked proxy holds nothing that could be shown.
  }
}

function messageText(message: unknown): string {
  if (typeof message === 'string') return message;
  if (message === undefined) return '';
  try {
    return textOf(message);
  } catch {
    return ''; // A message object that cannot become text has nothing to show.
  }
}

/** What a property may be. */
type Plain = string | number | boolean | bigint;

function readProperties(error: object, code: unknown): Record<string, Plain> | undefined {
  let properties: Record<string, Plain> | undefined;
  let hasRequest = false;
  try {
    for (const key of Object.keys(error)) {
      if (KNOWN.has(key)) continue;
      const value = read(error, key);
      if (typeof value === 'object') hasRequest ||= key === 'config' || key === 'request';
      if (!isPlainValue(value)) continue;
      properties ??= Object.create(null) as Record<string, Plain>;
      properties[key] = typeof value === 'string' ? safeProperty(key, value, code) : value;
    }
  } catch {
    return properties; // A proxy that refuses to list its keys: what was read so far stands.
  }
  const request = hasRequest ? describeRequestOf(error) : undefined;
  return request === undefined ? properties : Object.assign(properties ?? Object.create(null), request);
}

function isPlainValue(value: unknown): value is Plain {
  return (
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
  );
}

function safeProperty(key: string, text: string, code: unknown): string {
  if (isBodyText(key)) return `[${text.length} characters]`;
  return isUrlInput(key, code) ? (toSafeUrl(text) ?? '') : text;
}
