import { oneOf } from '../env-values.ts';
import { showValue } from '../show-value.ts';
import { attributeTypes, toTypedNode, withTextOfVariable } from './attribute-type.ts';
import {
  type ConfigMap,
  type ConfigMember,
  type ConfigNode,
  ConfigTextError,
  memberOf,
  toValue,
} from './config-node.ts';

/** What an OpenTelemetry file means as options of ours. */
export interface OpenTelemetryConfig {
  /** In the shape of our own file, with the lines of theirs. */
  readonly root: ConfigMap;
  readonly isDisabled: boolean;
  /** What is asked for and not to be had, a sentence each. */
  readonly unsupported: readonly string[];
}

/**
 * Reads the part for logs of an OpenTelemetry configuration file: `disabled`, `resource`, the limits, and of
 * `logger_provider` the first batch or simple processor that exports by `otlp_http`; an exporter `console` prints. Other
 * parts are other programs' business and are passed over; values are checked by the rules of the options they become.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/data-model/
 */
export function fromOpenTelemetryConfig(root: ConfigMap): OpenTelemetryConfig {
  const unsupported: string[] = [];
  const provider = memberOf(root, 'logger_provider')?.node;
  const processors = readProcessors(memberOf(provider, 'processors')?.node);
  const sending = processors.find(({ exporters }) => exporters.has('otlp_http'));
  const exporter = sending?.exporters.get('otlp_http');
  const console = processors.map(({ exporters }) => exporters.get('console')).find((node) => node !== undefined);
  for (const processor of processors) {
    for (const name of processor.exporters.keys()) {
      const isUsed = name === 'console' || processor === sending;
      if (!isUsed)
        unsupported.push(`${sending && name === 'otlp_http' ? 'a second otlp_http' : name} is not exported to`);
    }
  }
  if (memberOf(sending?.settings, 'max_queue_size') !== undefined) {
    unsupported.push('max_queue_size has no effect, as the queue is bounded in bytes');
  }
  const limits = memberOf(provider, 'limits')?.node;
  const general = memberOf(root, 'attribute_limits')?.node;
  const limit = (key: string): ConfigMember | undefined => given(limits, key) ?? given(general, key);
  const tls = memberOf(exporter, 'tls')?.node;
  return {
    root: mapOf(root.line, [
      member('resource', readResource(memberOf(root, 'resource')?.node, unsupported)),
      group('limits', [
        renamed('maxAttributes', limit('attribute_count_limit')),
        renamed('maxValueLength', limit('attribute_value_length_limit')),
      ]),
      group('batch', [
        sending?.kind === 'simple'
          ? member('lingerMs', { kind: 'scalar', line: sending.line, value: 0 })
          : renamed('lingerMs', given(sending?.settings, 'schedule_delay')),
        renamed('maxRecords', given(sending?.settings, 'max_export_batch_size')),
      ]),
      renamed('endpoints', readEndpoint(given(exporter, 'endpoint'), exporter)),
      member('headers', readHeaders(exporter, unsupported)),
      renamed('compression', given(exporter, 'compression')),
      renamed('timeoutMs', shorter(given(exporter, 'timeout'), given(sending?.settings, 'export_timeout'))),
      renamed('format', readEncoding(given(exporter, 'encoding'))),
      group('tls', [
        renamed('caFile', given(tls, 'ca_file')),
        renamed('certFile', given(tls, 'cert_file')),
        renamed('keyFile', given(tls, 'key_file')),
      ]),
      console === undefined ? undefined : member('console', { kind: 'scalar', line: console.line, value: true }),
    ]),
    isDisabled: isTrue(given(root, 'disabled')),
    unsupported,
  };
}

interface Processor {
  readonly kind: string;
  readonly line: number;
  readonly settings: ConfigNode;
  readonly exporters: ReadonlyMap<string, ConfigNode>;
}

function readProcessors(node: ConfigNode | undefined): readonly Processor[] {
  const items = node?.kind === 'list' ? node.items : [];
  return items.flatMap((item) =>
    (item.kind === 'map' ? item.members : [])
      .filter(({ key }) => key === 'batch' || key === 'simple')
      .map(({ key, line, node: settings }) => {
        const exporter = memberOf(settings, 'exporter')?.node;
        const members = exporter?.kind === 'map' ? exporter.members : [];
        return { kind: key, line, settings, exporters: new Map(members.map((each) => [each.key, each.node])) };
      }),
  );
}

/** The default of the specification, where an exporter names no address. */
const defaultEndpoint = 'http://localhost:4318/v1/logs';

function readEndpoint(endpoint: ConfigMember | undefined, exporter: ConfigNode | undefined): ConfigMember | undefined {
  if (exporter === undefined) return undefined;
  const url: ConfigNode = endpoint?.node ?? { kind: 'scalar', line: exporter.line, value: defaultEndpoint };
  return { key: 'endpoint', line: url.line, node: { kind: 'list', line: url.line, items: [url] } };
}

/** `headers` is laid over `headers_list`, name by name. */
function readHeaders(exporter: ConfigNode | undefined, leftOut: string[]): ConfigNode | undefined {
  return merge(readPairs(given(exporter, 'headers_list'), leftOut), readNamed(given(exporter, 'headers')));
}

