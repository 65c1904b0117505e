import { format } from 'node:util';
import { describeError, isError, mayTellHttp, safeText, toSafeErrorText } from '@logflume/otlp';
import { withoutColours } from './host.ts';
import { isPlainObject, keysOf, type Members, readMember } from './members.ts';

/** What the arguments of a call come to. */
export interface ReadArguments {
  readonly body: unknown;
  /** Attributes that winston did not copy into the record. */
  readonly extra: readonly object[];
  /** Arguments that are neither attributes, nor an error, nor part of the message. */
  readonly args: readonly unknown[];
  /** Names under which winston copied the elements of a list, or the letters of a text, into the record. */
  readonly copied: readonly string[];
}

/** As winston and its `splat` format count them; `%%` among them. */
const TOKENS = /%[scdjifoO%]/g;
const TOKEN = /%[scdjifoO%]/;

/** Members that winston does not copy as they are: it takes them for parts of the record. */
const RECORD_PARTS: ReadonlySet<string> = new Set(['message', 'level', 'stack', 'cause']);

/** Says whether winston copied the first argument of a call into its record, if it is an object. */
export function isFirstCopied(said: unknown, splat: readonly unknown[]): boolean {
  const text = withoutAppended(said, splat[0]);
  return typeof text !== 'string' || !TOKEN.test(text);
}

/**
 * Reads the arguments behind a message. With `format.splat()` the message is done and the arguments in it are left
 * alone; without, winston never formats, and we do, unless a format took the tokens out: then they are kept beside it. What
 * winston or a format copied into the record is read there alone, so that a value a format took out or changed does not
 * come back. Never throws.
 *
 * @param message - as the formats left it.
 * @param said - the same before the formats: it tells how many arguments belong into it.
 * @param writesArguments - whether the formats write arguments into messages; asked when the message does not tell.
 */
export function readArguments(
  message: unknown,
  said: unknown,
  splat: readonly unknown[],
  members: Members,
  writesArguments: () => boolean,
): ReadArguments {
  const text = withoutAppended(said, splat[0]);
  const tokens = typeof text === 'string' ? countTokens(text) : 0;
  if (tokens === 0) {
    const unfinished = text === said ? message : withoutFinished(message, said, splat);
    return sortRest(unfinished, splat, members, isFirstCopied(said, splat));
  }
  const used = splat.slice(0, tokens);
  const rest = splat.slice(tokens);
  if (isFormatted(message, said, used, writesArguments)) {
    return sortRest(withoutHttp(message, used), rest, members);
  }
  if (typeof message !== 'string' || countTokens(message) < tokens) {
    const read = sortRest(message, rest, members, false, false);
    const kept = used.filter((value) => value !== undefined && !isError(value));
    return { ...read, args: [...kept, ...read.args] };
  }
  const shown = used.map((value) => (isError(value) ? describeError(value).message : value));
  const body = safely(() => safeText((values) => format(message, ...values), shown)) ?? message;
  return sortRest(body, rest, members, false, false);
}

function countTokens(message: string): number {
  if (!message.includes('%')) return 0;
  let tokens = 0;
  for (const [token] of message.matchAll(TOKENS)) if (token !== '%%') tokens++;
  return tokens;
}

/** A message that changed has its arguments in it if it has them all, or else if the formats write them there. */
function isFormatted(
  message: unknown,
  said: unknown,
  used: readonly unknown[],
  writesArguments: () => boolean,
): boolean {
  if (message === said || used.length === 0) return false;
  const finished = finish(said, used);
  return (typeof message === 'string' && finished !== undefined && message.includes(finished)) || writesArguments();
}

/** winston appends a message to that of the call, and then `format.splat()` takes percent signs in it for tokens. */
function withoutFinished(message: unknown, said: unknown, splat: readonly unknown[]): unknown {
  const finished = typeof message === 'string' ? finish(said, splat) : undefined;
  return typeof message === 'string' && finished !== undefined
    ? message.replace(finished, () => withoutColours(String(said)))
    : message;
}

function finish(said: unknown, args: readonly unknown[]): string | undefined {
  return safely(() => withoutColours(format(said, ...args)));
}

/**
 * @param firstIsCopied - whether winston copied the first into the record, if it is an object.
 * @param mayBeDone - whether a format may have written arguments into the message, or copied them into the record.
 */
