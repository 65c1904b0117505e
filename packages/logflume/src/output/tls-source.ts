import { readFileSync, statSync } from 'node:fs';
import type { FileReloadDiagnostic } from '../config/diagnostic.ts';
import type { TlsOptions } from '../config/logger-options.ts';

/** What a delivery takes; its names are Node's. */
export interface PemOptions {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly servername?: string;
}

/** What reading certificates needs of the world. */
export interface TlsSourceDeps {
  /** May throw. */
  readonly readFile: (path: string) => Buffer;
  /** Something that is another after the file was replaced or written; may throw. */
  readonly stampOf: (path: string) => string;
  readonly nowMs: () => number;
  readonly report: (event: FileReloadDiagnostic) => void;
}

/** How often the files are looked at, at most, and only while there is something to send. */
const CHECK_INTERVAL_MS = 1000;

const roles = ['ca', 'cert', 'key'] as const;

/**
 * Certificates for the connections of a delivery: what the options hold, or the content of the files they name, read anew
 * when one of them changes. There is no watcher and no timer: whoever is about to send asks.
 *
 * Files that cannot be read, or a certificate and key that do not belong together (one of them has just been replaced),
 * leave the ones before in force, and are tried again.
 */
export function createTlsSource(
  tls: TlsOptions,
  deps: TlsSourceDeps = systemDeps(() => undefined),
): PemOptions | undefined | (() => PemOptions) {
  const given = pemOf(tls);
  const files = filesOf(tls);
  if (files.length === 0) return Object.keys(given).length === 0 ? undefined : given;
  let current: PemOptions = given;
  let stamp = '';
  let failedStamp: string | undefined;
  let checkedMs = Number.NEGATIVE_INFINITY;
  const names = files.map(([, path]) => path).join(', ');
  return () => {
    const nowMs = deps.nowMs();
    if (nowMs - checkedMs < CHECK_INTERVAL_MS) return current;
    checkedMs = nowMs;
    let seen = 'unreadable';
    try {
      seen = files.map(([, path]) => deps.stampOf(path)).join();
      if (seen === stamp) return current;
      const read = { ...given, ...Object.fromEntries(files.map(([role, path]) => [role, deps.readFile(path)])) };
      process.getBuiltinModule('node:tls').createSecureContext(read); // Loaded by those alone who have certificates.
      const message = `certificates were read anew from ${names}`;
      if (stamp !== '') deps.report({ kind: 'fileReloaded', file: names, changed: ['tls'], message });
      current = read;
      stamp = seen;
      failedStamp = undefined;
    } catch (error) {
      // Once for each state of the files: the text of the error may hold what is in them.
      if (failedStamp !== seen) {
        const message = `${names} cannot be used (${codeOf(error)}); the certificates before stay in force`;
        deps.report({ kind: 'fileNotReloaded', file: names, message });
      }
      failedStamp = seen;
    }
    return current;
  };
}

/** The real disk and clock. */
export function systemDeps(report: TlsSourceDeps['report']): TlsSourceDeps {
  return {
    readFile: (path) => readFileSync(path),
    stampOf(path) {
      const { ino, size, mtimeMs, ctimeMs } = statSync(path);
      return `${ino}:${size}:${mtimeMs}:${ctimeMs}`;
    },
    nowMs: () => performance.now(),
    report,
  };
}

function pemOf(tls: TlsOptions): PemOptions {
  return {
    ...Object.fromEntries(roles.flatMap((role) => (tls[role] === undefined ? [] : [[role, Buffer.from(tls[role])]]))),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
  };
}

/** PEM in the options counts before a file. */
function filesOf(tls: TlsOptions): readonly (readonly [role: (typeof roles)[number], path: string])[] {
  return roles.flatMap((role) => {
    const path = tls[`${role}File`];
    return path === undefined || tls[role] !== undefined ? [] : [[role, path] as const];
  });
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'no certificate';
}
