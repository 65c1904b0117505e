import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { readImports, readNames } from './read-imports.ts';
import type { Manifest, WorkspacePackage } from './read-workspace.ts';

/** What one package may use. */
export interface PackageRule {
  /** Packages of the workspace its source may import, types included; these alone may be its dependencies. */
  readonly uses: readonly string[];
  /** Further ones for its tests and development dependencies. */
  readonly testsUse?: readonly string[];
  /** Third-party packages it may depend on at run time, and the source files that may import each. */
  readonly thirdParty?: Readonly<Record<string, readonly string[] | 'any file'>>;
  /** Hosts it may name as peers. */
  readonly peers?: readonly string[];
  /** Entries of packages above it that it looks for by name at run time, if the application has them, each in one file. */
  readonly asksFor?: Readonly<Record<string, string>>;
}

export type ArrowRules = Readonly<Record<string, PackageRule>>;

interface Import {
  readonly specifier: string;
  readonly isTest: boolean;
  /** `packages/x/src/y.ts:3`. */
  readonly place: string;
  /** The importing file, relative to the package. */
  readonly from: string;
}

/**
 * Compares what packages import and declare with what they may. Pure.
 *
 * @param rootTools - development dependencies of the repository, which every test may import.
 * @returns one line per violation: the file and line that broke it, the arrow, what is wrong; empty if all is well.
 */
export function checkArrows(
  packages: readonly WorkspacePackage[],
  rules: ArrowRules,
  rootTools: readonly string[],
): string[] {
  const known = new Map(packages.map((each) => [each.manifest.name, each]));
  return packages.flatMap((each) => {
    const rule = rules[each.manifest.name];
    if (rule === undefined) return [`packages/${each.folder}: ${each.manifest.name} has no row in the table of arrows`];
    const imports = each.files.flatMap((file) => importsOf(each, file));
    return [
      ...imports.flatMap((found) => checkImport(each, found, rule, known, rootTools)),
      ...checkManifest(each, rule, rules, imports),
      ...each.files.flatMap((file) => checkNames(each, file, rule)),
      ...findCycles(fileGraph(imports)).map((cycle) => `packages/${each.folder}: files in a circle: ${cycle}`),
    ];
  });
}

