import { dirname } from 'node:path';
import { diskError } from '../../src/spool/disk-error.ts';
import type { FileFacts, FileSystem } from '../../src/spool/file-system.ts';

interface Inode {
  readonly kind: 'file' | 'directory';
  data: Buffer;
  /** What a power loss leaves at least. */
  synced: Buffer;
  modifiedMs: number;
}

export interface Operation {
  readonly name: keyof FileSystem;
  /** Of a descriptor, the path it was opened with. */
  readonly path: string;
  /** Operations before this one. */
  readonly index: number;
}

/** An error code to throw, or how many bytes of a write to take. */
export type Fault = string | { readonly written: number } | undefined;

type Names = ReadonlyMap<string, Inode>;

/** A disk in memory that fails when it is told to, and shows what a killed process or a power loss leaves on it. */
export class MemoryDisk implements FileSystem {
  #names = new Map<string, Inode>();
  /** Namespaces a power loss may leave: since the last sync of a directory, one per change. */
  #history: Names[] = [new Map()];
  #open = new Map<number, { readonly inode: Inode; readonly path: string }>();
  #nextFd = 3;
  operations = 0;
  /** Asked before every operation. */
  fault: (operation: Operation) => Fault = () => undefined;

  #before(name: keyof FileSystem, path: string): { readonly written: number } | undefined {
    const fault = this.fault({ name, path, index: this.operations++ });
    if (typeof fault === 'string') throw diskError(fault, `${name} ${path}`);
    return fault;
  }

  #changed(): void {
    this.#history.push(new Map(this.#names));
  }

  #inode(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw diskError('ENOENT', path);
    return inode;
  }

  #byFd(fd: number): { readonly inode: Inode; readonly path: string } {
    const entry = this.#open.get(fd);
    if (entry === undefined) throw diskError('EBADF', String(fd));
    return entry;
  }

  open(path: string, how: 'create' | 'read' | 'update'): number {
    this.#before('open', path);
    let inode = this.#names.get(path);
    if (inode !== undefined && how === 'create') throw diskError('EEXIST', path);
    if (inode === undefined) {
      if (how === 'read') throw diskError('ENOENT', path);
      if (this.#inode(dirname(path)).kind !== 'directory') throw diskError('ENOTDIR', path);
      inode = { kind: 'file', data: Buffer.alloc(0), synced: Buffer.alloc(0), modifiedMs: 0 };
      this.#names.set(path, inode);
      this.#changed();
    }
    this.#open.set(this.#nextFd, { inode, path });
    return this.#nextFd++;
  }

  write(fd: number, parts: readonly Uint8Array[], position: number): number {
    const { inode, path } = this.#byFd(fd);
    const fault = this.#before('write', path);
    let bytes = Buffer.concat(parts);
    if (fault !== undefined) bytes = bytes.subarray(0, fault.written);
    this.#put(inode, bytes, position);
    return bytes.length;
  }

  #put(inode: Inode, bytes: Buffer, position: number): void {
    const grown = Buffer.alloc(Math.max(inode.data.length, position + bytes.length));
    inode.data.copy(grown);
    bytes.copy(grown, position);
    inode.data = grown;
  }

  read(fd: number, into: Uint8Array, position: number): number {
    const { inode, path } = this.#byFd(fd);
    this.#before('read', path);
    return inode.data.copy(into, 0, position, position + into.length);
  }

  truncate(fd: number, bytes: number): void {
    const { inode, path } = this.#byFd(fd);
    this.#before('truncate', path);
    inode.data = inode.data.subarray(0, bytes);
  }

  sync(fd: number): void {
    const { inode, path } = this.#byFd(fd);
    this.#before('sync', path);
    inode.synced = inode.data;
  }

  syncDirectory(path: string): void {
    this.#before('syncDirectory', path);
    this.#inode(path);
    this.#history = [new Map(this.#names)];
  }

  close(fd: number): void {
    this.#before('close', this.#byFd(fd).path);
    this.#open.delete(fd);
  }

  inspect(path: string): FileFacts {
    this.#before('inspect', path);
    return this.#facts(this.#inode(path));
  }

  inspectOpen(fd: number): FileFacts {
    const { inode, path } = this.#byFd(fd);
    this.#before('inspectOpen', path);
    return this.#facts(inode);
  }

  #facts(inode: Inode): FileFacts {
    const { kind, data, modifiedMs } = inode;
    const links = [...this.#names.values()].filter((other) => other === inode).length;
    return { kind, bytes: data.length, links, modifiedMs, ownerId: 0 };
  }

  rename(from: string, to: string): void {
    this.#before('rename', from);
    const inode = this.#inode(from);
    this.#inode(dirname(to));
    for (const [path, inside] of [...this.#names]) {
      if (!path.startsWith(`${from}/`)) continue;
      this.#names.delete(path);
      this.#names.set(to + path.slice(from.length), inside);
    }
    this.#names.delete(from);
    this.#names.set(to, inode);
    this.#changed();
  }

  unlink(path: string): void {
    this.#before('unlink', path);
    if (this.#inode(path).kind !== 'file') throw diskError('EISDIR', path);
    this.#names.delete(path);
    this.#changed();
  }

  makeDirectory(path: string): void {
    this.#before('makeDirectory', path);
    for (let at = path; at !== '/' && at !== '.'; at = dirname(at)) {
      const found = this.#names.get(at);
      if (found?.kind === 'file') throw diskError('ENOTDIR', at);
      if (found === undefined) {
        this.#names.set(at, { kind: 'directory', data: Buffer.alloc(0), synced: Buffer.alloc(0), modifiedMs: 0 });
        this.#changed();
      }
    }
  }

  removeDirectory(path: string): void {
    this.#before('removeDirectory', path);
    this.#inode(path);
    if (this.#listed(path).length > 0) throw diskError('ENOTEMPTY', path);
    this.#names.delete(path);
    this.#changed();
  }

  list(path: string): string[] {
    this.#before('list', path);
    if (this.#inode(path).kind !== 'directory') throw diskError('ENOTDIR', path);
    return this.#listed(path);
  }

  #listed(path: string): string[] {
    const inside = [...this.#names.keys()].filter((name) => dirname(name) === path);
    return inside.map((name) => name.slice(path.length + 1));
  }

  touch(path: string, wallMs: number): void {
    this.#before('touch', path);
    this.#inode(path).modifiedMs = wallMs;
  }

  /** Paths of all files. */
  get files(): string[] {
    return [...this.#names].filter(([, inode]) => inode.kind === 'file').map(([path]) => path);
  }

  get openFiles(): number {
    return this.#open.size;
  }

  content(path: string): Buffer {
    return this.#inode(path).data;
  }

  setContent(path: string, bytes: Uint8Array): void {
    this.#inode(path).data = Buffer.from(bytes);
  }

  /** Deletes a name behind the owner's back. */
  removeTree(path: string): void {
    for (const name of [...this.#names.keys()]) {
      if (name === path || name.startsWith(`${path}/`)) this.#names.delete(name);
    }
  }

  /** The disk as the next process finds it after this one was killed: all finished operations. */
  afterKill(): MemoryDisk {
    return MemoryDisk.#of(this.#names, (inode) => inode.data);
  }

  /** The disk after a power loss: synced bytes, and of the others what chance leaves, with zeros where it does not. */
  afterPowerLoss(random: () => number): MemoryDisk {
    const names = this.#history[Math.floor(random() * this.#history.length)] ?? this.#names;
    return MemoryDisk.#of(names, ({ data, synced }) => {
      const shorter = Math.min(data.length, synced.length);
      const end = shorter + Math.floor(random() * (Math.max(data.length, synced.length) - shorter + 1));
      const left = Buffer.concat([synced, data.subarray(synced.length)]).subarray(0, end);
      for (let at = synced.length; at < left.length; at += 64)
        if (random() < 0.3) left.fill(0, at, Math.min(left.length, at + 64));
      return left;
    });
  }

  static #of(names: Names, content: (inode: Inode) => Buffer): MemoryDisk {
    const disk = new MemoryDisk();
    for (const [path, inode] of names) {
      const data = Buffer.from(content(inode));
      disk.#names.set(path, { ...inode, data, synced: data });
    }
    disk.#history = [new Map(disk.#names)];
    return disk;
  }
}