function sortRest(
  message: unknown,
  rest: readonly unknown[],
  members: Members,
  firstIsCopied = false,
  mayBeDone = true,
): ReadArguments {
  let body = message;
  const extra: object[] = [];
  const args: unknown[] = [];
  const copied: string[] = [];
  for (const [index, value] of rest.entries()) {
    if (value === undefined) continue;
    const isFirst = firstIsCopied && index === 0;
    const rawBody = body;
    if (isFirst) body = withoutAppended(body, value);
    if (isError(value)) continue;
    if (mayBeDone) copied.push(...copiedElements(value, members));
    const isCopied = isObject(value) && (isFirst || (mayBeDone && isCopiedInto(value, members)));
    if (isCopied && isPlainObject(value)) extra.push(recordPartsOf(value, !isFirst || body !== rawBody));
    else if (isCopied && isKeyed(value)) continue;
    else if (isPlainObject(value) && !isContradicted(value, rest.slice(0, index))) extra.push(value);
    else args.push(value);
  }
  return { body: mayBeDone ? withoutHttp(body, rest) : body, extra, args, copied };
}

/**
 * A finished message without what HTTP clients send and get, where an argument that stands in it holds such parts. An
 * argument that has changed since is not found again: then all from the first brace on is left out.
 */
function withoutHttp(body: unknown, args: readonly unknown[]): unknown {
  if (typeof body !== 'string' || !mayTellHttp(body)) return body;
  let safe = body;
  let holdsHttp = false;
  for (const value of args) {
    if (!isObject(value)) continue;
    for (const token of OBJECT_TOKENS) {
      const text = safely(() => format(token, value));
      const told = safely(() => safeText(([each]) => format(token, each), [value]));
      if (text === told) continue;
      holdsHttp = true;
      if (text !== undefined) safe = safe.replaceAll(text, () => told ?? '{…}');
    }
  }
  return holdsHttp && safe === body ? body.replace(/\{[\s\S]*/, '{…}') : safe;
}

/** winston appends the message of an attributes object, or of an error, to the message of the call. */
function withoutAppended(message: unknown, value: unknown): unknown {
  if (typeof message !== 'string' || !isObject(value)) return message;
  const own = readMember(value, 'message');
  const text = own ? safely(() => withoutColours(`${own}`)) : undefined;
  if (text === undefined || text === '') return message;
  if (message.endsWith(` ${text}`)) return message.slice(0, -text.length - 1);
  // Up to 3.3.3 without a space.
  return message.length > text.length && message.endsWith(text) ? message.slice(0, -text.length) : message;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isCopiedInto(value: object, members: Members): boolean {
  return keysOf(value).every(
    (key) => RECORD_PARTS.has(key) || (Object.hasOwn(members, key) && Object.is(members[key], readMember(value, key))),
  );
}

/** Says whether an earlier object has something else under one of its names: as attributes only one of them could stay. */
function isContradicted(value: object, earlier: readonly unknown[]): boolean {
  const objects = earlier.filter(isPlainObject);
  return keysOf(value).some((key) =>
    objects.some((each) => Object.hasOwn(each, key) && !Object.is(readMember(each, key), readMember(value, key))),
  );
}

function copiedElements(value: unknown, members: Members): string[] {
  const isList = Array.isArray(value) || ArrayBuffer.isView(value) || typeof value === 'string';
  if (!isList) return [];
  const list: object = Object(value);
  return keysOf(list).filter((key) => Object.hasOwn(members, key) && members[key] === readMember(list, key));
}

/** Has members of its own that winston copied under their names; a list is wanted whole, a Date or Map has none. */
function isKeyed(value: object): boolean {
  return !Array.isArray(value) && !ArrayBuffer.isView(value) && keysOf(value).length > 0;
}

/**
 * What an attributes object said under names that winston gives another meaning.
 *
 * @param isUntouched - whether its message was found in that of the record. A format may have changed it there.
 */
function recordPartsOf(value: object, isUntouched: boolean): Members {
  const parts: Members = {};
  for (const key of keysOf(value)) {
    if (key !== 'message' && key !== 'level') continue;
    const part = readMember(value, key);
    if (key === 'message' && part && !isUntouched) continue;
    parts[key] = typeof part === 'string' ? toSafeErrorText(part) : part;
  }
  return parts;
}

/** Ways to write an object into a text, the longest first: the text of one may stand in that of another. */
const OBJECT_TOKENS = ['%o', '%O', '%s', '%j'];

function safely<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined; // A value whose toString or toJSON throws; it is kept as a value instead.
  }
}
