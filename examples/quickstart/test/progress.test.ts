import { describe, expect, it } from 'vitest';
import { createProgress, type ProgressView } from '../demo/progress.js';

const view: ProgressView = {
  seconds: 4.2,
  recordsPerSecond: 560,
  records: 2_345,
  pending: 12,
  failedAttempts: 3,
  endpoints: [
    { name: 'A', state: 'closed', delivered: 1_200, failures: 0 },
    { name: 'B', state: 'paused', delivered: 600, failures: 3 },
  ],
};

function createStream(properties: Partial<NodeJS.WriteStream>): { stream: NodeJS.WriteStream; written: string[] } {
  const written: string[] = [];
  const write = (text: string): boolean => written.push(text) > 0;
  return { stream: { columns: 100, hasColors: () => true, ...properties, write } as NodeJS.WriteStream, written };
}

const colour = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`);

describe('the progress on a terminal', () => {
  it('moves back over exactly the lines it wrote before', () => {
    const { stream, written } = createStream({ isTTY: true });
    const progress = createProgress(stream);
    progress.update(view);
    const lines = (written.at(-1) ?? '').split('\n').length - 1;

    progress.update(view);

    expect(lines).toBe(4);
    expect(written.at(-1)).toContain(`\x1b[${lines}A\x1b[J`);
  });

  it('leaves a note standing above, and the cursor visible at the end', () => {
    const { stream, written } = createStream({ isTTY: true });
    const progress = createProgress(stream);
    progress.update(view);

    progress.note(5, 'C crashes');
    progress.end();

    expect(written.at(-3)?.indexOf('C crashes')).toBeLessThan(written.at(-3)?.indexOf('records/s') ?? 0);
    expect(written.at(-1)).toBe('\x1b[?25h');
  });

  it('shows no block in a window too narrow for it, where lines would wrap', () => {
    const { stream, written } = createStream({ isTTY: true, columns: 30 });

    createProgress(stream).update(view);

    expect(written.join('')).not.toContain('records/s');
  });

  it('has colours, and none if the stream shows none, as with NO_COLOR', () => {
    const coloured = createStream({ isTTY: true });
    const plain = createStream({ isTTY: true, hasColors: () => false });

    createProgress(coloured.stream).update(view);
    createProgress(plain.stream).update(view);

    expect(coloured.written.join('')).toMatch(colour);
    expect(plain.written.join('')).not.toMatch(colour);
  });
});

describe('the progress in a pipe', () => {
  it('is one plain line a second, with the states in words', () => {
    const { stream, written } = createStream({ isTTY: false });
    const progress = createProgress(stream);

    for (let tenths = 1; tenths <= 20; tenths += 1) progress.update({ ...view, seconds: tenths / 10 });

    expect(written).toEqual([
      '   1.0 s  560 records/s  A 1,200 ok      B   600 paused  12 pending  3 attempts failed\n',
      '   2.0 s  560 records/s  A 1,200 ok      B   600 paused  12 pending  3 attempts failed\n',
    ]);
  });
});
