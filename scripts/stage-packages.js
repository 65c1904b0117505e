// @ts-check
// Makes the folders that are published, one for each public package: what the compiler made, but with the modules of each
// package joined into few files, see decision 0019, and the pages its README links to.
//
//   npm run stage            into dist/<name>; then, for each: npm publish ./dist/<name>
//   npm run stage -- <into>  into that folder; the names of the folders are printed
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { stageDocs } from './stage-docs.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What the compiler makes and the joined files replace. */
const REPLACED = /\.js$|\.map$|\.tsbuildinfo$/;

/** Comments are in the sources, which come along; those for tools stay. */
const COMMENTS = { legal: true, annotation: true, jsdoc: false };

/**
 * @param {string} into - a folder; what is in it of an earlier run is replaced.
 * @returns {Promise<string[]>} the staged folders, `<into>/<name>`.
 */
async function stagePackages(into) {
  const packages = path.join(root, 'packages');
  const staged = [];
  for (const folder of readdirSync(packages)) {
    const manifestPath = path.join(packages, folder, 'package.json');
    if (!existsSync(manifestPath)) continue;
    const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'));
    if (manifest.private === true) continue;
    staged.push(await stage(path.join(packages, folder), path.join(into, manifest.name), manifest));
  }
  return staged;
}

/**
 * @param {string} from
 * @param {string} to
 * @param {any} manifest
 */
async function stage(from, to, manifest) {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (['node_modules', 'test', '.turbo', 'coverage'].includes(name)) continue;
    const filter = (/** @type {string} */ file) => name !== 'dist' || !REPLACED.test(file);
    cpSync(path.join(from, name), path.join(to, name), { recursive: true, filter });
  }
  cpSync(path.join(root, 'LICENSE'), path.join(to, 'LICENSE'));
  if (stageDocs({ root, from, to })) {
    const published = { ...manifest, files: [...manifest.files, 'docs'] };
    writeFileSync(path.join(to, 'package.json'), `${JSON.stringify(published, undefined, 2)}\n`);
  }
  const bundle = await rolldown({
    input: Object.fromEntries(entriesOf(manifest).map((entry) => [entry, path.join(from, 'src', `${entry}.ts`)])),
    // Whatever is asked for by a name is another package, or Node's.
    external: /^[^./]/,
    platform: 'node',
    // All of it is used, or it would not be there; and some is loaded for what it does then.
    treeshake: false,
  });
  await bundle.write({
    dir: path.join(to, 'dist'),
    format: 'esm',
    entryFileNames: '[name].js',
    // Beside the entries: a file that looks for a neighbour finds it.
    chunkFileNames: 'chunk-[hash].js',
    sourcemap: true,
    // To the sources in the package itself, wherever it was staged.
    sourcemapPathTransform: (source, map) =>
      path.relative(path.dirname(map), path.join(to, path.relative(from, path.resolve(path.dirname(map), source)))),
    comments: COMMENTS,
  });
  await bundle.close();
  for (const file of edgeFilesOf(manifest)) writeFileSync(path.join(to, file), withoutMap(path.join(from, file)));
  trimMaps(path.join(to, 'dist'));
  return to;
}

/**
 * The files an application, or Node for it, can load; and those of the package's own that depend on who loads them.
 *
 * @param {any} manifest
 * @returns {string[]} `index` for `./dist/index.js`.
 */
function entriesOf({ exports = {}, imports = {}, bin = {} }) {
  const named = [...Object.values(exports), ...Object.values(imports)];
  const targets = [...named.map((target) => target.default), ...Object.values(bin)];
  return targets.filter((target) => target !== undefined).map((target) => path.basename(target, '.js'));
}

/**
 * The files for edge runtimes, as the compiler made them: what is joined begins with Node's `node:module`.
 *
 * @param {any} manifest
 * @returns {string[]}
 */
function edgeFilesOf({ exports = {} }) {
  return Object.values(exports).flatMap((target) => target['edge-light'] ?? []);
}

/**
 * The sources are in the package: a map need not hold them again. Declarations, which keep their comments, need no map.
 *
 * @param {string} folder
 */
function trimMaps(folder) {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = path.join(folder, name);
    if (name.endsWith('.js.map')) {
      const { sourcesContent: _, ...map } = JSON.parse(readFileSync(file, 'utf8'));
      writeFileSync(file, JSON.stringify(map));
    } else if (name.endsWith('.d.ts')) {
      writeFileSync(file, withoutMap(file));
    }
  }
}

/** @param {string} file */
function withoutMap(file) {
  return readFileSync(file, 'utf8').replace(/^\/\/# sourceMappingURL=.*\n?/m, '');
}

const into = process.argv[2] ?? path.join(root, 'dist');
for (const folder of await stagePackages(into)) process.stdout.write(`${folder}\n`);
