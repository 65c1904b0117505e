import type { OtlpAnyValue, OtlpKeyValue } from '@logflume/otlp';
import { cutText } from './cut-text.ts';
import { inspectKey, inspectValue } from './inspect-value.ts';
import type { Paint } from './paint.ts';
import { toTerminalLines } from './terminal-text.ts';

// Judgements: enough for the errors people meet, small enough that one of them does not fill a screen's history.
const MAX_FRAMES = 30;
const MAX_HEADER_LINES = 20;
const MAX_HEADER_UNITS = 4_000;
const MAX_CHILDREN = 10;
const MAX_DEPTH = 8;
const MAX_STACK_UNITS = 64 * 1024;
/** After so many lines no further error is begun: ten children of ten children would be a flood. */
const MAX_LINES = 200;

/** An error as it arrives in attributes: `exception.*`, or a map of the same names without the prefix. */
export interface ErrorView {
  /** `Name: message`, in as many lines as the message has. */
  readonly header: string;
  /** What the stack has below its header, a line each, trimmed. */
  readonly frames: readonly string[];
  readonly cause: OtlpAnyValue | undefined;
  readonly errors: readonly OtlpAnyValue[];
  /** `code` and whatever else the error carried. */
  readonly members: readonly OtlpKeyValue[];
}

/** The error in the `exception.*` attributes of a record, `undefined` if there is none. */
export function exceptionOf(attributes: readonly OtlpKeyValue[]): ErrorView | undefined {
  const members: OtlpKeyValue[] = [];
  for (const { key, value } of attributes) {
    if (isExceptionKey(key)) members.push({ key: key.slice(EXCEPTION_PREFIX.length), value });
  }
  return members.length === 0 ? undefined : toErrorView(members);
}

const EXCEPTION_PREFIX = 'exception.';

export function isExceptionKey(key: string): boolean {
  return key.startsWith(EXCEPTION_PREFIX);
}

/** The error a value describes: a map with a type or a message, and a stack. */
export function nestedErrorOf(value: OtlpAnyValue): ErrorView | undefined {
  const members = value.kvlistValue?.values;
  return members?.some(({ key, value: stack }) => key === 'stacktrace' && stack.stringValue !== undefined)
    ? toErrorView(members)
    : undefined;
}

/**
 * Adds an error to the lines: header, frames, and below them, two columns further right, its causes and children.
 *
 * Frames it shares with the error around it are named once, as Node prints them. Lengths and depths are bounded.
 *
 * @param indent - spaces before the header.
 * @param label - what the error is to the one around it: `cause`, `errors[0]`, `''`.
 */
export function addErrorLines(lines: string[], error: ErrorView, indent: string, label: string, paint: Paint): void {
  addError({ lines, paint, maxLines: lines.length + MAX_LINES, isFull: false }, error, {
    indent,
    label,
    depth: 1,
    outerFrames: [],
  });
}

interface Page {
  readonly lines: string[];
  readonly paint: Paint;
  readonly maxLines: number;
  isFull: boolean;
}

interface Place {
  readonly indent: string;
  readonly label: string;
  readonly depth: number;
  readonly outerFrames: readonly string[];
}

function addError(page: Page, error: ErrorView, place: Place): void {
  const { lines, paint } = page;
  const { indent, depth } = place;
  const [first = '', ...more] = toTerminalLines(cutText(error.header, MAX_HEADER_UNITS));
  const members = error.members.map(
    ({ key, value }) => `  ${paint('faint', `${inspectKey(key)}=`)}${inspectValue(value)}`,
  );
  const label = place.label === '' ? '' : paint('faint', `${place.label}: `);
  lines.push(`${indent}${label}${paint('error', first)}${members.join('')}`);
  addSome(page, more, MAX_HEADER_LINES, `${indent}  `, (line) => paint('error', line));
  addFrames(page, error.frames, place);

  const inner = { indent: `${indent}  `, depth: depth + 1, outerFrames: error.frames };
  const children = error.errors.slice(0, MAX_CHILDREN);
  if (error.cause !== undefined) addValue(page, error.cause, { ...inner, label: 'cause' });
  children.forEach((child, at) => {
    addValue(page, child, { ...inner, label: `errors[${at}]` });
  });
  const left = error.errors.length - children.length;
  if (left > 0 && !page.isFull) lines.push(`${inner.indent}${paint('faint', `… ${left} more errors`)}`);
}

