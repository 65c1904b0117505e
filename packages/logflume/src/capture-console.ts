import { Writable } from 'node:stream';
import { formatWithOptions, type InspectOptions, inspect } from 'node:util';
import { isError, type Scrub, safeText, toSafeErrorText } from '@logflume/otlp';
import { errorAmong, isPlainObject } from './call-shapes.ts';
import { type CaptureConsoleOptions, checkCaptureOptions } from './capture-console-options.ts';
import type { Level } from './config/parse-levels.ts';
import { emitRecord, isPrinted, scrubOf } from './emit-record.ts';
import { isHostOutput } from './host-output.ts';
import type { Logger } from './logger.ts';
import { isOwnOutput } from './own-output.ts';
import { MAX_DEPTH, UNREADABLE } from './pipeline.ts';
import { hasNames } from './redact/create-scrub.ts';
import { shownPart } from './redact/shown-part.ts';
import { withoutSecrets } from './redact/without-secrets.ts';

/**
 * Makes records of what is printed by the global console: of libraries that know no logger, and of old code.
 *
 * | call | severity | body |
 * |---|---|---|
 * | `trace` | 1 | the text; the stack is the attribute `code.stacktrace` |
 * | `debug` | 5 | the text |
 * | `log`, `info`, `dir`, `dirxml`, `table`, `group`, `count`, `timeEnd`, `timeLog` | 9 | the text |
 * | `warn` | 13 | the text |
 * | `error`, and `assert` that fails | 17 | the text |
 *
 * The text is what the console prints (`%s`, `%d`, `%o`, … filled in), without colours and without the indentation of
 * groups. The first error among the arguments, or in `err` or `error` of the attributes, becomes `exception.*`. A plain
 * object becomes the attributes of the record if it is the only one among the arguments; of two nobody could say whose
 * names win.
 *
 * Nothing loops: what the logger, its diagnostics or the printing itself send to the console is printed and not
 * recorded, nor is what a captured logger prints there. A call throws only if the console it wraps does. Capturing for the same logger again changes nothing.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` without a logger, or for an option that does not exist.
 * @returns what undoes it; may be called more than once. Where somebody else has wrapped the console meanwhile, theirs
 *   stays in place and ours only passes calls on.
 * @example
 * ```ts
 * const release = captureConsole({ logger: log.child({}, { name: 'console' }) });
 * console.warn('%d retries left', 2, { 'order.id': 1234 });
 * release();
 * ```
 */
export function captureConsole(options: CaptureConsoleOptions): () => void {
  checkCaptureOptions(options);
  const { logger, print = true } = options;
  standIn?.();
  standIn = undefined;
  const { console } = globalThis;
  const releases = captures.get(console) ?? new Map<Logger, () => void>();
  captures.set(console, releases);
  const known = releases.get(logger);
  if (known !== undefined) return known;
  const capture: Capture = { logger, print, isOn: true, isBusy: false, formatting: 0 };
  const wrapped = hasNames(scrubOf(logger)) ? [...methods, table] : methods;
  const restores = wrapped.map((method) => wrapMethod(console, method, capture));
  const release = (): void => {
    if (!capture.isOn) return;
    capture.isOn = false;
    releases.delete(logger);
    for (const restore of restores) restore();
  };
  releases.set(logger, release);
  return release;
}

/**
 * Captures as {@link captureConsole} does, until that is called: an application that captures its console by itself does
 * not have every record twice.
 */
export function captureConsoleByDefault(options: CaptureConsoleOptions): () => void {
  const release = captureConsole(options);
  standIn = release;
  return release;
}

/** Undoes the capture that gives way to the next. */
let standIn: (() => void) | undefined;

/** The captures in force. Process-wide, as the console is; by console, because test runners replace it. */
const captures = new WeakMap<Console, Map<Logger, () => void>>();

interface Capture {
  readonly logger: Logger;
  readonly print: boolean;
  isOn: boolean;
  /** The logger or the console is at work: what they call is theirs. */
  isBusy: boolean;
  /** Calls whose arguments are being made into text: their inspectors may print too. */
  formatting: number;
}

/** One method of the console: how severe, and which of its arguments are text. */
interface Method {
  readonly name: 'trace' | 'debug' | 'log' | 'info' | 'dir' | 'dirxml' | 'warn' | 'error' | 'assert' | 'table';
  readonly level: Level;
  readonly severityNumber: number;
  readonly toText: (args: readonly unknown[]) => string;
}

const plainText = (args: readonly unknown[]): string => formatWithOptions({ colors: false }, ...args);

function dirText([value, options]: readonly unknown[]): string {
  const given: InspectOptions = Object(options);
  return inspect(value, { customInspect: false, ...given, colors: false });
}

/** As Node has it: a text goes on behind the words, anything else stands behind them. */
function assertText([, ...args]: readonly unknown[]): string {
  const [first, ...rest] = args;
  if (args.length === 0) return 'Assertion failed';
  return typeof first === 'string'
    ? plainText([`Assertion failed: ${first}`, ...rest])
    : plainText(['Assertion failed:', ...args]);
}

