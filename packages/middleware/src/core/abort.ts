/** Names and codes of errors that say a call was ended by its caller. */
const ABORTS: ReadonlySet<unknown> = new Set([
  'AbortError',
  'CanceledError',
  'ERR_CANCELED',
  'ABORT_ERR',
  'UND_ERR_ABORTED',
]);

/** Whether an error says that the caller ended the call, and not because it took too long. Never throws. */
export function isAbort(error: unknown): boolean {
  if (readMember(readMember(error, 'cause'), 'name') === 'TimeoutError') return false;
  return ABORTS.has(readMember(error, 'name')) || ABORTS.has(readMember(error, 'code'));
}

/** Reads a member of a value of any kind; `undefined` for one that throws or is not there. */
export function readMember(object: unknown, name: string | symbol): unknown {
  try {
    return typeof object === 'object' && object !== null ? Reflect.get(object, name) : undefined;
  } catch {
    return undefined; // A getter that throws says nothing.
  }
}
