import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname, release } from 'node:os';
import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import * as zlib from 'node:zlib';
import { detectSurroundings, readSmallFile } from '../resource/detect-surroundings.ts';
import type { ResolveDeps } from './resolve-options.ts';

/**
 * The world {@link ResolveDeps} asks for: this process, this machine, the real disk.
 *
 * @param directory - of relative paths. @defaultValue the current one
 */
export function createProcessDeps(directory: string = ''): ResolveDeps {
  return {
    // Not `process.stdout.isTTY`: looking at the stream makes a pipe non-blocking, also for the application's own writes.
    isTTY: isatty(1),
    readFile: (path) => readFileSync(directory === '' ? path : resolve(directory, path), 'utf8'),
    hasZstd: 'zstdCompressSync' in zlib,
    resource: {
      argv0: process.argv0,
      hostname: hostname(),
      pid: process.pid,
      nodeVersion: process.versions.node,
      randomUuid: randomUUID,
      surroundings: () =>
        detectSurroundings(
          { platform: process.platform, arch: process.arch, release: release(), execPath: process.execPath },
          { env: process.env, readFile: readSmallFile },
          () => performance.now(),
        ),
    },
  };
}
