import { parseAst } from 'vitest/node';

/** A file of a package, its path relative to the package's folder, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** One place where a file names another module: `import`, `export … from`, `import()`, `require()`, `import('x').T`. */
export interface FoundImport {
  /** As written; `undefined` when it is computed. */
  readonly specifier: string | undefined;
  /** 1-based. */
  readonly line: number;
}

/** A node of the syntax tree, as far as it is looked at here. */
interface TreeNode {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

/**
 * Reads every import of a TypeScript or JavaScript file, those of types included. Pure.
 *
 * @throws SyntaxError for text that is neither.
 */
export function readImports({ path, text }: SourceFile): FoundImport[] {
  const found: FoundImport[] = [];
  walk(parse(path, text), (node) => {
    const source = sourceOf(node);
    if (source === undefined) return true;
    const specifier = isNode(source) && typeof source['value'] === 'string' ? source['value'] : undefined;
    found.push({ specifier, line: lineAt(text, node.start) });
    return true;
  });
  return found;
}

/**
 * Reads the texts of a file that are nothing but the name of a package of ours, or of an entry of one, where they import
 * nothing: by such a name a package may be asked for at run time. Pure.
 */
export function readNames({ path, text }: SourceFile): FoundImport[] {
  const found: FoundImport[] = [];
  walk(parse(path, text), (node) => {
    if (sourceOf(node) !== undefined) return false;
    const { value } = node;
    if (typeof value === 'string' && /^(?:logflume(?=\/)|@logflume\/[\w-]+)(?:\/[\w-]+)*$/.test(value)) {
      found.push({ specifier: value, line: lineAt(text, node.start) });
    }
    return true;
  });
  return found;
}

/** Lines on which a file awaits outside any function. Pure. */
export function readTopLevelAwaits({ path, text }: SourceFile): number[] {
  const lines: number[] = [];
  walk(parse(path, text), (node) => {
    if (/Function/.test(node.type)) return false;
    if (node.type === 'AwaitExpression' || (node.type === 'ForOfStatement' && node['await'] === true)) {
      lines.push(lineAt(text, node.start));
    }
    return true;
  });
  return lines;
}

function parse(path: string, text: string): unknown {
  return parseAst(text, { lang: path.endsWith('x') ? 'tsx' : 'ts' });
}

/** The node that names the module, or `undefined` for a node that imports nothing. */
function sourceOf(node: TreeNode): unknown {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ImportExpression':
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
    case 'TSImportType':
      return node['source'] ?? undefined;
    case 'TSExternalModuleReference':
      return node['expression'];
    case 'CallExpression': {
      const { callee, arguments: parameters } = node;
      const isRequire = isNode(callee) && callee.type === 'Identifier' && callee['name'] === 'require';
      return isRequire && Array.isArray(parameters) ? (parameters[0] ?? null) : undefined;
    }
    default:
      return undefined;
  }
}

/** @param visit - answers whether what is inside the node is to be visited too. */
function walk(value: unknown, visit: (node: TreeNode) => boolean): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit);
  else if (isNode(value) && visit(value)) for (const field of Object.values(value)) walk(field, visit);
}

function isNode(value: unknown): value is TreeNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
