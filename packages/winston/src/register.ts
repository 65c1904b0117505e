import { createRequire } from 'node:module';
import { asHostOutput, type HostCaptured, type LoadedHost, type Logger } from 'logflume';
import type { HostLogger } from './host.ts';
import { isSupported } from './host-version.ts';
import type { LogflumeTransport } from './logflume-transport.ts';

/** Notes on a logger what takes its records; children inherit it. */
const CAPTURE: unique symbol = Symbol('logflume.capture');

/** What takes the records of a logger. */
interface Capture {
  /** `undefined` while a transport of the application's takes them. */
  follower: LogflumeTransport | undefined;
}

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
 * Takes the records of every winston logger, the default one included: for `logflume/register`. A logger that has a
 * `LogflumeTransport` of the application's is left to it from then on.
 *
 * Records are taken where the formats have made them, and not by a transport among the others: an application counts
 * these, and sets levels by their place.
 */
export function captureHost({ version, exports }: LoadedHost, logger: Logger): HostCaptured {
  if (!isSupported(version)) return { problem: '@logflume/winston needs winston 3' };
  const prototype: unknown = Reflect.get(Object(Reflect.get(Object(exports), 'Logger')), 'prototype');
  if (typeof prototype !== 'object' || prototype === null) return {};
  for (const name of ['add', 'configure']) {
    wrap(prototype, name, (host, change, args) => {
      const result = change(args);
      settle(host, logger);
      return result;
    });
  }
  wrap(prototype, 'write', (host, write, args) => {
    // Not seen before is the default logger, made while winston was loaded.
    if (captureOf(host) === undefined) settle(host, logger);
    // A transport that prints by the console prints what is delivered already.
    return asHostOutput(() => write(args));
  });
  wrap(prototype, 'push', (host, push, args) => {
    const [info] = args;
    // `null` ends the stream, `false` is a record that a format filtered out.
    if (typeof info === 'object' && info !== null) captureOf(host)?.follower?.write(info);
    return push(args);
  });
  const print: unknown = Reflect.get(Object(Reflect.get(Object(exports), 'transports')), 'Console');
  const printing: unknown = Reflect.get(Object(print), 'prototype');
  if (typeof printing === 'object' && printing !== null) {
    wrap(printing, 'log', (_, log, args) => asHostOutput(() => log(args)));
  }
  return {};
}

function captureOf(host: object): Capture | undefined {
  const capture: Capture | undefined = Reflect.get(host, CAPTURE);
  return capture;
}

/** Makes what follows a logger if it is needed, and ends it if not. Never throws. */
function settle(host: object, logger: Logger): void {
  try {
    let capture = captureOf(host);
    if (capture === undefined) {
      capture = { follower: undefined };
      Object.defineProperty(host, CAPTURE, { value: capture });
    }
    if (siblingsOf(host).some((each) => each.isLogflume === true)) {
      capture.follower?.emit('unpipe', host);
      capture.follower = undefined;
    } else if (capture.follower === undefined) {
      capture.follower = createFollower(logger);
      capture.follower.emit('pipe', host);
    }
  } catch {
    // The logger is not as winston makes them; it logs as ever.
  }
}

/**
 * A transport, in no list of a logger's, that takes what those of the logger take together: of the most verbose level among
 * them, nothing while all are silent, and crashes if one of them does, so that winston does not begin to catch what it let
 * pass.
 */
function createFollower(logger: Logger): LogflumeTransport {
  const transport = new (loadTransport())({ logger });
  const others = (): Sibling[] => siblingsOf(transport.parent);
  const follow = (name: 'levels' | 'level' | 'silent' | 'handleExceptions', read: () => unknown): void => {
    Object.defineProperty(transport, name, { get: read, set: () => undefined, configurable: true, enumerable: true });
  };
  follow('levels', () => transport.parent?.levels);
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
