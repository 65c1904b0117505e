import { type ConfigNode, type Scalar, toValue } from './config-node.ts';

/** @see https://opentelemetry.io/docs/specs/otel/configuration/data-model/ */
export const attributeTypes = [
  'string',
  'bool',
  'int',
  'double',
  'string_array',
  'bool_array',
  'int_array',
  'double_array',
] as const;

export type AttributeType = (typeof attributeTypes)[number];

/** The value of an attribute in its type; `undefined` where it is not of that type. */
export function toTypedNode(node: ConfigNode, type: AttributeType): ConfigNode | undefined {
  const { line } = node;
  if (type.endsWith('_array')) {
    if (node.kind !== 'list') return undefined;
    const items = node.items.map((item) => toTypedScalar(item, type)).filter((item) => item !== undefined);
    return items.length === node.items.length ? { kind: 'list', line, items } : undefined;
  }
  return toTypedScalar(node, type);
}

function toTypedScalar(node: ConfigNode, type: AttributeType): ConfigNode | undefined {
  if (node.kind !== 'scalar' || node.value === null) return undefined;
  const value = type.startsWith('string') ? writtenText(node) : typedValue(node, type);
  return value === undefined ? undefined : { kind: 'scalar', line: node.line, value };
}

type ScalarNode = Extract<ConfigNode, { kind: 'scalar' }>;

/** `1.10` is no other text than `"1.10"`. */
function writtenText(node: ScalarNode): string {
  const text = toValue(node, 'text');
  return typeof text === 'string' ? text : (node.source ?? String(text));
}

function typedValue(node: ScalarNode, type: AttributeType): Scalar | undefined {
  const value = toValue(node, 'typed');
  if (typeof value === 'boolean') return type.startsWith('bool') ? value : undefined;
  const isRight = type.startsWith('double') || (type.startsWith('int') && Number.isInteger(value));
  return typeof value === 'number' && isRight ? value : undefined;
}

/** A value that a variable was put into, as a text; any other as it is. */
export function withTextOfVariable(node: ConfigNode): ConfigNode {
  if (node.kind !== 'scalar' || node.other === undefined) return node;
  return { kind: 'scalar', line: node.line, value: writtenText(node) };
}