function addValue(page: Page, value: OtlpAnyValue, place: Place): void {
  if (page.lines.length >= page.maxLines) {
    if (!page.isFull) page.lines.push(`  ${page.paint('faint', '… more errors')}`);
    page.isFull = true;
    return;
  }
  const members = value.kvlistValue?.values;
  if (members !== undefined && place.depth <= MAX_DEPTH && isErrorLike(members)) {
    addError(page, toErrorView(members), place);
  } else {
    page.lines.push(`${place.indent}${page.paint('faint', `${place.label}: `)}${inspectValue(value)}`);
  }
}

function isErrorLike(members: readonly OtlpKeyValue[]): boolean {
  return members.some(({ key }) => key === 'type' || key === 'message' || key === 'stacktrace');
}

function addFrames(page: Page, frames: readonly string[], { indent, outerFrames }: Place): void {
  const common = countCommonTail(frames, outerFrames);
  // One or two equal frames are shown: a line that says so would be no shorter.
  const own = common > 2 ? frames.slice(0, -common) : frames;
  const paint = page.paint;
  addSome(page, own, MAX_FRAMES, `${indent}    `, (frame) => (isForeignFrame(frame) ? paint('faint', frame) : frame));
  if (common > 2) page.lines.push(`${indent}    ${paint('faint', `… ${common} frames as above`)}`);
}

/** Frames of Node and of dependencies step back behind those of the application. */
function isForeignFrame(frame: string): boolean {
  return /\bnode:|node_modules|<anonymous>|^… /.test(frame);
}

function countCommonTail(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  while (count < a.length && count < b.length && a[a.length - 1 - count] === b[b.length - 1 - count]) count++;
  return count;
}

function addSome(
  page: Page,
  texts: readonly string[],
  max: number,
  indent: string,
  toLine: (text: string) => string,
): void {
  for (const text of texts.slice(0, max)) page.lines.push(`${indent}${toLine(text)}`);
  if (texts.length > max) page.lines.push(`${indent}${page.paint('faint', `… ${texts.length - max} more lines`)}`);
}

function toErrorView(members: readonly OtlpKeyValue[]): ErrorView {
  const of = (key: string) => members.find((member) => member.key === key)?.value;
  const type = textOf(of('type'));
  const message = textOf(of('message'));
  const stack = splitStack(textOf(of('stacktrace')));
  // The stack's header may know more (`TypeError [ERR_X]: …`), or be older than a message changed since.
  const isCurrent = stack.header !== '' && stack.header.includes(message) && stack.header.includes(type);
  const header = isCurrent ? stack.header : [type, message].filter((text) => text !== '').join(': ');
  const errors = of('errors');
  return {
    header,
    frames:
      isCurrent || stack.frames.length > 0 ? stack.frames : toTerminalLines(stack.header).filter((line) => line !== ''),
    cause: of('cause'),
    errors: errors?.arrayValue?.values ?? (errors === undefined ? [] : [errors]),
    members: members.flatMap(({ key, value }) => {
      if (key === 'properties') return value.kvlistValue?.values ?? [{ key, value }];
      return SHOWN_KEYS.has(key) ? [] : [{ key, value }];
    }),
  };
}

function textOf(value: OtlpAnyValue | undefined): string {
  return value === undefined ? '' : (value.stringValue ?? inspectValue(value));
}

/** Members with a place of their own. */
const SHOWN_KEYS: ReadonlySet<string> = new Set(['type', 'message', 'stacktrace', 'cause', 'errors']);

/** V8 writes `Name: message`, as many lines as the message has, then a line per frame. */
function splitStack(stack: string): { header: string; frames: string[] } {
  const lines = cutText(stack, MAX_STACK_UNITS).split('\n');
  const firstFrame = lines.findIndex((line) => /^\s+at /.test(line));
  if (firstFrame === -1) return { header: lines.join('\n').trimEnd(), frames: [] };
  const frames = lines.slice(firstFrame).flatMap((line) => {
    const [frame = ''] = toTerminalLines(line.trim());
    return frame === '' ? [] : [frame];
  });
  return { header: lines.slice(0, firstFrame).join('\n').trimEnd(), frames };
}
