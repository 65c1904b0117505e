import { Buffer } from 'node:buffer';
import type { FileSystem } from '@logflume/delivery';
import type { SeededRandom } from '../seeded-random.ts';
import { DiskImage, type Inode, systemError } from './disk-image.ts';

/** What the disk does for a while. */
export const diskConditions = [
  'well',
  'well',
  'well',
  'full',
  'ioError',
  'syncError',
  'readOnly',
  'noDescriptors',
  'shortWrites',
  'flaky',
] as const;

export type DiskCondition = (typeof diskConditions)[number];

/** The process that uses the disk. */
export interface DiskUser {
  readonly isAlive: boolean;
  /** Something is about to happen: it may be the moment it dies. @returns whether it lives. */
  event(): boolean;
  /** The marks of a segment could not be read: what they acknowledge looks as if it was never sent. */
  onUnreadMarks(ackPath: string): void;
  /** A file is about to be deleted that could not be read when it was tried last: nobody can know how much is lost with it. */
  onUnreadRemoved(path: string): void;
}

/** A frame's header has its length and the id of its batch at these places. */
const HEADER_BYTES = 56;

/** A disk that outlives its processes and fails as it is told. */
export class SimulatedDisk {
  readonly image: DiskImage = new DiskImage();
  readonly #random: SeededRandom;
  condition: DiskCondition = 'well';
  /** Ids of the batches whose frames were written whole, ever. */
  readonly writtenIds: Set<string> = new Set();
  /** Segment files that were begun. */
  segments = 0;
  /** Operations it refused. */
  failures = 0;
  /** Most bytes it held since the process that uses it was started. */
  peakBytes = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  /** The disk as one process sees it: its operations end with it, the last write perhaps in the middle. */
  mount(user: DiskUser): FileSystem {
    const { image } = this;
    this.peakBytes = image.bytes;
    const open = new Map<number, { readonly inode: Inode; readonly path: string }>();
    let nextFd = 3;
    /** Files that could not be read when it was tried last. */
    const unread = new Set<string>();
    const before = (name: keyof FileSystem, path: string): void => {
      if (!user.event()) throw systemError('EIO', 'the process is dead');
      const code = this.#codeFor(name);
      if (code === undefined) return;
      this.failures++;
      if (name === 'read' && path.endsWith('.ack')) user.onUnreadMarks(path);
      throw systemError(code, `${name} ${path}`);
    };
    const byFd = (fd: number) => {
      const entry = open.get(fd);
      if (entry === undefined) throw systemError('EBADF', String(fd));
      return entry;
    };
    return {
      open: (path, how) => {
        if (how === 'read') unread.add(path);
        try {
          before('open', path);
        } catch (error) {
          if (how === 'read' && path.endsWith('.ack')) user.onUnreadMarks(path);
          throw error;
        }
        unread.delete(path);
        if (image.has(path) && how === 'create') throw systemError('EEXIST', path);
        if (!image.has(path) && how !== 'read') {
          image.makeFile(path);
          if (path.endsWith('.seg')) this.segments++;
        }
        open.set(nextFd, { inode: image.inode(path), path });
        return nextFd++;
      },
      write: (fd, parts, position) => {
        const { inode, path } = byFd(fd);
        let bytes = Buffer.concat(parts);
        const wasAlive = user.isAlive;
        if (!user.event()) {
          // The dead write nothing; whoever dies in a write leaves a part of it.
          if (wasAlive) put(inode, bytes.subarray(0, this.#random.between(0, bytes.length)), position);
          throw systemError('EIO', 'the process died in this write');
        }
        const code = this.#codeFor('write');
        const isShort = this.condition === 'shortWrites' && this.#random.chance(0.5);
        if (code !== undefined || isShort) {
          // A full disk takes what fits and says how much; only the next write says why.
          bytes = bytes.subarray(0, this.#random.between(0, bytes.length));
          this.failures++;
          if (code !== undefined && (code !== 'ENOSPC' || bytes.length === 0)) throw systemError(code, path);
        }
        put(inode, bytes, position);
        this.peakBytes = Math.max(this.peakBytes, image.bytes);
        this.#noteFrame(path, parts, bytes.length);
        return bytes.length;
      },
      read: (fd, into, position) => {
        const { inode, path } = byFd(fd);
        unread.add(path);
        before('read', path);
        unread.delete(path);
        return inode.data.copy(into, 0, position, position + into.length);
      },
      truncate: (fd, bytes) => {
        const { inode, path } = byFd(fd);
        before('truncate', path);
        inode.data = inode.data.subarray(0, bytes);
      },
      sync: (fd) => {
        const { inode, path } = byFd(fd);
        before('sync', path);
        inode.synced = Buffer.from(inode.data);
      },
      syncDirectory: (path) => {
        before('syncDirectory', path);
        image.inode(path);
        image.syncNames();
      },
      close: (fd) => {
        before('close', byFd(fd).path);
        open.delete(fd);
      },
      inspect: (path) => {
        before('inspect', path);
        return image.facts(image.inode(path));
      },
      inspectOpen: (fd) => {
        const { inode, path } = byFd(fd);
        before('inspectOpen', path);
        return image.facts(inode);
      },
      rename: (from, to) => {
        before('rename', from);
        image.rename(from, to);
      },
      unlink: (path) => {
        before('unlink', path);
        if (unread.has(path)) user.onUnreadRemoved(path);
        image.remove(path, 'file');
      },
      makeDirectory: (path) => {
        before('makeDirectory', path);
        image.makeDirectory(path);
      },
      removeDirectory: (path) => {
        before('removeDirectory', path);
        image.remove(path, 'directory');
      },
      list: (path) => {
        before('list', path);
        return image.list(path);
      },
      touch: (path, wallMs) => {
        before('touch', path);
        image.inode(path).modifiedMs = wallMs;
      },
    };
  }

  #noteFrame(path: string, parts: readonly Uint8Array[], written: number): void {
    const [header] = parts;
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    if (!path.endsWith('.seg') || header?.length !== HEADER_BYTES || written < length) return;
    this.writtenIds.add(Buffer.from(header.buffer, header.byteOffset, header.length).toString('hex', 32, 48));
  }

  /** Why the disk refuses an operation now; `undefined` if it does not. */
  #codeFor(name: keyof FileSystem): string | undefined {
    const grows = name === 'write' || name === 'makeDirectory';
    switch (this.condition) {
      case 'well':
      case 'shortWrites':
        return undefined;
      case 'full':
        return grows ? 'ENOSPC' : undefined;
      case 'ioError':
        return name === 'write' || name === 'read' ? 'EIO' : undefined;
      case 'syncError':
        return name === 'sync' || name === 'syncDirectory' ? 'EIO' : undefined;
      case 'readOnly':
        return grows || ['truncate', 'rename', 'unlink', 'removeDirectory', 'touch'].includes(name)
          ? 'EROFS'
          : undefined;
      case 'noDescriptors':
        return name === 'open' || name === 'list' ? 'EMFILE' : undefined;
      case 'flaky':
        return this.#random.chance(0.05) ? this.#random.pick(['EIO', 'ENOSPC', 'EMFILE', 'EACCES']) : undefined;
    }
  }
}

/** A file is small in a simulation: it is copied whole. */
function put(inode: Inode, bytes: Uint8Array, position: number): void {
  const end = Math.max(inode.data.length, position + bytes.length);
  const grown = Buffer.alloc(end);
  inode.data.copy(grown);
  grown.set(bytes, position);
  inode.data = grown;
}
