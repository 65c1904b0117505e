import { describe, expect, it } from 'vitest';
import { type TextRecord, textCodec, textsOfRuns } from '../../test/text-records.ts';
import type { Clock, Random } from '../clock.ts';
import { Ledger } from '../ledger.ts';
import type { SealedBatch } from './batch.ts';
import { ChunkPool } from './chunk-pool.ts';
import type { RecordCodec } from './record-codec.ts';
import { type QueueListener, type QueueSettings, RecordQueue } from './record-queue.ts';

const settings: QueueSettings = {
  maxBytes: 1000,
  reserveRatio: 0.25,
  maxBatchRecords: 10,
  maxBatchBytes: 200,
  maxRecordBytes: 100,
  lingerMs: 200,
  urgentLingerMs: 20,
  aloneSeverity: Number.POSITIVE_INFINITY,
  isOrdered: false,
};

const INFO = 9;
const WARN = 13;
const ERROR = 17;

interface Setup {
  readonly settings?: Partial<QueueSettings>;
  readonly listener?: Partial<QueueListener>;
  readonly codec?: Partial<RecordCodec<TextRecord>>;
  readonly random?: Partial<Random>;
}

/** A queue, and everything it said; its time stands still at `time.nowMs`. */
function newQueue(setup: Setup = {}) {
  const time = { nowMs: 0 };
  const unused = () => {
    throw new Error('the queue starts nothing by itself');
  };
  const clock: Clock = { nowMs: () => time.nowMs, wallMs: () => 0, after: unused, holdFor: unused, soon: unused };
  let ids = 0;
  const random: Random = { next: () => 0, id: () => `id${ids++}`, ...setup.random };
  const ledger = new Ledger();
  const sealed: SealedBatch[] = [];
  const said: unknown[] = [];
  const queue = new RecordQueue(
    { ...textCodec, ...setup.codec },
    { ...settings, ...setup.settings },
    {
      clock,
      random,
      ledger,
      pool: new ChunkPool(setup.settings?.maxBatchBytes ?? settings.maxBatchBytes),
      listener: {
        onSealed: (batch) => sealed.push(batch),
        onAlone: (batch) => sealed.push(batch),
        onLingering: (delayMs) => said.push(`linger ${delayMs}`),
        makeRoom(bytes, lane) {
          said.push(`room ${bytes} ${lane}`);
          return false;
        },
        onNoRoom: ({ records }) => ledger.drop('queue_full', records),
        onReduced: () => said.push('reduced'),
        ...setup.listener,
      },
    },
  );
  const open = (): string[] => {
    const batches: SealedBatch[] = [];
    for (let batch = queue.sealOpen(); batch; batch = queue.sealOpen()) batches.push(batch);
    return batches.flatMap((batch) => textsOfRuns(batch.runs));
  };
  const law = () => {
    const { accepted, dropped } = ledger.counts();
    return accepted === dropped.total + queue.pendingRecords;
  };
  return { queue, ledger, sealed, said, time, open, law };
}

const text = (bytes: number): TextRecord => ({ text: 'x'.repeat(bytes - 4) });

