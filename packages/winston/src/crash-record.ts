import { isError, toSafeErrorText } from '@logflume/otlp';
import type { HostInfo } from './host.ts';
import { emptyMembers, isPlainObject, type Members, readMember, readMembers } from './members.ts';

/** How winston came by a record that the application did not log. */
export type Crash = 'exception' | 'rejection';

/** Says whether winston made a record of an uncaught exception or an unhandled rejection. */
export function crashOf(info: HostInfo): Crash | undefined {
  try {
    // Asked of every record, so the members are read as the members they are: several times cheaper than by their names.
    const { exception, rejection } = info;
    if (exception === true) return 'exception';
    return rejection === true ? 'rejection' : undefined;
  } catch {
    return undefined; // Winston makes the records of crashes, and none of them throws.
  }
}

/** Members that say again what the exception says, or when it is; `trace` is the stack once more. */
const SAID: ReadonlySet<string> = new Set([
  'level',
  'message',
  'error',
  'stack',
  'trace',
  'date',
  'exception',
  'rejection',
]);

/** What a command line and its paths tell may be a secret. */
const SECRETS: ReadonlySet<string> = new Set(['argv', 'cwd', 'execPath']);

/** The attributes of a crash: what winston says of the process, without what may be secret. */
export function crashAttributes(members: Members, crash: Crash): Members {
  const attributes = emptyMembers();
  attributes['winston.uncaught'] = crash;
  for (const key of Object.keys(members)) {
    const value = members[key];
    if (SAID.has(key)) continue;
    attributes[key] = key === 'process' && isPlainObject(value) ? without(readMembers(value), SECRETS) : value;
  }
  return attributes;
}

/** The message of what was thrown, or winston's first line where it has none. */
export function crashBody(members: Members): unknown {
  const { error, message } = members;
  if (typeof error === 'string' && error !== '') return error;
  const own: unknown = typeof error === 'object' && error !== null ? readMember(error, 'message') : undefined;
  if (typeof own === 'string' && own !== '') return toSafeErrorText(own);
  if (isError(error)) return readMember(error, 'name');
  return typeof message === 'string' ? toSafeErrorText(message.split('\n', 1)[0] ?? '') : message;
}

function without(members: Members, names: ReadonlySet<string>): Members {
  const rest = emptyMembers();
  for (const key of Object.keys(members)) if (!names.has(key)) rest[key] = members[key];
  return rest;
}