/** `attributes` is laid over `attributes_list`, name by name. */
function readResource(resource: ConfigNode | undefined, leftOut: string[]): ConfigNode | undefined {
  return merge(
    readPairs(given(resource, 'attributes_list'), leftOut),
    readNamed(given(resource, 'attributes'), readTyped),
  );
}

/** `[{ name, value }, …]` as members. @param read - gives the value of an entry another form. */
function readNamed(
  list: ConfigMember | undefined,
  read: (value: ConfigMember, entry: ConfigNode) => ConfigNode = ({ node }) => node,
): readonly ConfigMember[] {
  const items = list?.node.kind === 'list' ? list.node.items : [];
  return items.flatMap((item) => {
    const name = textOf(memberOf(item, 'name'));
    const value = given(item, 'value');
    return typeof name === 'string' && value !== undefined
      ? [{ key: name, line: item.line, node: read(value, item) }]
      : [];
  });
}

/** The value of an attribute as its `type` says; without one it is what it looks like, but a variable put in is a text. */
function readTyped(value: ConfigMember, entry: ConfigNode): ConfigNode {
  const found = given(entry, 'type');
  if (found === undefined) return withTextOfVariable(value.node);
  const type = attributeTypes.find((each) => each === textOf(found));
  if (type === undefined) throw wrong(found, oneOf(attributeTypes));
  const node = toTypedNode(value.node, type);
  if (node === undefined) throw wrong(value, `${type.startsWith('int') ? 'an' : 'a'} ${type}, as its type says`);
  return node;
}

/** `name=value,name=value`, percent-encoded, as members; what is no pair is left out, and told of without its text. */
function readPairs(text: ConfigMember | undefined, leftOut: string[]): readonly ConfigMember[] {
  const value = textOf(text);
  if (text === undefined || typeof value !== 'string') return [];
  return value.split(',').flatMap((entry) => {
    const at = entry.indexOf('=');
    const [key, decoded] = [decode(entry.slice(0, Math.max(0, at))), decode(entry.slice(at + 1))];
    if (!key || decoded === undefined) {
      const isBlank = entry.trim() === '';
      if (!isBlank) leftOut.push(`line ${text.line}: an entry of ${text.key} is no name=value and is left out`);
      return [];
    }
    return [{ key, line: text.line, node: { kind: 'scalar', line: text.line, value: decoded } }];
  });
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return undefined; // A "%" that escapes nothing: no pair.
  }
}

function readEncoding(encoding: ConfigMember | undefined): ConfigMember | undefined {
  if (encoding === undefined) return undefined;
  const value = toValueOf(encoding);
  if (value !== 'protobuf' && value !== 'json') throw wrong(encoding, '"protobuf" or "json"');
  return { ...encoding, node: { kind: 'scalar', line: encoding.line, value: `otlp-${value}` } };
}

function isTrue(found: ConfigMember | undefined): boolean {
  const value = toValueOf(found);
  if (found !== undefined && typeof value !== 'boolean') throw wrong(found, 'true or false');
  return value === true;
}

function wrong({ key, line, node }: ConfigMember, expected: string): ConfigTextError {
  return new ConfigTextError(line, `${key} must be ${expected}, got ${showValue(toValue(node))}`);
}

/** 0 is no limit. */
function shorter(a: ConfigMember | undefined, b: ConfigMember | undefined): ConfigMember | undefined {
  const [first, second] = [toValueOf(a), toValueOf(b)];
  if (typeof second !== 'number' || second === 0) return a;
  // Without one of its own the exporter's is the default, 10 s.
  const limit = first === undefined ? 10_000 : first;
  return typeof limit !== 'number' || (limit !== 0 && limit <= second) ? a : b;
}

/** A member that has a value. */
function given(node: ConfigNode | undefined, key: string): ConfigMember | undefined {
  const found = memberOf(node, key);
  return toValueOf(found) === undefined ? undefined : found;
}

function toValueOf(found: ConfigMember | undefined): unknown {
  return found === undefined ? undefined : toValue(found.node, 'typed');
}

function textOf(found: ConfigMember | undefined): unknown {
  return found === undefined ? undefined : toValue(found.node, 'text');
}

function renamed(key: string, found: ConfigMember | undefined): ConfigMember | undefined {
  return found === undefined ? undefined : { ...found, key, as: found.key === key ? undefined : found.key };
}

function member(key: string, node: ConfigNode | undefined): ConfigMember | undefined {
  return node === undefined ? undefined : { key, line: node.line, node };
}

function group(key: string, members: readonly (ConfigMember | undefined)[]): ConfigMember | undefined {
  const [first] = members.filter((each) => each !== undefined);
  return first === undefined ? undefined : member(key, mapOf(first.line, members));
}

function mapOf(line: number, members: readonly (ConfigMember | undefined)[]): ConfigMap {
  return { kind: 'map', line, members: members.filter((each) => each !== undefined) };
}

/** Of a name given twice the last counts. */
function merge(...lists: readonly (readonly ConfigMember[])[]): ConfigMap | undefined {
  const members = new Map(lists.flat().map((each) => [each.key, each]));
  const [first] = members.values();
  return first === undefined ? undefined : { kind: 'map', line: first.line, members: [...members.values()] };
}