describe('the budget', () => {
  it.each([
    ['one byte below', 99, 0],
    ['exactly there', 100, 0],
    ['one byte over', 101, 1],
  ])('of 1000 bytes with 900 taken: %s', (_what, bytes, dropped) => {
    const { queue, ledger, said } = newQueue({ settings: { maxRecordBytes: 200 } });
    for (let i = 0; i < 9; i++) queue.enqueue(text(100), WARN, 0);
    queue.enqueue(text(bytes), WARN, 0);
    expect(ledger.counts().dropped.byReason.queue_full).toBe(dropped);
    expect(queue.pendingBytes).toBe(dropped === 0 ? 900 + bytes : 900);
    expect(said.filter((line) => line === 'room 1 high').length).toBe(dropped);
  });

  it.each([
    ['one byte below', 49, 0],
    ['exactly there', 50, 0],
    ['one byte over', 51, 1],
  ])('below WARN ends at three quarters, with 700 taken: %s', (_what, bytes, dropped) => {
    const { queue, ledger } = newQueue();
    for (let i = 0; i < 7; i++) queue.enqueue(text(100), INFO, 0);
    queue.enqueue(text(bytes), INFO, 0);
    expect(ledger.counts().dropped.byReason.queue_full).toBe(dropped);
  });

  it('keeps its last quarter for WARN and above', () => {
    const { queue, ledger } = newQueue();
    for (let i = 0; i < 20; i++) queue.enqueue(text(100), INFO, 0);
    expect([queue.pendingRecords, ledger.counts().dropped.total]).toEqual([7, 13]);
    for (let i = 0; i < 20; i++) queue.enqueue(text(100), WARN, 0);
    expect([queue.pendingRecords, ledger.counts().dropped.total]).toEqual([10, 30]);
  });

  it('is free again for what was released', () => {
    const { queue, ledger } = newQueue();
    for (let i = 0; i < 10; i++) queue.enqueue(text(100), WARN, 0);
    queue.release(1, 100);
    queue.enqueue(text(100), WARN, 0);
    expect(ledger.counts().dropped.total).toBe(0);
  });

  it('takes a record for which room was made', () => {
    const { queue, ledger, law } = newQueue({
      listener: {
        makeRoom(bytes) {
          queue.release(2, 200);
          ledger.drop('queue_full', 2);
          return bytes <= 200;
        },
      },
    });
    for (let i = 0; i < 11; i++) queue.enqueue(text(100), WARN, 0);
    expect([queue.pendingRecords, queue.pendingBytes, law()]).toEqual([9, 900, true]);
  });
});

describe('a record that finds no room', () => {
  it.each([
    ['by itself', (queue: RecordQueue<TextRecord>) => queue.enqueue({ text: 'late' }, INFO, 3)],
    [
      'inside another',
      (queue: RecordQueue<TextRecord>) => {
        const onEncode = () => queue.enqueue({ text: 'late' }, WARN, 3);
        queue.enqueue({ text: 'outer', onEncode }, INFO, 0);
      },
    ],
  ])('%s is handed on with its bytes, and is none of ours any more', (_how, overflow) => {
    const refused: string[] = [];
    const { queue, ledger, law } = newQueue({
      listener: {
        onNoRoom(run) {
          refused.push(...textsOfRuns([run]), `of ${run.group}`);
          ledger.drop('queue_full', 1);
        },
      },
    });
    for (let i = 0; i < 10; i++) queue.enqueue(text(100), WARN, 0);
    overflow(queue);
    expect(refused.slice(0, 2)).toEqual(['late', 'of 3']);
    expect([queue.pendingRecords, queue.pendingBytes, law()]).toEqual([10, 1000, true]);
  });

  it('is counted when there is no memory to hand it on', () => {
    const { queue, ledger, law } = newQueue({
      listener: {
        onNoRoom() {
          throw new RangeError('no memory');
        },
      },
    });
    for (let i = 0; i < 11; i++) queue.enqueue(text(100), WARN, 0);
    expect(ledger.counts().dropped.byReason.queue_full).toBe(1);
    expect(law()).toBe(true);
  });
});

