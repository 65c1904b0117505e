import { describe, expect, it } from 'vitest';
import { type LineStream, LineWriter } from './line-writer.ts';

/** A stream whose every write is answered by hand. `room` is how many lines it takes during an exit. */
class ScriptedStream implements LineStream {
  readonly texts: string[] = [];
  readonly finished: string[] = [];
  #answers: ((written: boolean) => void)[] = [];
  isOpen = true;
  idle = false;
  room = Number.POSITIVE_INFINITY;
  canFinish = true;

  write(text: string, done: (written: boolean) => void): boolean {
    if (!this.isOpen) return false;
    this.texts.push(text);
    this.#answers.push(done);
    return true;
  }

  writeLinesSync(lines: readonly string[]): number {
    const taken = lines.slice(0, this.room);
    this.room -= taken.length;
    this.texts.push(...taken.map((line) => `${line}\n`));
    return taken.length;
  }

  finishSync(unanswered: string): boolean {
    this.finished.push(unanswered);
    return this.canFinish;
  }

  isIdle(): boolean {
    return this.idle;
  }

  answer(written = true): void {
    this.#answers.shift()?.(written);
  }
}

function createWriter(maxBytes = 1000) {
  const stream = new ScriptedStream();
  const counts = { written: 0, failed: 0 };
  const writer = new LineWriter(stream, maxBytes, (outcome, lines) => {
    counts[outcome] += lines;
  });
  return { stream, counts, writer };
}

const wait = { chunkMs: 10, totalMs: 20 };

describe('LineWriter', () => {
  it('writes at once, then one write at a time, joined and in order', () => {
    const { stream, counts, writer } = createWriter();
    for (const line of ['a', 'b', 'c']) expect(writer.write(line)).toBe(true);
    expect(stream.texts).toStrictEqual(['a\n']);
    expect(writer.pending).toBe(3);
    stream.answer();
    expect(stream.texts).toStrictEqual(['a\n', 'b\nc\n']);
    expect(counts).toStrictEqual({ written: 1, failed: 0 });
    stream.answer();
    expect(counts).toStrictEqual({ written: 3, failed: 0 });
    expect(writer.pending).toBe(0);
  });

  it('does not wait for the answers of a stream that writes synchronously', () => {
    const { stream, counts, writer } = createWriter();
    stream.idle = true;
    for (const line of ['a', 'b', 'c']) writer.write(line);
    expect(stream.texts).toStrictEqual(['a\n', 'b\n', 'c\n']);
    expect(writer.pending).toBe(3);
    for (let i = 0; i < 3; i++) stream.answer();
    expect(counts).toStrictEqual({ written: 3, failed: 0 });
  });

  it('refuses what its bytes have no room for, and takes again once there is', () => {
    const { stream, writer } = createWriter(4);
    expect(['a', 'bb', 'cc', 'd'].map((line) => writer.write(line))).toStrictEqual([true, true, true, false]);
    stream.answer();
    expect(writer.write('dddd')).toBe(true);
    expect(writer.write('e')).toBe(false);
  });

  it('sends a long queue in chunks of a pipe', () => {
    const { stream, writer } = createWriter(Number.POSITIVE_INFINITY);
    const line = 'x'.repeat(1000);
    for (let i = 0; i < 200; i++) writer.write(line);
    for (let i = 0; i < 5; i++) stream.answer();
    expect(writer.pending).toBe(0);
    expect(stream.texts.join('')).toBe(`${line}\n`.repeat(200));
    expect(Math.max(...stream.texts.map((text) => text.length))).toBeLessThan(68_000);
  });

  it('counts a write that failed and goes on', () => {
    const { stream, counts, writer } = createWriter();
    for (const line of ['a', 'b', 'c']) writer.write(line);
    stream.answer(false);
    stream.answer();
    expect(counts).toStrictEqual({ written: 2, failed: 1 });
  });

  it('counts every line as failed while the stream is closed, even a long queue of them', async () => {
    const { stream, counts, writer } = createWriter(Number.POSITIVE_INFINITY);
    const line = 'x'.repeat(60_000);
    for (let i = 0; i < 1000; i++) writer.write(line);
    stream.isOpen = false;
    stream.answer(false);
    expect(counts).toStrictEqual({ written: 0, failed: 1000 });
    await writer.whenIdle();
    expect(writer.write('late')).toBe(true);
    expect(counts.failed).toBe(1001);
  });

  it('says when it is idle', async () => {
    const { stream, writer } = createWriter();
    await writer.whenIdle();
    writer.write('a');
    let isIdle = false;
    const idle = writer.whenIdle().then(() => {
      isIdle = true;
    });
    await Promise.resolve();
    expect(isIdle).toBe(false);
    stream.answer();
    await idle;
  });
});

describe('LineWriter at the exit', () => {
  it('finishes the write under way, then writes what waits', () => {
    const { stream, counts, writer } = createWriter();
    for (const line of ['a', 'b', 'c']) writer.write(line);
    writer.flushSync(wait);
    expect(stream.finished).toStrictEqual(['a\n']);
    expect(stream.texts).toStrictEqual(['a\n', 'b\n', 'c\n']);
    expect(counts).toStrictEqual({ written: 3, failed: 0 });
    expect(writer.pending).toBe(0);
    stream.answer();
    expect(counts).toStrictEqual({ written: 3, failed: 0 });
  });

  it('does not repeat a write that was passed on at once', () => {
    const { stream, counts, writer } = createWriter();
    stream.idle = true;
    writer.write('a');
    writer.flushSync(wait);
    expect(stream.finished).toStrictEqual([]);
    expect(counts).toStrictEqual({ written: 1, failed: 0 });
  });

  it('does not repeat a write that was answered', () => {
    const { stream, writer } = createWriter();
    writer.write('a');
    stream.answer();
    writer.flushSync(wait);
    expect(stream.finished).toStrictEqual([]);
  });

  it('counts what a stuck reader did not take', () => {
    const { stream, counts, writer } = createWriter();
    for (const line of ['a', 'b', 'c', 'd']) writer.write(line);
    stream.room = 1;
    writer.flushSync(wait);
    expect(counts).toStrictEqual({ written: 2, failed: 2 });
  });

  it('writes nothing behind half a line', () => {
    const { stream, counts, writer } = createWriter();
    for (const line of ['a', 'b', 'c']) writer.write(line);
    stream.canFinish = false;
    writer.flushSync(wait);
    expect(stream.texts).toStrictEqual(['a\n']);
    expect(counts).toStrictEqual({ written: 0, failed: 3 });
  });
});
