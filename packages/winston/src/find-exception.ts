import { describeError, isError } from '@logflume/otlp';
import type { HostInfo } from './host.ts';
import { emptyMembers, keysOf, type Members, readMember } from './members.ts';

/** What was thrown, and what of the record belongs to it rather than to the attributes. */
export interface FoundException {
  readonly exception: unknown;
  /** `exception.*` of an error that is the record itself, or of which only the members are left. */
  readonly described: Members;
  /** Names of members that winston copied from the error. */
  readonly copied: ReadonlySet<string>;
}

/** Where HTTP clients hang their request, credentials and all, on the errors they throw. */
const REQUEST_PARTS = ['config', 'request', 'response', 'options', 'socket'] as const;

/**
 * Finds the error of a record: the record itself, its message, an argument, `err` or `error`, or what is left of one.
 * Never throws.
 */
export function findException(
  info: HostInfo,
  message: unknown,
  splat: readonly unknown[],
  members: Members,
): FoundException {
  if (isError(info)) return { exception: undefined, described: describeOwn(info), copied: ownParts(members) };
  const passed = isError(message) ? message : splat.find(isError);
  if (passed !== undefined)
    return { exception: passed, described: emptyMembers(), copied: copiedFrom(passed, members) };
  const attribute = isError(members['err']) ? members['err'] : members['error'];
  if (isError(attribute)) return { exception: attribute, described: emptyMembers(), copied: NOTHING };
  return describeRemains(members);
}

const NOTHING: ReadonlySet<string> = new Set();

/** Without `properties`: these stand in the record as attributes already, among those of `defaultMeta`. */
function describeOwn(error: Error): Members {
  const described = emptyMembers();
  for (const [name, value] of Object.entries(describeError(error))) {
    if (name !== 'properties' && value !== undefined) described[`exception.${name}`] = value;
  }
  return described;
}

/** An error that is the record: what the exception tells, and objects hung on it. */
function ownParts(members: Members): Set<string> {
  const hung = REQUEST_PARTS.filter((key) => typeof members[key] === 'object');
  return new Set(['stack', 'cause', 'errors', 'code', 'name', ...hung]);
}

function copiedFrom(error: Error, members: Members): Set<string> {
  const keys = [...keysOf(error), 'stack', 'cause'];
  return new Set(keys.filter((key) => key in members && Object.is(members[key], readMember(error, key))));
}

const FIRST_LINE = /^([\w$.]+)(?: \[[\w$]+\])?(?:: ([\s\S]*?))?(?=\n {4}at |\n?$)/;

/** A child logger and `format.errors()` make a plain object of an error; its class is told by the first line alone. */
function describeRemains(members: Members): FoundException {
  const { stack, cause, code } = members;
  if (typeof stack !== 'string' || !stack.includes('\n')) {
    return { exception: undefined, described: emptyMembers(), copied: NOTHING };
  }
  const [, type = 'Error', text = ''] = FIRST_LINE.exec(stack) ?? [];
  const described = emptyMembers();
  described['exception.type'] = type;
  described['exception.message'] = text;
  described['exception.stacktrace'] = stack;
  const copied = new Set(['stack']);
  if (cause !== undefined) {
    described['exception.cause'] = cause;
    copied.add('cause');
  }
  if (typeof code === 'string' || typeof code === 'number') {
    described['exception.code'] = code;
    copied.add('code');
  }
  for (const key of REQUEST_PARTS) if (typeof members[key] === 'object') copied.add(key);
  return { exception: undefined, described, copied };
}