describe('sealing', () => {
  it.each([
    [9, 0],
    [10, 1],
    [11, 1],
  ])('by records: %i records make %i batches of ten', (records, batches) => {
    const { queue, sealed } = newQueue();
    for (let i = 0; i < records; i++) queue.enqueue(text(5), INFO, 0);
    expect(sealed.length).toBe(batches);
  });

  it.each([
    [99, 0],
    [100, 1],
  ])('by bytes: 100 and %i make %i batches of 200', (bytes, batches) => {
    const { queue, sealed } = newQueue();
    queue.enqueue(text(100), INFO, 0);
    queue.enqueue(text(bytes), INFO, 0);
    expect(sealed.length).toBe(batches);
  });

  it('seals what is open before a record that does not fit behind it', () => {
    const { queue, sealed, open } = newQueue();
    queue.enqueue(text(99), INFO, 0);
    queue.enqueue(text(98), INFO, 0);
    queue.enqueue({ text: 'next' }, INFO, 0);
    expect(sealed.map((batch) => batch.records)).toEqual([2]);
    expect(open()).toEqual(['next']);
  });

  it.each([
    ['INFO', INFO, 200],
    ['WARN', WARN, 200],
    ['ERROR', ERROR, 20],
  ])('by linger: an %s is due after its time, not before', (_name, severityNumber, lingerMs) => {
    const { queue, said, time } = newQueue();
    time.nowMs = 1000;
    queue.enqueue(text(5), severityNumber, 0);
    expect(said).toEqual([`linger ${lingerMs}`]);
    expect(queue.nextSealMs()).toBe(1000 + lingerMs);
    expect(queue.sealDue(1000 + lingerMs - 0.001)).toBeUndefined();
    expect(queue.sealDue(1000 + lingerMs)).toMatchObject({ records: 1, openedMs: 1000 });
    expect(queue.nextSealMs()).toBe(Number.POSITIVE_INFINITY);
  });

  it('asks to be looked at once per batch, and once more when an error shortens the wait', () => {
    const { queue, said } = newQueue();
    for (const severity of [WARN, WARN, ERROR, ERROR, WARN]) queue.enqueue(text(5), severity, 0);
    expect(said).toEqual(['linger 200', 'linger 20']);
  });

  it('gives the high lane first', () => {
    const { queue, open } = newQueue();
    queue.enqueue({ text: 'info' }, INFO, 0);
    queue.enqueue({ text: 'warn' }, WARN, 0);
    expect(open()).toEqual(['warn', 'info']);
  });
});

describe('what cannot be taken', () => {
  it('is counted when its encoding throws, and the next record is fine', () => {
    const { queue, ledger, open, law } = newQueue();
    queue.enqueue({ text: 'a' }, INFO, 0);
    queue.enqueue(
      {
        text: 'b',
        onEncode: () => {
          throw new RangeError('full stack');
        },
      },
      INFO,
      0,
    );
    queue.enqueue({ text: 'c' }, INFO, 0);
    expect(ledger.counts().dropped.byReason.encode_error).toBe(1);
    expect(law()).toBe(true);
    expect(open()).toEqual(['a', 'c']);
  });

  it('is counted when it fits in no form', () => {
    const { queue, ledger, law } = newQueue({ codec: { encodeReduced: () => -1 } });
    queue.enqueue(text(101), INFO, 0);
    expect(ledger.counts().dropped.byReason.encode_error).toBe(1);
    expect(law()).toBe(true);
  });

  it('is cut when it is larger than a record may be', () => {
    const { queue, said, open } = newQueue();
    queue.enqueue(text(100), INFO, 0);
    expect(said).not.toContain('reduced');
    queue.enqueue(text(101), INFO, 0);
    expect(said).toContain('reduced');
    expect(open().at(-1)).toMatch(/^x+\.\.\.cut$/);
  });

  it('is counted after close, and nothing open is lost by it', () => {
    const { queue, ledger, open, law } = newQueue();
    queue.enqueue({ text: 'a' }, INFO, 0);
    queue.close();
    queue.close();
    queue.enqueue({ text: 'b' }, INFO, 0);
    expect(ledger.counts().dropped.byReason.closed).toBe(1);
    expect(law()).toBe(true);
    expect(open()).toEqual(['a']);
  });

  it('never throws into the caller, even when there is no memory for a sealed batch', () => {
    let noMemory = true;
    const id = () => {
      if (noMemory) throw new RangeError('no memory');
      return 'id';
    };
    const { queue, ledger, sealed, law } = newQueue({ random: { id } });
    for (let i = 0; i < 12; i++) queue.enqueue(text(20), INFO, 0);
    expect([queue.pendingRecords, ledger.counts().dropped.byReason.encode_error]).toEqual([10, 2]);
    noMemory = false;
    queue.enqueue(text(20), INFO, 0);
    expect(sealed.map((batch) => batch.records)).toEqual([10]);
    expect(law()).toBe(true);
  });
});

