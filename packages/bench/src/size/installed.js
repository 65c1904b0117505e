// @ts-check
/**
 * What an installation of some packages puts on the disk, with everything they depend on, from the lock file and the
 * packages as they are installed here. Nothing is installed or asked of a registry.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** @type {Record<string, any>} */
const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;

/**
 * @param {readonly string[]} names - what an application names in its package.json.
 * @param {string} [staged] - where our packages are as they are published; the workspace's are a little larger.
 * @returns {{ packages: string[], bytes: number }} folders of the packages, `node_modules/axios`, and the bytes of their files.
 */
export function installed(names, staged) {
  /** @type {Set<string>} */
  const found = new Set();
  const waiting = names.map((name) => placeOf(name, ''));
  for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
    if (found.has(place)) continue;
    found.add(place);
    const { dependencies = {}, optionalDependencies = {} } = lock[folderOf(place)];
    for (const name of Object.keys(dependencies)) waiting.push(placeOf(name, place));
    // A binary for another platform is in the lock file and not on the disk.
    for (const name of Object.keys(optionalDependencies)) {
      const optional = findPlace(name, place);
      if (optional !== undefined && isOnDisk(optional)) waiting.push(optional);
    }
  }
  const packages = [...found].sort();
  return { packages, bytes: packages.reduce((sum, place) => sum + bytesOf(place, staged), 0) };
}

/**
 * Where Node would find a package from a place: in the closest `node_modules`.
 *
 * @param {string} name
 * @param {string} from - the place of the package that asks; `''` is the application.
 */
function placeOf(name, from) {
  const place = findPlace(name, from);
  if (place === undefined) throw new Error(`${from} depends on ${name}, which the lock file does not have`);
  return place;
}

/**
 * @param {string} name
 * @param {string} from
 */
function findPlace(name, from) {
  for (let parent = from; ; parent = parent.slice(0, Math.max(0, parent.lastIndexOf('/node_modules/')))) {
    const place = parent === '' ? `node_modules/${name}` : `${parent}/node_modules/${name}`;
    if (lock[place] !== undefined) return place;
    if (parent === '') return undefined;
  }
}

/** @param {string} place */
const folderOf = (place) => (lock[place].link === true ? lock[place].resolved : place);

/** @param {string} place */
const isOnDisk = (place) => statSync(path.join(root, place), { throwIfNoEntry: false }) !== undefined;

/**
 * @param {string} place
 * @param {string | undefined} staged
 */
function bytesOf(place, staged) {
  // Of a package of ours, what `npm pack` puts in; of others, what came out.
  const isOurs = lock[place].link === true;
  const ours = isOurs && staged !== undefined ? path.join(staged, place.slice('node_modules/'.length)) : undefined;
  const folder = ours ?? path.join(root, folderOf(place));
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.relative(folder, path.join(entry.parentPath, entry.name));
    if (!entry.isFile() || file.split(path.sep).includes('node_modules') || (isOurs && !isPacked(file))) continue;
    bytes += statSync(path.join(entry.parentPath, entry.name)).size;
  }
  return bytes;
}

/** @param {string} file */
function isPacked(file) {
  if (/\.test\.ts$|\.test-d\.ts$|\.tsbuildinfo$/.test(file)) return false;
  return /^(dist|src)[\\/]|^(package|config\.schema)\.json$|^(README\.md|LICENSE)$/.test(file);
}
