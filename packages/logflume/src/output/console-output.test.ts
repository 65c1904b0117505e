import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createStandardStream } from './console-output.ts';

/** Units and bytes of it differ. */
const LINE = 'record é\n';
const UNITS = LINE.length;
const BYTES = Buffer.byteLength(LINE);

afterEach(() => vi.restoreAllMocks());

describe('the write under way when a process ends', () => {
  it.each<[string, { readonly writableLength: number; readonly _handle?: object }, string]>([
    ['of a pipe, all with the system', { writableLength: UNITS, _handle: { writeQueueSize: 0 } }, ''],
    ['of a pipe, nothing with the system', { writableLength: UNITS, _handle: { writeQueueSize: BYTES } }, LINE],
    ['of a pipe, in half', { writableLength: UNITS, _handle: { writeQueueSize: 3 } }, 'é\n'],
    [
      'of a pipe that holds more than it could',
      { writableLength: UNITS, _handle: { writeQueueSize: BYTES + 5 } },
      LINE,
    ],
    ['of a stream that does not tell', { writableLength: UNITS }, `\n${LINE}`],
    ['beside those of others', { writableLength: BYTES, _handle: { writeQueueSize: 1 } }, `\n${LINE}`],
    ['that has been heard of', { writableLength: 0, _handle: { writeQueueSize: 0 } }, ''],
  ])('%s', (_what, stream, expected) => {
    expect(finished(stream)).toBe(expected);
  });
});

/** What is written to finish {@link LINE} on a stream in this state. */
function finished(stream: object): string {
  const directory = mkdtempSync(join(tmpdir(), 'logflume-'));
  const path = join(directory, 'stdout');
  const fd = openSync(path, 'w');
  try {
    vi.spyOn(process, 'stdout', 'get').mockReturnValue({ fd, ...stream } as unknown as typeof process.stdout);
    expect(createStandardStream('stdout').finishSync(LINE, 1000)).toBe(true);
    return readFileSync(path, 'utf8');
  } finally {
    vi.restoreAllMocks();
    closeSync(fd);
    rmSync(directory, { recursive: true });
  }
}
