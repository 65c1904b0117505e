import { createRequire } from 'node:module';
import type { Document, Node, Pair } from 'yaml';
import { ownUrl } from '#own-url';
import type { EnvironmentVariables } from '../env-reader.ts';
import { type ConfigMember, type ConfigNode, ConfigTextError, maxDepth, maxNodes } from './config-node.ts';
import { hasReference, readPlainScalar, substituteVariables } from './substitute-variables.ts';

type Yaml = typeof import('yaml');

/** What is meant by an alias that has no anchor is mostly a path of `redact` such as `*.token`. */
const aliasOfNothing = 'a text that begins with * must be in quotes';

let loaded: Yaml | undefined;

/** Loads the package at the first YAML file; whoever has none does not pay for it. See decision 0011. */
function loadYaml(): Yaml {
  // Synchronous, as a logger is made at once; `import()` is not.
  loaded ??= createRequire(ownUrl)('yaml') as Yaml;
  return loaded;
}

/**
 * Reads YAML 1.2 (one document, core schema) and keeps the lines. Variables are put into scalars after the text was
 * parsed, so no value can add a key; a plain scalar gets its type from what was put in, and may mean its text as well; a
 * quoted one stays a string.
 *
 * @throws ConfigTextError for what is no YAML, for a key given twice or that is no text, and where the package `yaml`
 *   cannot be loaded, as in a bundle without it.
 */
export function parseYamlConfig(text: string, env: EnvironmentVariables): ConfigNode {
  let yaml: Yaml;
  try {
    yaml = loadYaml();
  } catch {
    throw new ConfigTextError(1, 'the package "yaml" cannot be loaded; install it beside the bundle, or write JSON');
  }
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  const lineAt = (offset: number | undefined): number => Math.max(1, lines.linePos(offset ?? 0).line);
  const [error] = document.errors;
  // The package's own words may quote the file.
  if (error !== undefined)
    throw new ConfigTextError(
      lineAt(error.pos[0]),
      error.code === 'BAD_ALIAS' ? aliasOfNothing : `it is no YAML (${error.code})`,
    );
  return new YamlReader(yaml, document, { env, lineAt }).read(document.contents, 1, 0);
}

interface Surroundings {
  readonly env: EnvironmentVariables;
  readonly lineAt: (offset: number | undefined) => number;
}

class YamlReader {
  readonly #yaml: Yaml;
  readonly #document: Document;
  readonly #around: Surroundings;
  #nodes = 0;

  constructor(yaml: Yaml, document: Document, around: Surroundings) {
    this.#yaml = yaml;
    this.#document = document;
    this.#around = around;
  }

  read(node: unknown, above: number, depth: number): ConfigNode {
    const { isAlias, isMap, isScalar, isSeq, isNode } = this.#yaml;
    if (depth > maxDepth || ++this.#nodes > maxNodes) throw new ConfigTextError(above, 'it is too large or too deep');
    const line = isNode(node) ? this.#lineOf(node, above) : above;
    if (isAlias(node)) {
      const meant = node.resolve(this.#document);
      // Not its name, which may be the begin of a password.
      if (meant === undefined) throw new ConfigTextError(line, aliasOfNothing);
      return this.read(meant, line, depth + 1);
    }
    if (isMap(node)) return { kind: 'map', line, members: this.#members(node.items, line, depth) };
    if (isSeq(node)) return { kind: 'list', line, items: node.items.map((item) => this.read(item, line, depth + 1)) };
    if (!isScalar(node)) return { kind: 'scalar', line, value: null };
    const { value } = node;
    if (typeof value === 'string' && hasReference(value)) {
      const text = substituteVariables(value, this.#around.env, line);
      if (node.type !== 'PLAIN') return { kind: 'scalar', line, value: text };
      const plain = readPlainScalar(text);
      return plain === null
        ? { kind: 'scalar', line, value: null }
        : { kind: 'scalar', line, value: plain, other: text };
    }
    if (typeof value === 'number' || typeof value === 'boolean' || value === null)
      return { kind: 'scalar', line, value, source: node.source };
    return { kind: 'scalar', line, value: String(value) };
  }

  #members(pairs: readonly Pair[], above: number, depth: number): readonly ConfigMember[] {
    const { isNode, isScalar } = this.#yaml;
    return pairs.map(({ key, value }) => {
      const line = isNode(key) ? this.#lineOf(key, above) : above;
      if (!isScalar(key)) throw new ConfigTextError(line, 'a key must be a text');
      return { key: String(key.value), line, node: this.read(value, line, depth + 1) };
    });
  }

  #lineOf(node: Node, above: number): number {
    return node.range ? this.#around.lineAt(node.range[0]) : above;
  }
}
