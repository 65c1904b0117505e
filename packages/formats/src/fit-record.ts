import { Buffer } from 'node:buffer';
import type { OtlpAnyValue, OtlpKeyValue, OtlpLogRecord, OtlpResource, OtlpScope } from '@logflume/otlp';
import { cutText } from './cut-text.ts';
import { toJsonText } from './json-text.ts';
import { checkedLineBytes, type LineOptions, type ToLine } from './line-options.ts';
import { type LineBudget, shortenLine } from './shorten-line.ts';

/** Where a record comes from, as far as its line can say it. */
export interface LineOrigin {
  readonly scope: OtlpScope | undefined;
  readonly resource: OtlpResource | undefined;
}

/** Says a record as a line, however long it gets. Pure; never throws. */
export type RenderRecord = (record: OtlpLogRecord, origin: LineOrigin) => string;

/** How long a line was before it was shortened, as an attribute of the record: every format has a place for those. */
const ORIGINAL_BYTES_KEY = 'logflume.original_bytes';

/** Of a resource that is too long by itself, what tells where a line comes from. */
const IDENTITY_KEYS: ReadonlySet<string> = new Set([
  'service.name',
  'service.version',
  'service.instance.id',
  'deployment.environment.name',
  'cloud.account.id',
]);

/**
 * Makes every line of a format fit: a record whose line would be too long is shortened, never cut, and the line said
 * again. The record then carries how long the line was, in bytes, as `logflume.original_bytes`.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for a `maxLineBytes` that cannot work.
 */
export function createFittedLine(render: RenderRecord, options: LineOptions): ToLine {
  const maxLineBytes = checkedLineBytes(options.maxLineBytes);
  const { resource, scopeOf } = options;
  return (record, group) => {
    const origin: LineOrigin = { scope: scopeOf?.(group), resource };
    const line = render(record, origin);
    // A UTF-16 unit is three bytes of UTF-8 at most, so most lines need not be measured.
    if (line.length * 3 <= maxLineBytes) return line;
    const bytes = Buffer.byteLength(line);
    if (bytes <= maxLineBytes) return line;
    const renderWithin = (budget: LineBudget) => render(shortenRecord(record, budget), shortenOrigin(origin, budget));
    const short = shortenLine(
      { render: renderWithin, attributeBytes: (budget) => attributeBytes(record, budget, render) },
      maxLineBytes,
      bytes,
    );
    if (Buffer.byteLength(short) <= maxLineBytes) return short;
    // Names that were made distinct count differently alone: without any attribute there are none.
    const { attributes = [], droppedAttributesCount = 0, ...rest } = record;
    const bare = { ...rest, droppedAttributesCount: droppedAttributesCount + attributes.length };
    return render(shortenRecord(bare, leastBudget(bytes)), shortenOrigin(origin, leastBudget(bytes)));
  };
}

function leastBudget(originalBytes: number): LineBudget {
  return { storyUnits: 0, valueUnits: 0, fixedUnits: 48, left: new Set(), hasResource: false, originalBytes };
}

function shortenRecord(record: OtlpLogRecord, budget: LineBudget): OtlpLogRecord {
  const { fixedUnits, left, originalBytes } = budget;
  const short: OtlpLogRecord = { ...record, attributes: [] };
  if (record.severityText !== undefined) short.severityText = cutText(record.severityText, fixedUnits);
  if (record.eventName !== undefined) short.eventName = cutText(record.eventName, fixedUnits);
  if (record.traceId !== undefined) short.traceId = cutText(record.traceId, fixedUnits);
  if (record.spanId !== undefined) short.spanId = cutText(record.spanId, fixedUnits);
  if (record.body !== undefined) short.body = shortenBody(record.body, budget.storyUnits);
  for (const { key, value } of record.attributes ?? []) {
    if (left.has(key)) continue;
    const units = key.startsWith('exception.') ? budget.storyUnits : budget.valueUnits;
    short.attributes?.push({ key, value: shortenValue(value, units) });
  }
  if (originalBytes !== undefined) {
    short.attributes?.push({ key: ORIGINAL_BYTES_KEY, value: { intValue: String(originalBytes) } });
  }
  if (left.size > 0) short.droppedAttributesCount = (record.droppedAttributesCount ?? 0) + left.size;
  return short;
}

