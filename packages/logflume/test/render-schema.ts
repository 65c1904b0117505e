import { destinationRules, routeRules } from '../src/config/destination-rules.ts';
import type { OptionRow } from '../src/config/option-row.ts';
import type { OptionRule } from '../src/config/option-rule.ts';
import { endpointRules, optionRules } from '../src/config/option-rules.ts';
import { optionTable } from '../src/config/option-table.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Writes the JSON Schema of configuration files, for editors; logflume itself checks by the rules it is made from. */
export function renderSchema(): string {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Configuration file of logflume',
    ...groupSchema(optionRules, ''),
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

function groupSchema(rules: Readonly<Record<string, OptionRule>>, path: string): Schema {
  const properties = Object.entries(rules).flatMap(([name, rule]) => {
    const member = schemaOf(rule, `${path}${name}`);
    return member === undefined ? [] : [[name, orNothing(member)] as const];
  });
  const schemaKey = path === '' ? [['$schema', { type: 'string' }] as const] : [];
  return { type: 'object', additionalProperties: false, properties: Object.fromEntries([...schemaKey, ...properties]) };
}

function schemaOf(rule: OptionRule, path: string): Schema | undefined {
  if (rule.kind === 'group') return groupSchema(rule.fields, `${path}.`);
  const row = optionTable[path];
  const about = { description: row === undefined ? '' : describe(row) };
  if (rule.kind === 'headers') return { ...about, type: 'object', additionalProperties: { type: 'string' } };
  if (path === 'endpoints')
    return { ...about, type: 'array', items: { anyOf: [{ type: 'string' }, endpointSchema()] } };
  if (path === 'destinations') return { ...about, type: 'array', items: entrySchema(destinationRules, path, 'name') };
  if (path === 'route') return { ...about, type: 'array', items: entrySchema(routeRules, path, 'to') };
  if (row?.variables !== undefined && Object.keys(row.variables).length === 0 && rule.schema === undefined) {
    return undefined; // Code only.
  }
  return { ...about, ...orReference(rule.schema ?? {}) };
}

/** A key without a value counts as not given. */
function orNothing({ description, ...schema }: Schema): Schema {
  if (Object.keys(schema).length === 0) return { description };
  const about = description === undefined ? {} : { description };
  const others = Array.isArray(schema['anyOf']) && Object.keys(schema).length === 1 ? schema['anyOf'] : [schema];
  return { ...about, anyOf: [...others, { type: 'null' }] };
}

/** A number, a boolean or one of a few words may be left to a variable: `${LINGER_MS:-500}`. */
function orReference(schema: Schema): Schema {
  const isScalar = 'enum' in schema || ['integer', 'number', 'boolean'].includes(String(schema['type']));
  return !isScalar ? schema : { anyOf: [schema, { type: 'string', pattern: '^\\$\\{' }] };
}

function entrySchema(rules: Extract<OptionRule, { kind: 'group' }>, path: string, required: string): Schema {
  return { ...groupSchema(rules.fields, `${path}[].`), required: [required] };
}

function endpointSchema(): Schema {
  return { ...groupSchema(endpointRules.fields, 'endpoints[].'), required: ['url'] };
}

function describe({ description, unit, default: fallback }: OptionRow): string {
  const plain = description.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1');
  return `${plain}.${unit === undefined ? '' : ` In ${unit}.`} Default: ${fallback}`.replaceAll('`', '');
}
