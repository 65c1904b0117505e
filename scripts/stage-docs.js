// @ts-check
// What the README of a package links to goes into the package: outside of the repository `../../docs` is nothing.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A link or an image: its text, and where it leads to, without spaces. */
const LINK = /(!?)\[([^[\]]*)\]\(([^()\s]+)\)/g;

/**
 * Writes the README of a package anew, beside copies of the pages it links to, in `docs/`. What these link to and is not
 * in the package is no link there; another package is one to the registry.
 *
 * @param {object} at
 * @param {string} at.root - of the repository.
 * @param {string} at.from - the package's folder.
 * @param {string} at.to - the folder that is published, in which all else of the package is.
 * @returns {boolean} whether there is a `docs/`.
 */
export function stageDocs({ root, from, to }) {
  const readme = path.join(from, 'README.md');
  const pages = linksOf(readme).filter((target) => isWithin(path.join(root, 'docs'), target) && existsSync(target));
  const places = new Map([[readme, path.join(to, 'README.md')]]);
  for (const page of pages) places.set(page, path.join(to, path.relative(root, page)));
  for (const [source, place] of places) {
    const text = readFileSync(source, 'utf8').replaceAll(LINK, (link, image, label, target) => {
      if (!isRelative(target)) return link;
      const [file, anchor] = splitAnchor(target);
      const meant = placeOf(path.resolve(path.dirname(source), file), { root, from, to, places });
      if (meant === undefined) return label;
      const url = meant.startsWith('https:') ? meant : relativeUrl(path.dirname(place), meant);
      return `${image}[${label}](${url}${anchor})`;
    });
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, text);
  }
  return pages.length > 0;
}

/**
 * @param {string} file - of the repository.
 * @param {{ root: string, from: string, to: string, places: ReadonlyMap<string, string> }} at
 * @returns {string | undefined} where it can be found by whoever has the package.
 */
function placeOf(file, { root, from, to, places }) {
  const own = isWithin(from, file) ? path.join(to, path.relative(from, file)) : undefined;
  if (places.has(file)) return places.get(file);
  // Tests stand beside what they test, and are not published.
  if (own !== undefined) return existsSync(own) && !/\.test(?:-d)?\.ts$/.test(own) ? own : undefined;
  const [folder, name, ...rest] = path.relative(root, file).split(path.sep);
  if (folder !== 'packages' || name === undefined || (rest.length > 0 && rest.join() !== 'README.md')) return undefined;
  const manifest = JSON.parse(readFileSync(path.join(root, folder, name, 'package.json'), 'utf8'));
  return manifest.private === true ? undefined : `https://www.npmjs.com/package/${manifest.name}`;
}

/**
 * @param {string} file - Markdown.
 * @returns {string[]} the files it links to.
 */
function linksOf(file) {
  const targets = [...readFileSync(file, 'utf8').matchAll(LINK)].map(([, , , target = '']) => target);
  return targets.filter(isRelative).map((target) => path.resolve(path.dirname(file), splitAnchor(target)[0]));
}

/** @param {string} target */
function isRelative(target) {
  return !/^(?:[a-z]+:|#)/.test(target);
}

/**
 * @param {string} target
 * @returns {[file: string, anchor: string]}
 */
function splitAnchor(target) {
  const at = target.indexOf('#');
  return at === -1 ? [target, ''] : [target.slice(0, at), target.slice(at)];
}

/**
 * @param {string} folder
 * @param {string} file
 */
function isWithin(folder, file) {
  return file.startsWith(folder + path.sep);
}

/**
 * @param {string} folder
 * @param {string} file
 */
function relativeUrl(folder, file) {
  return path.relative(folder, file).replaceAll(path.sep, '/');
}
