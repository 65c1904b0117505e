import { createRequire } from 'node:module';
import { asHostOutput, type HostCaptured, type LoadedHost, type Logger } from 'logflume';
import type { HostLogger } from './host.ts';
import { isSupported } from './host-version.ts';
import type { LogflumeTransport } from './logflume-transport.ts';

/** Notes on a logger that it was looked at. */
const SEEN: unique symbol = Symbol('logflume.seen');

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** A transport as it stands in a logger, or winston's wrapper around a handler of exceptions. */
interface Sibling {
  /** That it is ours, whatever copy of this package made it. */
  readonly isLogflume?: unknown;
  /** What a wrapper wraps. */
  readonly transport?: unknown;
  readonly level?: string | undefined;
  readonly silent?: boolean | undefined;
  readonly handleExceptions?: boolean | undefined;
}

/**
 * Gives every winston logger a transport of ours, the default one included: for `logflume/register`. A logger that has a
 * `LogflumeTransport` of the application's gets no other, and loses ours when one is added later.
 */
export function captureHost({ version, exports }: LoadedHost, logger: Logger): HostCaptured {
  if (!isSupported(version)) return { problem: '@logflume/winston needs winston 3' };
  const prototype: unknown = Reflect.get(Object(Reflect.get(Object(exports), 'Logger')), 'prototype');
  if (typeof prototype !== 'object' || prototype === null) return {};
  const attach = createAttach(logger);
  const configuring = new WeakSet<object>();
  wrap(prototype, 'add', (host, add, args) => {
    const result = add(args);
    if (!configuring.has(host)) attach(host, (transport) => add([transport]));
    return result;
  });
  wrap(prototype, 'configure', (host, configure, args) => {
    configuring.add(host);
    try {
      configure(args);
    } finally {
      configuring.delete(host);
    }
    attach(host, (transport) => Reflect.apply(Reflect.get(host, 'add'), host, [transport]));
  });
  wrap(prototype, 'write', (host, write, args) => {
    // Not seen before is the default logger, made while winston was loaded. Children inherit the note.
    if (Reflect.get(host, SEEN) !== true) {
      Reflect.set(host, SEEN, true);
      attach(host, (transport) => Reflect.apply(Reflect.get(host, 'add'), host, [transport]));
    }
    // A transport that prints by the console prints what is delivered already.
    return asHostOutput(() => write(args));
  });
  const print: unknown = Reflect.get(Object(Reflect.get(Object(exports), 'transports')), 'Console');
  const printing: unknown = Reflect.get(Object(print), 'prototype');
  if (typeof printing === 'object' && printing !== null) {
    wrap(printing, 'log', (_, log, args) => asHostOutput(() => log(args)));
  }
  return {};
}

/** @returns what gives a logger our transport if it needs it, and takes it back if not. Never throws. */
function createAttach(logger: Logger): (host: object, add: (transport: LogflumeTransport) => void) => void {
  const ours = new WeakSet<object>();
  return (host, add) => {
    try {
      const marked = siblingsOf(host).filter((each) => each.isLogflume === true);
      const isOurs = (each: object): boolean => ours.has(each);
      if (marked.length === 0) {
        const transport = createFollower(logger);
        ours.add(transport);
        add(transport);
      } else if (!marked.every(isOurs)) {
        const remove: unknown = Reflect.get(host, 'remove');
        for (const each of marked.filter(isOurs)) if (typeof remove === 'function') Reflect.apply(remove, host, [each]);
      }
    } catch {
      // The logger is not as winston makes them; it logs as ever.
    }
  };
}

/**
 * A transport that takes what the others of its logger take together: of the most verbose level among them, nothing
 * while all are silent, and crashes if one of them does, so that winston does not begin to catch what it let pass.
 */
function createFollower(logger: Logger): LogflumeTransport {
  const transport = new (loadTransport())({ logger });
  const others = (): Sibling[] => siblingsOf(transport.parent).filter((each) => each !== transport);
  const follow = (name: 'level' | 'silent' | 'handleExceptions', read: () => unknown): void => {
    Object.defineProperty(transport, name, { get: read, set: () => undefined, configurable: true, enumerable: true });
  };
  follow('level', () => mostVerbose(others(), transport.parent));
  follow('silent', () => {
    const printing = others().filter((each) => each.transport === undefined);
    return printing.length > 0 && printing.every((each) => each.silent === true);
  });
  follow('handleExceptions', () => others().some((each) => each.handleExceptions === true));
  return transport;
}

/** @returns `undefined` for the level of the logger. */
function mostVerbose(siblings: readonly Sibling[], parent: HostLogger | undefined): string | undefined {
  const levels = parent?.levels;
  if (levels === undefined) return undefined;
  let most: string | undefined;
  for (const { level = parent?.level, transport, silent } of siblings) {
    if (level === undefined || transport !== undefined || silent === true) continue;
    if (most === undefined || (levels[level] ?? -1) > (levels[most] ?? -1)) most = level;
  }
  return most;
}

function siblingsOf(host: unknown): Sibling[] {
  const transports: unknown = Reflect.get(Object(host), 'transports');
  return Array.isArray(transports) ? transports.filter((each) => typeof each === 'object' && each !== null) : [];
}

/**
 * Loaded when the first logger is made: the class extends one of winston's, and while winston is being loaded the
 * application may be loading this package, too, of which no half can be had.
 */
function loadTransport(): typeof LogflumeTransport {
  const load = createRequire(import.meta.url);
  const { LogflumeTransport: made }: typeof import('./logflume-transport.ts') = load('./logflume-transport.js');
  return made;
}

/** Replaces a method by one that is given the original, bound to the object it is called on. */
function wrap(
  prototype: object,
  name: string,
  run: (host: object, original: (args: unknown[]) => unknown, args: unknown[]) => unknown,
): void {
  const original: unknown = Reflect.get(prototype, name);
  if (typeof original !== 'function') return;
  const method: Method = function (this: unknown, ...args) {
    return run(Object(this), (given) => Reflect.apply(original, this, given), args);
  };
  Object.defineProperty(prototype, name, { value: method, writable: true, configurable: true, enumerable: false });
}
