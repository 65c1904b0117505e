import { format } from 'node:util';
import { describeError, isError, mayTellHttp, safeText, toSafeErrorText } from '@logflume/otlp';
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

/**
 * Reads the arguments behind a message. With `format.splat()` the message is done and the arguments in it are left
 * alone; without, winston never formats, and we do. Never throws.
 *
 * @param members - of the record: winston copies the first argument there if it is an object and the message has no token.
 */
export function readArguments(message: unknown, splat: readonly unknown[], members: Members): ReadArguments {
  if (typeof message !== 'string') return sortRest(message, splat, members);
  const tokens = countTokens(message);
  if (tokens === 0 || isFormatted(message, splat)) return sortRest(message, splat, members);
  const used = splat.slice(0, tokens).map((value) => (isError(value) ? describeError(value).message : value));
  const text = safely(() => safeText((values) => format(message, ...values), used)) ?? message;
  return sortRest(text, splat.slice(tokens), members, false);
}

function countTokens(message: string): number {
  if (!message.includes('%')) return 0;
  let tokens = 0;
  for (const [token] of message.matchAll(TOKENS)) if (token !== '%%') tokens++;
  return tokens;
}

/** A token in a finished message can only have come with an argument, which then stands in it as it is. */
function isFormatted(message: string, splat: readonly unknown[]): boolean {
  return splat.some((value) => typeof value === 'string' && TOKEN.test(value) && message.includes(value));
}

/** @param mayBeDone - whether arguments may stand in the message, or have been copied into the record by winston. */
function sortRest(message: unknown, rest: readonly unknown[], members: Members, mayBeDone = true): ReadArguments {
  let body = message;
  const extra: object[] = [];
  const args: unknown[] = [];
  const copied: string[] = [];
  for (const [index, value] of rest.entries()) {
    if (value === undefined) continue;
    if (mayBeDone && index === 0) body = withoutAppended(body, value);
    if (isError(value)) continue;
    if (mayBeDone) copied.push(...copiedElements(value, members));
    const isCopied = mayBeDone && typeof value === 'object' && value !== null && isCopiedInto(value, members);
    if (isCopied && isPlainObject(value)) extra.push(recordPartsOf(value));
    else if (isCopied && isKeyed(value)) continue;
    else if (mayBeDone && standsIn(body, value)) continue;
    else if (isPlainObject(value)) extra.push(value);
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
    if (typeof value !== 'object' || value === null) continue;
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
  if (typeof message !== 'string' || typeof value !== 'object' || value === null) return message;
  const appended = safely(() => ` ${readMember(value, 'message')}`);
  const isAppended = appended !== undefined && appended.length > 1 && message.endsWith(appended);
  return isAppended && readMember(value, 'message') ? message.slice(0, -appended.length) : message;
}

function isCopiedInto(value: object, members: Members): boolean {
  return keysOf(value).every((key) => RECORD_PARTS.has(key) || Object.hasOwn(members, key));
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

/** What an attributes object said under names that winston gives another meaning. */
function recordPartsOf(value: object): Members {
  const parts: Members = {};
  for (const key of keysOf(value)) {
    if (key !== 'message' && key !== 'level') continue;
    const part = readMember(value, key);
    parts[key] = typeof part === 'string' ? toSafeErrorText(part) : part;
  }
  return parts;
}

/** Says whether an argument stands in the message already, in one of the ways `%s`, `%d`, `%j` and `%o` write it. */
function standsIn(body: unknown, value: unknown): boolean {
  if (typeof body !== 'string') return false;
  const tokens = typeof value === 'object' && value !== null ? OBJECT_TOKENS : ['%s'];
  return tokens.some((token) => {
    const text = safely(() => format(token, value));
    return text !== undefined && text !== '' && standsAsWord(body, text);
  });
}

/** A letter that happens to be in a word of the message is not the argument. */
function standsAsWord(body: string, text: string): boolean {
  for (let at = body.indexOf(text); at !== -1; at = body.indexOf(text, at + 1)) {
    const before = body[at - 1] ?? ' ';
    const after = body[at + text.length] ?? ' ';
    if (!(WORD.test(before) && WORD.test(text[0] ?? '')) && !(WORD.test(after) && WORD.test(text.at(-1) ?? ''))) {
      return true;
    }
  }
  return false;
}

/** Ways to write an object into a text, the longest first: the text of one may stand in that of another. */
const OBJECT_TOKENS = ['%o', '%O', '%s', '%j'];

const WORD = /[\p{L}\p{N}_]/u;

function safely<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined; // A value whose toString or toJSON throws; it is kept as a value instead.
  }
}