/** A structured body keeps its structure unless that alone is too long; then the beginning of its JSON is the text. */
function shortenBody(body: OtlpAnyValue, maxUnits: number): OtlpAnyValue {
  if (body.stringValue !== undefined || maxUnits === Number.POSITIVE_INFINITY) return shortenValue(body, maxUnits);
  const json = toJsonText(body, maxUnits);
  return json.length <= maxUnits * 2 ? shortenValue(body, maxUnits) : { stringValue: cutText(json, maxUnits) };
}

/** The encoder stops at 64 levels; a value from elsewhere may not exhaust the stack either. */
const MAX_DEPTH = 100;

function shortenValue(value: OtlpAnyValue, maxUnits: number, depth = 1): OtlpAnyValue {
  if (maxUnits === Number.POSITIVE_INFINITY) return value;
  if (value.stringValue !== undefined) return { stringValue: cutText(value.stringValue, maxUnits) };
  if (value.bytesValue !== undefined) {
    return value.bytesValue.length <= maxUnits ? value : { stringValue: cutText(value.bytesValue, maxUnits) };
  }
  if (depth > MAX_DEPTH) return {};
  if (value.arrayValue !== undefined) {
    return { arrayValue: { values: value.arrayValue.values.map((item) => shortenValue(item, maxUnits, depth + 1)) } };
  }
  if (value.kvlistValue !== undefined) {
    const members = value.kvlistValue.values;
    const values = members.map((member) => ({
      key: member.key,
      value: shortenValue(member.value, maxUnits, depth + 1),
    }));
    return { kvlistValue: { values } };
  }
  return value;
}

function shortenOrigin({ scope, resource }: LineOrigin, { hasResource, fixedUnits }: LineBudget): LineOrigin {
  return {
    scope: fixedUnits === Number.POSITIVE_INFINITY ? scope : shortenScope(scope, fixedUnits),
    resource: hasResource ? resource : { attributes: identityOf(resource?.attributes ?? [], fixedUnits) },
  };
}

function shortenScope(scope: OtlpScope | undefined, maxUnits: number): OtlpScope | undefined {
  if (scope === undefined) return undefined;
  return {
    ...(scope.name === undefined ? {} : { name: cutText(scope.name, maxUnits) }),
    ...(scope.version === undefined ? {} : { version: cutText(scope.version, maxUnits) }),
  };
}

function identityOf(attributes: readonly OtlpKeyValue[], maxUnits: number): OtlpKeyValue[] {
  const identity = attributes.filter(({ key }) => IDENTITY_KEYS.has(key));
  if (maxUnits === Number.POSITIVE_INFINITY) return identity;
  return identity.map(({ key, value }) => {
    const text = textIn(value);
    return { key, value: text === undefined ? value : { stringValue: cutText(text, maxUnits) } };
  });
}

/** The text of a value: a string as it is, anything else as JSON. */
export function plainText(value: OtlpAnyValue): string {
  return value.stringValue ?? toJsonText(value, Number.POSITIVE_INFINITY);
}

/** The text of a value that is there; the empty value is none. */
export function textIn(value: OtlpAnyValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = plainText(value);
  return text === 'null' && value.stringValue === undefined ? undefined : text;
}

/** What each attribute adds to a line: measured alone, as every format escapes in its own way. */
function attributeBytes(record: OtlpLogRecord, budget: LineBudget, render: RenderRecord): Map<string, number> {
  const measure = (attributes: OtlpKeyValue[]) =>
    Buffer.byteLength(render({ attributes }, { scope: undefined, resource: undefined }));
  const empty = measure([]);
  const { attributes = [] } = shortenRecord(record, budget);
  return new Map(attributes.map((attribute) => [attribute.key, measure([attribute]) - empty]));
}
