/** A value of a configuration file, with the line it begins at, from 1. */
export type ConfigNode =
  | {
      readonly kind: 'scalar';
      readonly line: number;
      readonly value: Scalar;
      /** What it means as well, as a variable was put in: of a text its type, of a number, boolean or `null` its text. */
      readonly other?: Scalar;
      /** How a number or a boolean is written. */
      readonly source?: string | undefined;
    }
  | { readonly kind: 'list'; readonly line: number; readonly items: readonly ConfigNode[] }
  | { readonly kind: 'map'; readonly line: number; readonly members: readonly ConfigMember[] };

export type Scalar = string | number | boolean | null;

/** Which meaning of a scalar is wanted that has two: the one it is written as, what looks typed as such, or its text. */
export type Reading = 'written' | 'typed' | 'text';

/** A key and its value; `line` is the key's. */
export interface ConfigMember {
  readonly key: string;
  /** What the file calls it, where that is not the key. */
  readonly as?: string | undefined;
  readonly line: number;
  readonly node: ConfigNode;
}

export type ConfigMap = Extract<ConfigNode, { kind: 'map' }>;

/** Why a text is no configuration: a sentence without a text of the file, which may be secret. */
export class ConfigTextError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

/** Bounds of a file. Nobody writes such a one; an alias of YAML can stand for one. */
export const maxDepth = 64;
export const maxNodes = 20_000;

/** What a node means. `null` is not given, so a member without a value, or with an empty variable, is left out. */
export function toValue(node: ConfigNode, as: Reading = 'written'): unknown {
  switch (node.kind) {
    case 'scalar': {
      const { value, other = value } = node;
      const isWanted = as === 'written' || (typeof value === 'string') === (as === 'text');
      return (isWanted ? value : other) ?? undefined;
    }
    case 'list':
      return node.items.map((item) => toValue(item, as));
    case 'map':
      // Defined, not set: `__proto__` is a name like any other.
      return Object.fromEntries(
        node.members
          .map(({ key, node: value }) => [key, toValue(value, as)] as const)
          .filter(([, value]) => value !== undefined),
      );
    default:
      return node satisfies never;
  }
}

/** The member of a map by its key; `undefined` where there is none, or no map. */
export function memberOf(node: ConfigNode | undefined, key: string): ConfigMember | undefined {
  return node?.kind === 'map' ? node.members.find((member) => member.key === key) : undefined;
}

/** Where an option stands in a file. */
export interface ConfigPlace {
  readonly line: number;
  /** What the file calls it, where that is not its path. */
  readonly as: string | undefined;
}

/**
 * Finds an option by its path, such as `endpoints[1].weight` or `headers.x-tenant`: its key, or what comes nearest to it.
 */
export function placeOf(root: ConfigNode, path: string): ConfigPlace {
  let node = root;
  let { line } = root;
  let as: string | undefined;
  let rest = path;
  while (rest !== '') {
    const index = /^\[(\d+)\]\.?/.exec(rest);
    if (index !== null) {
      const item = node.kind === 'list' ? node.items[Number(index[1])] : undefined;
      if (item === undefined) return { line, as };
      node = item;
      line = item.line;
      rest = rest.slice(index[0].length);
      continue;
    }
    // A header's name may hold dots: the longest key that fits.
    const members = node.kind === 'map' ? node.members : [];
    const member = members
      .filter(({ key }) => rest === key || rest.startsWith(`${key}.`) || rest.startsWith(`${key}[`))
      .sort((a, b) => b.key.length - a.key.length)[0];
    if (member === undefined) return { line, as };
    node = member.node;
    line = member.line;
    as = member.as ?? as;
    rest = rest.slice(member.key.length).replace(/^\./, '');
  }
  return { line, as };
}
