import { isFields, type LineFields } from './parse-line.ts';

/** Errors inside errors beyond this depth stay the plain values they are. */
const MAX_DEPTH = 16;

/**
 * Makes an error of what a serializer made of one, so that the record tells it as it tells any other: its type,
 * message, stack and code, its cause and children, and its members that are text, number or boolean. Members that are
 * objects are left out, as they are of an error itself: HTTP clients hang requests with their credentials there.
 *
 * @param value - as `pino.stdSerializers.err` or bunyan's `err` serializer writes it, or any likeness: a message and
 *   with it a stack, a type or a name.
 * @returns `undefined` for a value that does not look like an error.
 */
export function toThrown(value: unknown): object | undefined {
  return isFields(value) && looksThrown(value) ? thrownOf(value, 0) : undefined;
}

function looksThrown({ message, stack, type, name }: LineFields): boolean {
  return typeof message === 'string' && [stack, type, name].some((member) => typeof member === 'string');
}

function thrownOf(fields: LineFields, depth: number): object {
  const { type, name, message, stack, code, cause, errors, aggregateErrors, ...rest } = fields;
  const children = Array.isArray(aggregateErrors) ? aggregateErrors : errors;
  const thrown = {
    ...rest,
    name: textOf(type) ?? textOf(name) ?? typeInStack(stack),
    message,
    stack,
    code,
    cause: nested(cause, depth),
    errors: Array.isArray(children) ? children.map((child) => nested(child, depth)) : undefined,
  };
  return Object.setPrototypeOf(thrown, thrownPrototype);
}

/** Tells an error of another realm, and so ours; a prototype, as the encoder looks no closer at a plain object. */
const thrownPrototype: object = Object.freeze({ [Symbol.toStringTag]: 'Error' });

function nested(value: unknown, depth: number): unknown {
  return depth < MAX_DEPTH && isFields(value) && looksThrown(value) ? thrownOf(value, depth + 1) : value;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A stack begins with the type and a colon. */
function typeInStack(stack: unknown): string | undefined {
  return typeof stack === 'string' ? /^[\w$.]+(?=:|\n|$)/.exec(stack)?.[0] : undefined;
}
