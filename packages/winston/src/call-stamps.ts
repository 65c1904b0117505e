import { type CallContext, captureCall, type Logger } from 'logflume';
import type { HostInfo, HostLogger } from './host.ts';

/** Under which what was noted of a call travels with a record that is held up. */
const CALL: unique symbol = Symbol('logflume.call');

/** What is known of a call, whatever the formats and the queues of its logger do to the record. */
export interface NotedCall {
  /** Its time and context; `undefined` from a logger that is not ours. */
  readonly context: CallContext | undefined;
  /** Its message before any format, `''` for one that is no text. */
  readonly message: string;
}

/** Marks our `write` on a logger. */
const STAMPING: unique symbol = Symbol('logflume.stamping');

type Write = HostLogger['write'];

/** A `write` that notes calls, for as many transports of a logger as need it. */
interface StampingWrite extends Write {
  readonly [STAMPING]: {
    users: number;
    /** `undefined` until somebody asks: it is read from a clock at every call from then on. */
    startedMs: number | undefined;
    /** Of the running call; `undefined` while there is none. */
    message: string | undefined;
    readonly original: Write;
    readonly isOwn: boolean;
  };
}

/** What a transport learns of the calls of a logger. */
export interface CallStamps {
  /**
   * When the running call began, milliseconds since the epoch: for a record that was not held up. Infinite for the first
   * call that asks.
   */
  startedMs(): number;
  /** The message of the running call before any format, for a record that was not held up; `undefined` outside a call. */
  message(): string | undefined;
  /** Takes everything back. */
  release(): void;
}

/**
 * Notes, where a log call is made, what is only known there: the async context, the time, and the message that formats
 * change in place. Winston runs a record through three queues, and behind a slow sibling it comes out of them in
 * somebody else's context.
 *
 * A logger with nothing in its queues hands a record to its transports inside the call; then nothing is noted on the
 * record, and it is not touched. Children write through their parent, so one `write` sees all calls.
 */
export function stampCalls(host: HostLogger, logger: Logger): CallStamps {
  const write = isStamping(host.write) ? host.write : install(host, logger);
  const state = write[STAMPING];
  state.users++;
  let isActive = true;
  return {
    startedMs() {
      state.startedMs ??= Number.POSITIVE_INFINITY;
      return state.startedMs;
    },
    message: () => state.message,
    release() {
      if (isActive && --state.users === 0) uninstall(host, write);
      isActive = false;
    },
  };
}

/** What was noted of the call that made a record; `undefined` when the record was not held up. */
export function callOf(info: HostInfo): NotedCall | undefined {
  try {
    const call = info[CALL];
    return isCall(call) ? call : undefined;
  } catch {
    return undefined; // A trap threw: then the call is not known.
  }
}

function install(host: HostLogger, logger: Logger): StampingWrite {
  const original = host.write;
  const state: StampingWrite[typeof STAMPING] = {
    users: 0,
    startedMs: undefined,
    message: undefined,
    original,
    isOwn: Object.hasOwn(host, 'write'),
  };
  const write = function (this: unknown, info: unknown, encoding?: unknown, callback?: unknown): boolean {
    if (state.users === 0) return original.call(this, info, encoding, callback);
    const message = messageOf(info);
    if (isHeldUp(host)) stamp(info, { context: captureCall(logger), message });
    else if (state.startedMs !== undefined) state.startedMs = Date.now();
    // A format or a transport may log, too, in the midst of it.
    const outer = state.message;
    state.message = message;
    try {
      return original.call(this, info, encoding, callback);
    } finally {
      state.message = outer;
    }
  };
  const stamping = Object.assign(write, { [STAMPING]: state });
  Object.defineProperty(host, 'write', { value: stamping, configurable: true, writable: true });
  return stamping;
}

/** Somebody may have wrapped it since: then it stays, and without users only calls through. */
function uninstall(host: HostLogger, write: StampingWrite): void {
  if (host.write !== write) return;
  const { original, isOwn } = write[STAMPING];
  if (isOwn) host.write = original;
  else Reflect.deleteProperty(host, 'write');
}

/** Says whether a record written now waits in a queue of the logger before it comes to a transport. */
function isHeldUp(host: HostLogger): boolean {
  return host.readableFlowing !== true || host.readableLength !== 0 || host.writableLength !== 0;
}

function messageOf(info: unknown): string {
  if (typeof info !== 'object' || info === null) return '';
  try {
    const { message }: { message?: unknown } = info;
    return typeof message === 'string' ? message : '';
  } catch {
    return ''; // A trap threw.
  }
}

function stamp(info: unknown, call: NotedCall): void {
  if (typeof info !== 'object' || info === null) return;
  try {
    // Enumerable, as formats copy records by `Object.assign`. A frozen record goes without.
    Reflect.set(info, CALL, call);
  } catch {
    // A proxy that does not want to be written to.
  }
}

function isStamping(write: Write): write is StampingWrite {
  return STAMPING in write;
}

function isCall(value: unknown): value is NotedCall {
  return typeof value === 'object' && value !== null && 'context' in value;
}
