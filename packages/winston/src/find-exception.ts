import { describeError, describeHttpParts, isError, toSafeErrorText } from '@logflume/otlp';
import { type HostInfo, withoutColours } from './host.ts';
import { keysOf, type Members, readMember } from './members.ts';

/** What was thrown, and what of the record belongs to it rather than to the attributes. */
export interface FoundException {
  readonly exception: unknown;
  /** `exception.*` of an error that is the record itself, or of which only the members are left. */
  readonly described: Members | undefined;
  /** Names of members that winston copied from the error. */
  readonly copied: readonly string[];
}

/** Where HTTP clients hang their request, credentials and all, on the errors they throw. */
const REQUEST_PARTS = ['config', 'request', 'response', 'options', 'socket'] as const;

/**
 * Finds the error of a record: the record itself, its message, an argument, `err` or `error`, or what is left of one.
 * Never throws.
 *
 * @param firstIsCopied - whether winston copied what the first argument has into the record.
 */
export function findException(
  info: HostInfo,
  message: unknown,
  splat: readonly unknown[],
  members: Members,
  firstIsCopied: boolean,
): FoundException {
  if (isError(info)) {
    const described = { ...describeOwn(ownError(info, message)), ...toldInstead(members) };
    return { exception: undefined, described, copied: ownParts(members) };
  }
  const passed = isError(message) ? message : splat.find(isError);
  if (passed !== undefined) {
    const copied = copiedFrom(passed, members);
    const gone = firstIsCopied && passed === splat[0] ? changedOf(passed, members) : [];
    if (gone.length === 0) return { exception: passed, described: undefined, copied };
    return { exception: undefined, described: describeWithout(passed, gone), copied };
  }
  const attribute = isError(members['err']) ? members['err'] : members['error'];
  if (isError(attribute)) return { exception: attribute, described: undefined, copied: [] };
  return describeRemains(members);
}

/** An error that is the record, with its message as it was before a format painted it or took it out. */
export function ownError(error: Error, message: unknown): object {
  if (message === readMember(error, 'message')) return error;
  const [name, raw, code] = [readMember(error, 'name'), readMember(error, 'stack'), readMember(error, 'code')];
  const stack = typeof raw === 'string' ? withoutColours(raw) : raw;
  return { name, message, stack, code, cause: readMember(error, 'cause'), errors: readMember(error, 'errors') };
}

/** Without `properties`: these stand in the record as attributes already, among those of `defaultMeta`. */
function describeOwn(error: object): Members {
  const { type, message, stacktrace, code, cause, errors } = describeError(error);
  return {
    'exception.type': type,
    'exception.message': message,
    'exception.stacktrace': stacktrace,
    'exception.code': code,
    'exception.cause': cause,
    'exception.errors': errors,
  };
}

/** An error that is the record: what the exception tells, and objects hung on it. */
function ownParts(members: Members): readonly string[] {
  return ['stack', 'cause', 'errors', 'code', 'name', ...requestParts(members)];
}

function requestParts(members: Members): readonly string[] {
  return REQUEST_PARTS.filter((key) => typeof members[key] === 'object');
}

/** Where the request of an HTTP client went, and what else is told of an error instead of what it says itself. */
function toldInstead(members: Members): Members {
  const told: Members = {};
  const parts: Members = { ...describeError(members).properties, ...describeHttpParts(members) };
  for (const key of Object.keys(parts)) {
    if (key !== 'message' && key !== 'stack' && parts[key] !== members[key]) told[key] = parts[key];
  }
  return told;
}

/** What a format took out of the record, or changed there, of what winston had copied from an error. */
function changedOf(error: Error, members: Members): readonly string[] {
  return keysOf(error).filter((key) => !NO_PROPERTIES.has(key) && !Object.is(members[key], readMember(error, key)));
}

/** Names under which a record has something else than what an error says there, or that its properties are without. */
const NO_PROPERTIES: ReadonlySet<string> = new Set(['level', 'message', 'name', 'stack', 'cause', 'code', 'errors']);

function describeWithout(error: Error, gone: readonly string[]): Members {
  const properties = Object.entries({ ...describeError(error).properties }).filter(([name]) => !gone.includes(name));
  return {
    ...describeOwn(error),
    'exception.properties': properties.length > 0 ? Object.fromEntries(properties) : undefined,
  };
}

function copiedFrom(error: Error, members: Members): readonly string[] {
  const keys = [...keysOf(error), 'stack', 'cause'];
  return keys.filter((key) => Object.hasOwn(members, key) && Object.is(members[key], readMember(error, key)));
}

const FIRST_LINE = /^([\w$.]+)(?: \[[\w$]+\])?(?:: ([\s\S]*?))?(?=\n {4}at |\n?$)/;

/** A child logger and `format.errors()` make a plain object of an error; its class is told by the first line alone. */
function describeRemains(members: Members): FoundException {
  const { stack, cause, code } = members;
  if (typeof stack !== 'string') return { exception: undefined, described: undefined, copied: [] };
  if (!stack.includes('\n')) {
    // Nothing by which it could be told from any other attribute of that name.
    return { exception: undefined, described: { stack: toSafeErrorText(stack) }, copied: [] };
  }
  const [, type = 'Error', text = ''] = FIRST_LINE.exec(stack) ?? [];
  const hasCode = typeof code === 'string' || typeof code === 'number';
  return {
    exception: undefined,
    described: {
      'exception.type': type,
      'exception.message': toSafeErrorText(text),
      'exception.stacktrace': toSafeErrorText(stack),
      'exception.cause': cause,
      'exception.code': hasCode ? code : undefined,
      ...toldInstead(members),
    },
    copied: ['stack', 'cause', ...(hasCode ? ['code'] : []), ...requestParts(members)],
  };
}
