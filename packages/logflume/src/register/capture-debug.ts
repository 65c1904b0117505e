import { formatWithOptions, inspect } from 'node:util';
import { describeError, isError, safeText } from '@logflume/otlp';
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
  readonly formatters?: Record<string, unknown> | undefined;
}

/** A value that debug has put into its text, and what became of it. */
interface Shown {
  readonly value: unknown;
  readonly text: string;
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
  let shown: Shown[] = [];
  for (const name of ['o', 'O']) watchFormatter(exports, name, (each) => shown.push(each));
  // The first thing a call does with its first argument; an error is but a text afterwards.
  exports.coerce = function (...args) {
    [thrown] = args;
    shown = [];
    return Reflect.apply(coerce, this, args);
  };
  // What gets here is the text with its formatters applied, and is changed in place into the line.
  exports.formatArgs = function (...args) {
    const [parts] = args;
    if (Array.isArray(parts)) emit(logger, scoped, namespaceOf(this), withoutHttp(parts, shown), thrown);
    thrown = undefined;
    shown = [];
    const result = Reflect.apply(formatArgs, this, args);
    if (Array.isArray(parts)) expectHostLine(parts[0]);
    return result;
  };
  return {};
}

function watchFormatter({ formatters }: Debug, name: string, tell: (shown: Shown) => void): void {
  const formatter = formatters?.[name];
  if (formatters === undefined || typeof formatter !== 'function') return;
  formatters[name] = function (this: unknown, value: unknown) {
    const text: unknown = Reflect.apply(formatter, this, [value]);
    if (typeof value === 'object' && typeof text === 'string') tell({ value, text });
    return text;
  };
}

/** The parts with the values in their text told anew, where these are part of an HTTP exchange. */
function withoutHttp([text, ...rest]: readonly unknown[], shown: readonly Shown[]): readonly unknown[] {
  if (typeof text !== 'string') return [text, ...rest];
  let safe = text;
  for (const { value, text: asPrinted } of shown) {
    const told = safeText(([each]) => (each === value ? asPrinted : inspect(each, { colors: false })), [value]);
    if (told !== asPrinted) safe = safe.replace(asPrinted, () => told);
  }
  return [safe, ...rest];
}

function plainText(parts: readonly unknown[]): string {
  return formatWithOptions({ colors: false }, ...parts);
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
      body: isThrown ? describeError(thrown).message : safeText(plainText, parts),
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
