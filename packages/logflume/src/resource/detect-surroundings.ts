import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type Detected, detectKubernetes, type Surroundings } from './kubernetes-attributes.ts';

/** What is known of the machine without looking anywhere. */
export interface MachineFacts {
  /** `process.platform` */
  readonly platform: string;
  /** `process.arch` */
  readonly arch: string;
  /** `os.release()` */
  readonly release: string;
  /** `process.execPath` */
  readonly execPath: string;
}

/** One way to find attributes. */
export type Detector = () => readonly Detected[];

/** All detectors together; a logger is made while the application starts. A judgement: files of the kernel take microseconds. */
const budgetMs = 100;

/**
 * Runs detectors one after the other. One that throws finds nothing; once the time is used up, the others are left out.
 * Of an attribute found twice the first counts.
 */
export function runDetectors(detectors: readonly Detector[], nowMs: () => number): readonly Detected[] {
  const found = new Map<string, Detected>();
  const endMs = nowMs() + budgetMs;
  for (const detect of detectors) {
    if (nowMs() >= endMs) break;
    try {
      for (const each of detect()) if (!found.has(each[0])) found.set(each[0], each);
    } catch {
      // An identity that could not be found out is no reason not to log.
    }
  }
  return [...found.values()];
}

/** Names of the semantic conventions for what Node calls otherwise. */
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', ia32: 'x86', arm: 'arm32', ppc64: 'ppc64' };
const systems: Readonly<Record<string, string>> = { win32: 'windows', sunos: 'solaris' };

/** @see https://opentelemetry.io/docs/specs/semconv/resource/ */
export function detectMachine({ platform, arch, release, execPath }: MachineFacts): readonly Detected[] {
  const name = execPath.slice(Math.max(execPath.lastIndexOf('/'), execPath.lastIndexOf('\\')) + 1);
  return [
    ['host.arch', architectures[arch] ?? arch, 'default'],
    ['os.type', systems[platform] ?? platform, 'default'],
    ['os.version', release, 'default'],
    ['process.executable.name', name, 'default'],
    ['process.runtime.description', 'Node.js', 'default'],
  ];
}

/** The id of a machine that is no container: there the file is the image's. */
export function detectHostId(isContained: boolean, readFile: Surroundings['readFile']): readonly Detected[] {
  const id = isContained ? undefined : readFile('/etc/machine-id')?.trim();
  return id !== undefined && /^[0-9a-f]{32}$/.test(id) ? [['host.id', id, 'file /etc/machine-id']] : [];
}

/** Container, pod and machine of this process. Never throws, never waits for anybody. */
export function detectSurroundings(
  facts: MachineFacts,
  around: Surroundings,
  nowMs: () => number,
): readonly Detected[] {
  let isContained = true;
  return runDetectors(
    [
      () => detectMachine(facts),
      () => {
        const found = facts.platform === 'linux' ? detectKubernetes(around) : [];
        isContained = found.length > 0 || around.readFile('/.dockerenv') !== undefined;
        return found;
      },
      () => detectHostId(isContained, around.readFile),
    ],
    nowMs,
  );
}

/** Files of the kernel and of the kubelet are smaller. */
const maxBytes = 256 * 1024;

/** Reads a small file as text; `undefined` for whatever reason not. A pipe or a device, which could block, is none. */
export function readSmallFile(path: string): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    if (!fstatSync(file).isFile()) return undefined;
    const bytes = Buffer.allocUnsafe(maxBytes);
    let length = 0;
    // Files of the kernel have no size, and end where a read gives nothing.
    for (let read = -1; read !== 0 && length < maxBytes; length += read) {
      read = readSync(file, bytes, length, maxBytes - length, null);
    }
    return bytes.toString('utf8', 0, length);
  } catch {
    return undefined; // Not there or not ours to read: nothing is known, which is what `undefined` says.
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