describe('a record logged while another is being encoded', () => {
  it('is not sealed into a batch half written: a getter may ask for a flush', () => {
    const sealDue = () => queue.sealOpen();
    const { queue, open, law } = newQueue();
    queue.enqueue({ text: 'before' }, INFO, 0);
    queue.enqueue({ text: 'outer', onEncode: () => expect(sealDue()).toBeUndefined() }, INFO, 0);
    expect(open()).toEqual(['before', 'outer']);
    expect(law()).toBe(true);
  });

  it('is counted when a getter ends the process, and what stands before it is sealed', () => {
    const { queue, ledger, open } = newQueue();
    const found: unknown[] = [];
    const onEncode = () => {
      queue.abandonEncode();
      found.push(open(), ledger.counts().dropped.byReason.encode_error);
    };
    queue.enqueue({ text: 'before' }, INFO, 0);
    queue.enqueue({ text: 'outer', onEncode }, INFO, 0);
    expect(found).toEqual([['before'], 1]);
  });

  it('is taken right behind it', () => {
    const { queue, open, law } = newQueue();
    const inner = () => queue.enqueue({ text: 'inner' }, INFO, 1);
    queue.enqueue({ text: 'before' }, INFO, 0);
    queue.enqueue({ text: 'outer', onEncode: inner }, INFO, 0);
    queue.enqueue({ text: 'after' }, INFO, 0);
    expect(open()).toEqual(['before', 'outer', 'inner', 'after']);
    expect(law()).toBe(true);
  });

  it('goes to its own lane', () => {
    const { queue, open } = newQueue();
    queue.enqueue({ text: 'outer', onEncode: () => queue.enqueue({ text: 'inner' }, ERROR, 0) }, INFO, 0);
    expect(open()).toEqual(['inner', 'outer']);
  });

  it('survives when the other one cannot be encoded', () => {
    const { queue, open, law } = newQueue();
    const onEncode = () => {
      queue.enqueue({ text: 'inner' }, INFO, 0);
      throw new Error('the getter threw');
    };
    queue.enqueue({ text: 'outer', onEncode }, INFO, 0);
    expect(open()).toEqual(['inner']);
    expect(law()).toBe(true);
  });

  it('is dropped as encode_error when records log themselves without end', () => {
    const { queue, ledger, open, law } = newQueue();
    const endless: TextRecord = { text: 'again', onEncode: () => queue.enqueue(endless, INFO, 0) };
    queue.enqueue(endless, INFO, 0);
    expect(ledger.counts().dropped.byReason.encode_error).toBe(1);
    expect(law()).toBe(true);
    expect(open().length).toBe(9);
  });

  it('is held to the budget at once, not only when the other one is done', () => {
    let mostBytes = 0;
    const { queue, law } = newQueue();
    const onEncode = () => {
      for (let i = 0; i < 100; i++) queue.enqueue(text(100), WARN, 0);
      mostBytes = queue.pendingBytes;
    };
    queue.enqueue({ text: 'outer', onEncode }, WARN, 0);
    expect(mostBytes).toBeLessThanOrEqual(1000);
    expect(law()).toBe(true);
  });

  it('sees a ledger that adds up', () => {
    const { queue, law } = newQueue();
    const seen: boolean[] = [];
    const onEncode = () => {
      seen.push(law());
      queue.enqueue({ text: 'inner' }, INFO, 0);
      seen.push(law());
    };
    queue.enqueue({ text: 'outer', onEncode }, INFO, 0);
    expect(seen).toEqual([true, true]);
  });

  it('is cut like any other', () => {
    const { queue, said, open } = newQueue();
    queue.enqueue({ text: 'outer', onEncode: () => queue.enqueue(text(101), INFO, 0) }, INFO, 0);
    expect(said).toContain('reduced');
    expect(open()[1]).toMatch(/^x+\.\.\.cut$/);
  });

  it('is counted when it fits in no form', () => {
    const { queue, ledger, open, law } = newQueue({ codec: { encodeReduced: () => -1 } });
    queue.enqueue({ text: 'outer', onEncode: () => queue.enqueue(text(101), INFO, 0) }, INFO, 0);
    expect(ledger.counts().dropped.byReason.encode_error).toBe(1);
    expect(open()).toEqual(['outer']);
    expect(law()).toBe(true);
  });
});
