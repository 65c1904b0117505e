import type { OtlpAnyValue, OtlpKeyValue, OtlpLogRecord, OtlpResource } from '@logflume/otlp';
import { textIn } from './fit-record.ts';
import { toJsonText } from './json-text.ts';
import { levelNameOf, levelNameOfNumber } from './level-name.ts';

/** Attributes by key: of equal keys, which OTLP forbids, the last counts. */
export function attributesByKey(attributes: readonly OtlpKeyValue[] | undefined): Map<string, OtlpAnyValue> {
  const byKey = new Map<string, OtlpAnyValue>();
  for (const { key, value } of attributes ?? []) byKey.set(key, value);
  return byKey;
}

/** Takes an attribute out of the map, as text: it gets a place of its own in the line. An empty one stays. */
export function takeText(attributes: Map<string, OtlpAnyValue>, key: string): string | undefined {
  const text = textIn(attributes.get(key));
  if (text !== undefined) attributes.delete(key);
  return text;
}

/** The text of a resource attribute, if it is there. */
export function resourceText(resource: OtlpResource | undefined, key: string): string | undefined {
  return textIn(resource?.attributes?.find((attribute) => attribute.key === key)?.value);
}

/** A member of a JSON object with the comma before it; none for no text. */
export function textMember(key: string, text: string | undefined): string {
  return text === undefined || text === '' ? '' : `,${JSON.stringify(key)}:${JSON.stringify(text)}`;
}

/** The same for any value; none for the empty one. */
export function valueMember(key: string, value: OtlpAnyValue | undefined): string {
  const json = value === undefined ? 'null' : jsonOf(value);
  return json === 'null' ? '' : `,${JSON.stringify(key)}:${json}`;
}

/**
 * Attributes as members of the line, but those under a name the line or its readers use: these stand together under
 * `attributes`, so neither is lost.
 */
export function attributeMembers(
  attributes: ReadonlyMap<string, OtlpAnyValue>,
  isReserved: (key: string) => boolean,
): string {
  let members = '';
  let reserved = '';
  for (const [key, value] of attributes) {
    const member = `,${JSON.stringify(key)}:${jsonOf(value)}`;
    if (isReserved(key)) reserved += member;
    else members += member;
  }
  return reserved === '' ? members : `${members},"attributes":{${reserved.slice(1)}}`;
}

/** The level in the words of who logged it, where the severity number alone does not say it. */
export function ownLevelOf(record: OtlpLogRecord): string | undefined {
  const level = levelNameOf(record);
  return level === levelNameOfNumber(record.severityNumber) ? undefined : level;
}

function jsonOf(value: OtlpAnyValue): string {
  return toJsonText(value, Number.POSITIVE_INFINITY);
}
