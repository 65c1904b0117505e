import { describeError, type ErrorDescription, isLikeError } from './describe-error.ts';
import { type Enclosing, writeKeyValue } from './encode-any-value.ts';
import type { EncodeLimits } from './limits.ts';

/** What was thrown, and which of its `exception.*` attributes are written: one bit each, in the order they are written. */
export interface ExceptionAttributes {
  readonly thrown: unknown;
  readonly description: ThrownDescription;
  bits: number;
}

/** Of a value that is not like an error, the value itself is the message. */
type ThrownDescription = Omit<ErrorDescription, 'message'> & { readonly message: unknown };

const TYPE = 1;
const MESSAGE = 2;
const STACKTRACE = 4;
const CODE = 8;
const CAUSE = 16;
const ERRORS = 32;
const PROPERTIES = 64;

const bitOfKey: ReadonlyMap<string, number> = new Map([
  ['exception.type', TYPE],
  ['exception.message', MESSAGE],
  ['exception.stacktrace', STACKTRACE],
  ['exception.code', CODE],
  ['exception.cause', CAUSE],
  ['exception.errors', ERRORS],
  ['exception.properties', PROPERTIES],
]);

/** What was thrown as `exception.*`: an error, or what is like one, in full, any other value as the message. Bound keys are left out. */
export function exceptionAttributes(
  thrown: unknown,
  boundKeys: ReadonlyMap<string, number> | undefined,
): ExceptionAttributes {
  const description: ThrownDescription = isLikeError(thrown) ? describeError(thrown) : describeOther(thrown);
  let bits = TYPE | MESSAGE;
  if (description.stacktrace !== undefined) bits |= STACKTRACE;
  if (description.code !== undefined) bits |= CODE;
  if (description.cause !== undefined) bits |= CAUSE;
  if (description.errors !== undefined) bits |= ERRORS;
  if (description.properties !== undefined) bits |= PROPERTIES;
  if (boundKeys !== undefined) {
    for (const [key, bit] of bitOfKey) if (boundKeys.has(key)) bits &= ~bit;
  }
  return { thrown, description, bits };
}

function describeOther(thrown: unknown): ThrownDescription {
  return {
    type: thrown === null ? 'null' : typeof thrown,
    message: thrown,
    stacktrace: undefined,
    code: undefined,
    cause: undefined,
    errors: undefined,
    properties: undefined,
  };
}

/** Leaves out the attribute of this key. @returns whether there was one. */
export function leaveOut(attributes: ExceptionAttributes, key: string): boolean {
  const bit = (bitOfKey.get(key) ?? 0) & attributes.bits;
  attributes.bits ^= bit;
  return bit !== 0;
}

/** How many attributes are to be written. */
export function countExceptionAttributes({ bits }: ExceptionAttributes): number {
  let count = 0;
  for (let rest = bits; rest !== 0; rest &= rest - 1) count++;
  return count;
}

// Written out, as a list of keys and values costs a third of a record with an error (packages/bench, `call-cost`).
export function writeException(
  bytes: Buffer,
  at: number,
  attributes: ExceptionAttributes,
  limits: EncodeLimits,
): number {
  const { thrown, bits } = attributes;
  const { type, message, stacktrace, code, cause, errors, properties } = attributes.description;
  // The error stands around its cause, so that a circle back to it is noticed at once.
  const enclosing: Enclosing | undefined = isLikeError(thrown)
    ? { object: thrown, depth: 0, messages: 0, outer: undefined }
    : undefined;
  let end = at;
  if (bits & TYPE) end = writeKeyValue(bytes, end, 0x32, 'exception.type', type, limits, enclosing);
  if (bits & MESSAGE) end = writeKeyValue(bytes, end, 0x32, 'exception.message', message, limits, enclosing);
  if (bits & STACKTRACE) end = writeKeyValue(bytes, end, 0x32, 'exception.stacktrace', stacktrace, limits, enclosing);
  if (bits & CODE) end = writeKeyValue(bytes, end, 0x32, 'exception.code', code, limits, enclosing);
  if (bits & CAUSE) end = writeKeyValue(bytes, end, 0x32, 'exception.cause', cause, limits, enclosing);
  if (bits & ERRORS) end = writeKeyValue(bytes, end, 0x32, 'exception.errors', errors, limits, enclosing);
  if (bits & PROPERTIES) end = writeKeyValue(bytes, end, 0x32, 'exception.properties', properties, limits, enclosing);
  return end;
}
