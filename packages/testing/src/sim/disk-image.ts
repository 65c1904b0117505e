import { Buffer } from 'node:buffer';
import { dirname } from 'node:path';
import type { FileFacts } from '@logflume/delivery';
import type { SeededRandom } from '../seeded-random.ts';

export interface Inode {
  readonly kind: 'file' | 'directory';
  data: Buffer;
  /** What a power loss leaves at least. */
  synced: Buffer;
  modifiedMs: number;
}

type Names = ReadonlyMap<string, Inode>;

const EMPTY = Buffer.alloc(0);

/** Files belong to the user of this process: others the spool would not touch. */
const OWNER = process.geteuid?.() ?? 0;

/** Names and bytes of a simulated disk: what is there, and what a power loss leaves of it. Does what it is told at once. */
export class DiskImage {
  #names = new Map<string, Inode>();
  /** Namespaces a power loss may leave: since the last sync of a directory, one per change. */
  #history: Names[] = [new Map()];

  /** Files by path. */
  *files(): Iterable<readonly [string, Buffer]> {
    for (const [path, inode] of this.#names) if (inode.kind === 'file') yield [path, inode.data];
  }

  /** Of all files together. */
  get bytes(): number {
    return this.bytesBelow('');
  }

  /** Of all files in a directory, at any depth. */
  bytesBelow(directory: string): number {
    let bytes = 0;
    for (const [path, { data }] of this.#names) if (path.startsWith(`${directory}/`)) bytes += data.length;
    return bytes;
  }

  /** @throws an error with the code `ENOENT`. */
  inode(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw systemError('ENOENT', path);
    return inode;
  }

  has(path: string): boolean {
    return this.#names.has(path);
  }

  makeFile(path: string): Inode {
    if (this.inode(dirname(path)).kind !== 'directory') throw systemError('ENOTDIR', path);
    const inode: Inode = { kind: 'file', data: EMPTY, synced: EMPTY, modifiedMs: 0 };
    this.#names.set(path, inode);
    this.#changed();
    return inode;
  }

  makeDirectory(path: string): void {
    for (let at = path; at !== '/' && at !== '.'; at = dirname(at)) {
      const found = this.#names.get(at);
      if (found?.kind === 'file') throw systemError('ENOTDIR', at);
      if (found !== undefined) continue;
      this.#names.set(at, { kind: 'directory', data: EMPTY, synced: EMPTY, modifiedMs: 0 });
      this.#changed();
    }
  }

  remove(path: string, kind: Inode['kind']): void {
    const inode = this.inode(path);
    if (inode.kind !== kind) throw systemError(kind === 'file' ? 'EISDIR' : 'ENOTDIR', path);
    if (kind === 'directory' && this.list(path).length > 0) throw systemError('ENOTEMPTY', path);
    this.#names.delete(path);
    this.#changed();
  }

  rename(from: string, to: string): void {
    const inode = this.inode(from);
    this.inode(dirname(to));
    for (const [path, inside] of [...this.#names]) {
      if (!path.startsWith(`${from}/`)) continue;
      this.#names.delete(path);
      this.#names.set(to + path.slice(from.length), inside);
    }
    this.#names.delete(from);
    this.#names.set(to, inode);
    this.#changed();
  }

  list(path: string): string[] {
    if (this.inode(path).kind !== 'directory') throw systemError('ENOTDIR', path);
    const inside: string[] = [];
    for (const name of this.#names.keys()) if (dirname(name) === path) inside.push(name.slice(path.length + 1));
    return inside;
  }

  facts(inode: Inode): FileFacts {
    let links = 0;
    for (const other of this.#names.values()) if (other === inode) links++;
    return { kind: inode.kind, bytes: inode.data.length, links, modifiedMs: inode.modifiedMs, ownerId: OWNER };
  }

  syncNames(): void {
    this.#history = [new Map(this.#names)];
  }

  /** One bit of one file changes. @returns its path, `undefined` while there is no file with bytes. */
  flipBit(random: SeededRandom): string | undefined {
    const files = [...this.#names].filter(([, { kind, data }]) => kind === 'file' && data.length > 0);
    if (files.length === 0) return undefined;
    const [path, inode] = random.pick(files);
    const data = Buffer.from(inode.data);
    const at = random.between(0, data.length - 1);
    data[at] = (data[at] ?? 0) ^ (1 << random.between(0, 7));
    inode.data = data;
    return path;
  }

  /** Synced bytes stay, of the others what chance leaves, with zeros where it does not; of the names the same. */
  losePower(random: SeededRandom): void {
    this.#names = new Map(random.pick(this.#history));
    for (const inode of this.#names.values()) {
      const { data, synced } = inode;
      const end = random.between(Math.min(data.length, synced.length), Math.max(data.length, synced.length));
      const left = Buffer.from(Buffer.concat([synced, data.subarray(synced.length)]).subarray(0, end));
      for (let at = synced.length; at < left.length; at += 64) {
        if (random.chance(0.3)) left.fill(0, at, Math.min(left.length, at + 64));
      }
      inode.data = left;
      inode.synced = left;
    }
    this.#history = [new Map(this.#names)];
  }

  #changed(): void {
    this.#history.push(new Map(this.#names));
  }
}

/** An error as the system throws it. */
export function systemError(code: string, what: string): Error & { readonly code: string } {
  return Object.assign(new Error(`${code}: ${what}`), { code });
}