/** Paths that end where they began, each node joined to the next by an arrow. Pure. */
export function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (node: string, path: readonly string[]): void => {
    const start = path.indexOf(node);
    if (start >= 0) cycles.push([...path.slice(start), node].join(' -> '));
    if (start >= 0 || done.has(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...path, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return cycles;
}

function importsOf({ folder }: WorkspacePackage, file: { readonly path: string; readonly text: string }): Import[] {
  const isTest = !file.path.startsWith('src/') || /\.test(-d)?\.[cm]?[jt]sx?$/.test(file.path);
  return readImports(file).map(({ specifier, line }) => ({
    specifier: specifier ?? '(computed)',
    isTest,
    place: `packages/${folder}/${file.path}:${line}`,
    from: file.path,
  }));
}

function checkImport(
  self: WorkspacePackage,
  { specifier, isTest, place, from }: Import,
  rule: PackageRule,
  known: ReadonlyMap<string, WorkspacePackage>,
  rootTools: readonly string[],
): string[] {
  const { name } = self.manifest;
  const broken = (target: string, why: string): string[] => [`${place}: ${name} -> ${target}: ${why}`];
  if (specifier === '(computed)') return isTest ? [] : broken(specifier, 'a bundler cannot follow it');
  if (isBuiltin(specifier)) return [];
  if (specifier.startsWith('#')) {
    const own = Object.keys(self.manifest.imports ?? {});
    return own.includes(specifier) ? [] : broken(specifier, 'not among the imports of its package.json');
  }
  const allowed = isTest ? [...rule.uses, ...(rule.testsUse ?? [])] : rule.uses;
  if (specifier.startsWith('.')) {
    const path = posix.join('packages', self.folder, posix.dirname(from), specifier);
    if (path.startsWith(`packages/${self.folder}/`)) return [];
    if (isTest && path.startsWith('test/')) return []; // What the tests of all packages share.
    const other = [...known.values()].find((each) => path.startsWith(`packages/${each.folder}/`));
    if (other === undefined) return broken(path, 'leaves the packages');
    const isTestFolder = path.startsWith(`packages/${other.folder}/test/`);
    if (!isTest || !isTestFolder) return broken(path, `import ${other.manifest.name} by its public entry`);
    return allowed.includes(other.manifest.name) ? [] : broken(path, 'not an arrow of the table');
  }
  const target = packageNameOf(specifier);
  const other = known.get(target);
  if (other === undefined && !isOurs(target)) {
    const declared = isTest ? [...declaredBy(self.manifest), ...rootTools] : runTimeDependencies(self.manifest);
    if (!declared.includes(target)) return broken(target, 'imported but not declared in its package.json');
    const places = isTest ? 'any file' : (rule.thirdParty?.[target] ?? 'any file');
    return places === 'any file' || places.includes(from)
      ? []
      : broken(target, `only ${places.join(', ')} may import it`);
  }
  if (target !== name && !allowed.includes(target)) {
    return broken(target, `not an arrow of the table; it may use ${allowed.join(', ') || 'nothing'}`);
  }
  if (target === name && !isTest) return broken(target, 'its own entry: a circle');
  const entry = `.${specifier.slice(target.length)}`;
  if (other !== undefined && !(entry in (other.manifest.exports ?? {}))) return broken(specifier, 'no public entry');
  return target === name || declaredBy(self.manifest).includes(target) || (isTest && rootTools.includes(target))
    ? []
    : broken(target, 'imported but not declared in its package.json');
}

/** A name in a text leads past every other check, so the table has those too. */
function checkNames(
  { folder, manifest: { name } }: WorkspacePackage,
  file: { readonly path: string; readonly text: string },
  rule: PackageRule,
): string[] {
  if (!file.path.startsWith('src/') || file.path.includes('.test')) return [];
  return readNames(file).flatMap(({ specifier = '', line }) => {
    const target = packageNameOf(specifier);
    if (target === name || rule.uses.includes(target) || rule.asksFor?.[specifier] === file.path) return [];
    return [`packages/${folder}/${file.path}:${line}: ${name} -> ${specifier}: named in a text, and not in the table`];
  });
}

function checkManifest(
  { folder, manifest, files }: WorkspacePackage,
  rule: PackageRule,
  rules: ArrowRules,
  imports: readonly Import[],
): string[] {
  const place = `packages/${folder}/package.json`;
  const broken = (target: string, why: string): string => `${place}: ${manifest.name} -> ${target}: ${why}`;
  const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
  const development = Object.keys(manifest.devDependencies ?? {});
  const inSource = new Set(imports.filter(({ isTest }) => !isTest).map(({ specifier }) => packageNameOf(specifier)));
  // A package that is only announced, `export {};` and nothing else, declares what it is going to use.
  const isWritten = files.some(({ path, text }) => path.startsWith('src/') && text.trim() !== 'export {};');
  return [
    ...dependencies
      .filter((target) => !rule.uses.includes(target) && !(target in (rule.thirdParty ?? {})))
      // Nobody installs a private package: a benchmark depends on the rivals it measures.
      .filter((target) => manifest.private !== true || isOurs(target))
      .map((target) => broken(target, 'not a dependency this package may have')),
    ...development
      .filter((target) => target in rules && ![...rule.uses, ...(rule.testsUse ?? [])].includes(target))
      .map((target) => broken(target, 'a development dependency counts as an arrow, and this one is not in the table')),
    ...Object.keys(manifest.peerDependencies ?? {})
      .filter((target) => !rule.peers?.includes(target))
      .map((target) => broken(target, 'not a peer this package may have')),
    ...dependencies
      .filter((target) => isWritten && manifest.private !== true && !inSource.has(target))
      .map((target) => broken(target, 'declared but not imported by its source')),
  ];
}

/** Relative imports among the files of one package. */
function fileGraph(imports: readonly Import[]): Map<string, string[]> {
  const graph = new Map<string, string[]>();
  for (const { from, specifier } of imports) {
    if (!specifier.startsWith('.')) continue;
    graph.set(from, [...(graph.get(from) ?? []), posix.join(posix.dirname(from), specifier)]);
  }
  return graph;
}

function declaredBy(manifest: Manifest): string[] {
  return [...runTimeDependencies(manifest), ...Object.keys(manifest.devDependencies ?? {})];
}

function runTimeDependencies({ dependencies, optionalDependencies, peerDependencies }: Manifest): string[] {
  return Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
}

function packageNameOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** A package of ours that is not written yet. */
function isOurs(name: string): boolean {
  return name === 'logflume' || name.startsWith('@logflume/');
}
