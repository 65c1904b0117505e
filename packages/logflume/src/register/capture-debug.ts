import { formatWithOptions } from 'node:util';
import { isError } from '@logflume/otlp';
import { emitRecord } from '../emit-record.ts';
import { expectHostLine } from '../host-output.ts';
import type { Logger } from '../logger.ts';
import type { HostCaptured, LoadedHost } from './host-capture.ts';

/** Majors of debug this was made for. */
const SUPPORTED = /^[34]\./;

/** OTLP's number for DEBUG. */
const SEVERITY = 5;

/** Scopes made for namespaces; the delivery remembers each for good, so names beyond these are an attribute. */
const MAX_SCOPES = 256;

/** Where the namespace stands that got no scope. */
const NAMESPACE_KEY = 'debug.namespace';

type Method = (this: unknown, ...args: unknown[]) => unknown;

/** `module.exports` of debug, as far as it is touched here. */
interface Debug {
  coerce: Method;
  formatArgs: Method;
}

/**
 * Makes records of what the `debug` package prints: of enabled namespaces, whatever the level of the logger, as `DEBUG`
 * has decided. Body is the text without prefix, colours and the time since the last call; the namespace is the scope; an
 * error becomes `exception.*`. What debug prints stays as it was.
 */
export function captureDebug({ version, exports }: LoadedHost, logger: Logger): HostCaptured {
  if (!SUPPORTED.test(version ?? '')) return { problem: 'this version of logflume captures debug 3 and 4' };
  if (!isDebug(exports)) return {};
  const { coerce, formatArgs } = exports;
  const scoped = new Map<string, Logger>();
  let thrown: unknown;
  // The first thing a call does with its first argument; an error is but a text afterwards.
  exports.coerce = function (...args) {
    [thrown] = args;
    return Reflect.apply(coerce, this, args);
  };
  // What gets here is the text with its formatters applied, and is changed in place into the line.
  exports.formatArgs = function (...args) {
    const [parts] = args;
    if (Array.isArray(parts)) emit(logger, scoped, namespaceOf(this), parts, thrown);
    thrown = undefined;
    const result = Reflect.apply(formatArgs, this, args);
    if (Array.isArray(parts)) expectHostLine(parts[0]);
    return result;
  };
  return {};
}

function emit(
  logger: Logger,
  scoped: Map<string, Logger>,
  namespace: string,
  parts: readonly unknown[],
  thrown: unknown,
): void {
  try {
    let named = scoped.get(namespace);
    if (named === undefined && scoped.size < MAX_SCOPES) {
      named = logger.child({}, { name: namespace });
      scoped.set(namespace, named);
    }
    const isThrown = isError(thrown);
    emitRecord(named ?? logger, {
      severityNumber: SEVERITY,
      severityText: 'DEBUG',
      body: isThrown ? thrown.message : formatWithOptions({ colors: false }, ...parts),
      attributes: named === undefined ? { [NAMESPACE_KEY]: namespace } : undefined,
      exception: isThrown ? thrown : parts.find(isError),
    });
  } catch {
    // An inspector of an argument threw. It throws again when debug prints, and then the application learns of it.
  }
}

function namespaceOf(instance: unknown): string {
  const namespace: unknown = typeof instance === 'function' ? Reflect.get(instance, 'namespace') : undefined;
  return typeof namespace === 'string' ? namespace : '';
}

function isDebug(exports: unknown): exports is Debug {
  return ['coerce', 'formatArgs'].every((member) => typeof Reflect.get(Object(exports), member) === 'function');
}
