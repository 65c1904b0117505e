import { isError } from './describe-error.ts';
import { describeHttpInstance, describeHttpParts, describeRequestOf, isBodyText, isUrlInput } from './http-parts.ts';
import { readMember } from './read-member.ts';
import { toSafeErrorText } from './safe-error-text.ts';
import { toSafeUrl } from './safe-url.ts';

/** What stands in a text that `util.inspect` or JSON made of a part of an HTTP exchange, or of an error about one. */
const TRACES =
  /Axios|xsrfCookieName|_header|rawHeaders|ClientRequest|IncomingMessage|_redirectCount|Headers \{|Request \{|Symbol\(state\)|ERR_INVALID_URL|URL from|URL that includes|Invalid URL|Referrer "|invalid header value/;

/** What stands in a text made of an error that quotes or holds what came, or where it came from. */
const QUOTES =
  /(?:body|Body|rawResponse)"?: ?["'`]|is not valid JSON|(?:: [A-Z]{1,10} |request to | at |(?:\]| in) "|url"?: ?["'])https?:\/\/|\{"response":/;

/** Whether a text has traces of an HTTP exchange; it may have them and be no part of one. */
export function mayTellHttp(text: string): boolean {
  return TRACES.test(text);
}

/** Deeper than anything is printed unless that is asked for. */
const MAX_DEPTH = 12;

/**
 * Makes a text of values, as a console does, without what HTTP clients send and get: see `describeHttpParts`. What was
 * text before stays as it is.
 *
 * @param toText - called once, and once more with copies of the values if the text has traces of an HTTP exchange or of a body.
 * @throws what `toText` throws.
 */
export function safeText(toText: (values: readonly unknown[]) => string, values: readonly unknown[]): string {
  const text = toText(values);
  return mayTellHttp(text) || QUOTES.test(text) ? toText(values.map(withoutHttpParts)) : text;
}

/** A copy of a value, parts of HTTP exchanges in it replaced by what may be told of them. */
export function withoutHttpParts(value: unknown): unknown {
  return copyOf(value, new Map(), 0);
}

function copyOf(value: unknown, copies: Map<object, unknown>, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  if (depth > MAX_DEPTH) return '[Object]';
  const next = (member: unknown): unknown => copyOf(member, copies, depth + 1);
  if (isError(value)) return copyError(value, copies, next);
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    copies.set(value, items);
    for (const item of value) items.push(next(item));
    return items;
  }
  if (value instanceof Map) {
    const map = new Map<unknown, unknown>();
    copies.set(value, map);
    for (const [key, item] of value) map.set(key, next(item));
    return map;
  }
  if (value instanceof Set) {
    const set = new Set<unknown>();
    copies.set(value, set);
    for (const item of value) set.add(next(item));
    return set;
  }
  const described = describeHttpInstance(value);
  if (described !== undefined) return described;
  const parts = describeHttpParts(value);
  const members = parts ?? value;
  const keys = Object.keys(members);
  const prototype: object | null = Object.getPrototypeOf(members);
  // Dates, buffers: printed by what they are, not by their members. A literal is copied for what it has under symbols.
  if (ArrayBuffer.isView(value) || (keys.length === 0 && prototype !== Object.prototype)) return members;
  const copy: Record<string, unknown> = Object.create(prototype);
  copies.set(value, copy);
  for (const key of keys) define(copy, key, next(readMember(members, key)), true);
  keepJson(value, copy, next);
  return copy;
}

/** JSON asks an object for what to write instead of it; asked on its copy, it may not know, or tell what it holds. */
function keepJson(value: object, copy: object, next: (member: unknown) => unknown): void {
  const toJson = readMember(value, 'toJSON');
  if (typeof toJson !== 'function') return;
  const isOpen = Object.prototype.propertyIsEnumerable.call(value, 'toJSON');
  define(copy, 'toJSON', (...args: unknown[]) => next(Reflect.apply(toJson, value, args)), isOpen);
}

/** Of the same class, so that it is printed as the error is. */
function copyError(error: Error, copies: Map<object, unknown>, next: (member: unknown) => unknown): object {
  const copy: object = Object.create(Object.getPrototypeOf(error));
  copies.set(error, copy);
  const code = readMember(error, 'code');
  for (const key of Object.getOwnPropertyNames(error)) {
    if (key === 'config' || key === 'request' || key === 'response') continue;
    const value = readMember(error, key);
    const isOpen = Object.prototype.propertyIsEnumerable.call(error, key);
    define(copy, key, typeof value === 'string' ? safeMemberOf(key, value, code) : next(value), isOpen);
  }
  keepJson(error, copy, next);
  return Object.assign(copy, describeRequestOf(error));
}

function safeMemberOf(key: string, text: string, code: unknown): string | undefined {
  if (isBodyText(key)) return `[${text.length} characters]`;
  return isUrlInput(key, code) ? toSafeUrl(text) : toSafeErrorText(text);
}

function define(object: object, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(object, key, { value, enumerable, writable: true, configurable: true });
}