/** What is not here prints by way of what is: Node's `table`, `group`, `count`, `timeEnd` and `timeLog` call `log`. */
const methods: readonly Method[] = [
  { name: 'trace', level: 'trace', severityNumber: 1, toText: plainText },
  { name: 'debug', level: 'debug', severityNumber: 5, toText: plainText },
  { name: 'log', level: 'info', severityNumber: 9, toText: plainText },
  { name: 'info', level: 'info', severityNumber: 9, toText: plainText },
  { name: 'dir', level: 'info', severityNumber: 9, toText: dirText },
  { name: 'dirxml', level: 'info', severityNumber: 9, toText: plainText },
  { name: 'warn', level: 'warn', severityNumber: 13, toText: plainText },
  { name: 'error', level: 'error', severityNumber: 17, toText: plainText },
  { name: 'assert', level: 'error', severityNumber: 17, toText: assertText },
];

/** Where names are redacted: `log` would be given a text that has the values already. */
const table: Method = { name: 'table', level: 'info', severityNumber: 9, toText: tableText };

function tableText([data, columns]: readonly unknown[]): string {
  let text = '';
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  // Not imported: `import { info } from 'node:console'` gives what the console has when the first import comes.
  const { Console } = process.getBuiltinModule('node:console');
  new Console({ stdout }).table(data, Array.isArray(columns) ? columns : undefined);
  return text.trimEnd();
}

/** @returns what puts the method back as it was, if it is still ours. */
function wrapMethod(console: Console, method: Method, capture: Capture): () => void {
  const own = Object.getOwnPropertyDescriptor(console, method.name);
  const original: unknown = Reflect.get(console, method.name);
  if (typeof original !== 'function') return () => undefined;
  const wrapper = (...args: unknown[]): void => {
    const isOurs = capture.isOn && !capture.isBusy && !isOwnOutput() && !isHostOutput(args[0]);
    const isRecorded = isOurs && capture.formatting < MAX_DEPTH && record(capture, method, args, wrapper);
    if (isOurs && !shouldPrint(capture, isRecorded)) return;
    const wasBusy = capture.isBusy;
    capture.isBusy = true;
    try {
      Reflect.apply(original, console, args);
    } finally {
      capture.isBusy = wasBusy;
    }
  };
  // A console that is frozen stays as it is.
  const isSet = Reflect.defineProperty(console, method.name, {
    value: wrapper,
    writable: true,
    enumerable: own?.enumerable ?? true,
    configurable: true,
  });
  return () => {
    if (!isSet || Reflect.get(console, method.name) !== wrapper) return;
    if (own === undefined) Reflect.deleteProperty(console, method.name);
    else Reflect.defineProperty(console, method.name, own);
  };
}

function shouldPrint({ print, logger }: Capture, isRecorded: boolean): boolean {
  return print && !(isRecorded && isPrinted(logger));
}

/** @returns whether the logger took it. */
function record(capture: Capture, method: Method, args: readonly unknown[], caller: () => void): boolean {
  const { logger } = capture;
  const { level, severityNumber } = method;
  if (method.name === 'assert' && args[0]) return false;
  try {
    if (!logger.isLevelEnabled(level)) return false;
    const scrub = scrubOf(logger);
    const body = textOf(capture, method, hasNames(scrub) ? tellable(capture, method, args, scrub) : args);
    capture.isBusy = true;
    // What stands behind the value of `dir` says how to print it; a table is all there is to say.
    const attributes = attributesAmong(method.name === 'dir' ? args.slice(0, 1) : method === table ? [] : args);
    emitRecord(logger, {
      severityNumber,
      severityText: level.toUpperCase(),
      body,
      attributes: method.name === 'trace' ? { 'code.stacktrace': stackAbove(caller), ...attributes } : attributes,
      exception: args.find(isReadableError) ?? (attributes === undefined ? undefined : errorAmong(attributes, scrub)),
    });
    return true;
  } catch {
    return false; // A logger that is not ours threw, or the stack is full: then the console prints, as it would have.
  } finally {
    capture.isBusy = false;
  }
}

/** What is printed stays as it is; the record's text must not have what its attributes may not have. */
function tellable(capture: Capture, { name }: Method, args: readonly unknown[], scrub: Scrub): readonly unknown[] {
  capture.formatting++; // Getters may print, too.
  try {
    return withoutSecrets(args, scrub, shownPart(name, args));
  } finally {
    capture.formatting--;
  }
}

function textOf(capture: Capture, { toText }: Method, args: readonly unknown[]): string {
  capture.formatting++;
  try {
    return toSafeErrorText(safeText(toText, args)); // What prints an error often prints its stack, as Express does.
  } catch {
    // An inspector of an argument threw.
    return typeof args[0] === 'string' ? args[0] : UNREADABLE;
  } finally {
    capture.formatting--;
  }
}

function attributesAmong(args: readonly unknown[]): object | undefined {
  const found = args.filter(isPlainObject);
  return found.length === 1 ? found[0] : undefined;
}

function isReadableError(value: unknown): boolean {
  try {
    return isError(value);
  } catch {
    return false; // A proxy whose traps throw.
  }
}

/** Where a call came from, without the line that names the error and the frames of the capture. */
function stackAbove(caller: () => void): string {
  const place: { stack?: string } = {};
  Error.captureStackTrace(place, caller);
  return (place.stack ?? '').split('\n').slice(1).join('\n');
}
