import { createRequire, Module } from 'node:module';
import { isAbsolute } from 'node:path';

/** A package that an application has just loaded. */
export interface LoadedPackage {
  readonly name: string;
  /** As its package.json has it, or `undefined` where that cannot be read. */
  readonly version: string | undefined;
  /** Its `module.exports`. */
  readonly exports: unknown;
  /** Absolute paths from which to look for what belongs to it: of the file that asked for it, and of its own. */
  readonly from: readonly string[];
}

/** Node's loader of CommonJS modules: not typed, but meant to be wrapped, and wrapped by many. */
type Load = (request: unknown, parent: unknown, ...rest: unknown[]) => unknown;

/**
 * Calls back when one of these packages is loaded, before whoever asked for it has it: once for each copy of a package.
 *
 * Node runs a CommonJS package through one function, `Module._load`, whether it was asked for by `require` or by
 * `import`, so ES modules need no hooks of their own. Not seen are packages inside a bundle, and those whose source
 * comes from a customization hook.
 *
 * @param listener - answers what the package exports from now on. What it throws is not the application's: the package
 *   is then given out as it is.
 * @returns what undoes it; where somebody else has wrapped the loader meanwhile, theirs stays and ours passes calls on.
 */
export function onPackageLoad(names: readonly string[], listener: (loaded: LoadedPackage) => unknown): () => void {
  const original: unknown = Reflect.get(Module, '_load');
  if (typeof original !== 'function') return () => undefined;
  const pattern = new RegExp(`(?:^|[\\\\/]node_modules[\\\\/])(${names.join('|')})(?=$|[\\\\/])`);
  const replaced = new Map<unknown, unknown>();
  let isOn = true;
  const load: Load = function (this: unknown, request, parent, ...rest) {
    const exports: unknown = Reflect.apply(original, this, [request, parent, ...rest]);
    if (!isOn || typeof request !== 'string') return exports;
    const name = pattern.exec(request)?.[1];
    if (name === undefined || !canHoldMembers(exports)) return exports;
    if (!replaced.has(exports)) {
      // First of all noted: what the listener loads may ask for the same package.
      replaced.set(exports, exports);
      replaced.set(exports, tell(listener, name, request, parent, exports));
    }
    return replaced.get(exports);
  };
  Reflect.set(Module, '_load', load);
  return () => {
    isOn = false;
    if (Reflect.get(Module, '_load') === load) Reflect.set(Module, '_load', original);
  };
}

function tell(
  listener: (loaded: LoadedPackage) => unknown,
  name: string,
  request: string,
  parent: unknown,
  exports: unknown,
): unknown {
  try {
    const asking: unknown = Reflect.get(Object(parent), 'filename');
    const file = isAbsolute(request) ? request : resolveFrom(asking, request);
    const from = [asking, file].filter((path) => typeof path === 'string');
    return listener({ name, version: file === undefined ? undefined : versionOf(name, file), exports, from });
  } catch {
    return exports;
  }
}

function resolveFrom(asking: unknown, request: string): string | undefined {
  try {
    return typeof asking === 'string' ? createRequire(asking).resolve(request) : undefined;
  } catch {
    return undefined; // Another loader knows where it is.
  }
}

/** @param file - of the package, absolute. */
function versionOf(name: string, file: string): string | undefined {
  const folder = new RegExp(`^.*[\\\\/]node_modules[\\\\/]${name}(?=[\\\\/])`).exec(file)?.[0];
  if (folder === undefined) return undefined;
  try {
    const { version }: { version?: unknown } = Object(createRequire(file)(`${folder}/package.json`));
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

function canHoldMembers(exports: unknown): boolean {
  return typeof exports === 'function' || (typeof exports === 'object' && exports !== null);
}
