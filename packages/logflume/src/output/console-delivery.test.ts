import {
  createReporter,
  type Delivery,
  type DeliveryStats,
  type Reporter,
  runExitHooks,
  systemClock,
} from '@logflume/delivery';
import type { LogRecordInput } from '@logflume/otlp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { alongside, createConsoleDelivery, createNoDelivery } from './console-delivery.ts';
import type { LineStream } from './line-writer.ts';

const record: LogRecordInput = {
  timeMs: 1,
  timeNanos: 0,
  observedTimeMs: 1,
  observedTimeNanos: 0,
  severityNumber: 9,
  severityText: 'INFO',
  body: 'm',
  attributes: undefined,
  exception: undefined,
  bound: undefined,
  eventName: '',
  traceId: '',
  spanId: '',
  traceFlags: 0,
};

/** What is asked of the streams of a test and was not answered yet. */
const unanswered: ((written: boolean) => void)[][] = [];

/** A stream that answers when told to. */
function createStream(answers: ((written: boolean) => void)[] = []) {
  const texts: string[] = [];
  let isOpen = true;
  unanswered.push(answers);
  const stream: LineStream = {
    write(text, done) {
      if (!isOpen) return false;
      texts.push(text);
      answers.push(done);
      return true;
    },
    writeLinesSync(lines) {
      texts.push(...lines);
      return lines.length;
    },
    finishSync: () => true,
    isIdle: () => false,
  };
  return { stream, texts, answer: (written = true) => answers.shift()?.(written), breaks: () => (isOpen = false) };
}

const textOf = ({ body }: LogRecordInput) => String(body);

function expectLaw({ accepted, delivered, rejected, fallback, dropped, pending }: DeliveryStats): void {
  expect(accepted).toBe(delivered + rejected + fallback + dropped.total + pending);
  expect(dropped.total).toBe(Object.values(dropped.byReason).reduce((sum, records) => sum + records, 0));
}

const open: Delivery<LogRecordInput>[] = [];
function createDelivery(
  stream: LineStream,
  options: { toLine?: typeof textOf; maxBytes?: number; timeoutMs?: number; reporter?: Reporter } = {},
) {
  const { toLine = textOf, maxBytes = 1000, timeoutMs, reporter } = options;
  const delivery = createConsoleDelivery(toLine, stream, { maxBytes, timeoutMs, reporter });
  open.push(delivery);
  return delivery;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(async () => {
  for (const delivery of open.splice(0)) {
    const closed = delivery.close({ timeoutMs: 1 });
    await vi.runAllTimersAsync();
    await closed;
  }
  for (const answers of unanswered.splice(0)) for (const answer of answers) answer(false);
  await vi.runAllTimersAsync();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

describe('the ledger of a console', () => {
  it('holds at every step', async () => {
    const { stream, answer } = createStream();
    const delivery = createDelivery(stream, { maxBytes: 2 });
    const log = () => {
      delivery.enqueue(record, 9, 0);
      expectLaw(delivery.stats());
    };
    for (let i = 0; i < 5; i++) log();
    expect(delivery.stats()).toMatchObject({ accepted: 5, pending: 3, dropped: { byReason: { queue_full: 2 } } });
    answer();
    expectLaw(delivery.stats());
    answer(false);
    expectLaw(delivery.stats());
    const stats = { delivered: 1, pending: 0, dropped: { total: 4, byReason: { queue_full: 2, fallback_failed: 2 } } };
    expect(delivery.stats()).toMatchObject(stats);
    await delivery.close();
    log();
    expect(delivery.stats()).toMatchObject({ accepted: 6, dropped: { byReason: { closed: 1 } } });
  });

  it('holds for a getter that looks', () => {
    const { stream } = createStream();
    const seen: DeliveryStats[] = [];
    const delivery = createDelivery(stream, {
      toLine: (given) => {
        seen.push(delivery.stats());
        return textOf(given);
      },
    });
    delivery.enqueue(record, 9, 0);
    seen.forEach(expectLaw);
    expect(seen).toHaveLength(1);
  });

  it('counts a record that cannot become a line', () => {
    const { stream, texts } = createStream();
    const delivery = createDelivery(stream, {
      toLine: () => {
        throw new RangeError('Maximum call stack size exceeded');
      },
    });
    delivery.enqueue(record, 9, 0);
    expectLaw(delivery.stats());
    expect(delivery.stats().dropped.byReason.encode_error).toBe(1);
    expect(texts).toStrictEqual([]);
  });

  it('counts what a broken stream does not take', () => {
    const { stream, breaks } = createStream();
    const delivery = createDelivery(stream);
    breaks();
    delivery.enqueue(record, 9, 0);
    expectLaw(delivery.stats());
    expect(delivery.stats().dropped.byReason.fallback_failed).toBe(1);
  });
});

describe('flush and close of a console', () => {
  it('wait for a slow reader', async () => {
    const { stream, answer } = createStream();
    const delivery = createDelivery(stream);
    delivery.enqueue(record, 9, 0);
    delivery.enqueue(record, 9, 0);
    const [flushed, closed] = [delivery.flush(), delivery.close()];
    answer();
    answer();
    await expect(flushed).resolves.toMatchObject({ accepted: 2, delivered: 2, pending: 0, dropped: 0 });
    await expect(closed).resolves.toMatchObject({ delivered: 2 });
  });

  it('settle by their deadline when the reader is stuck', async () => {
    const { stream } = createStream();
    const delivery = createDelivery(stream);
    delivery.enqueue(record, 9, 0);
    const flushed = delivery.flush({ timeoutMs: 50 });
    await vi.advanceTimersByTimeAsync(50);
    await expect(flushed).resolves.toMatchObject({ delivered: 0, pending: 1 });
  });

  it.each([
    ['what it was given', undefined, 70],
    ['what the call asks for', { timeoutMs: 20 }, 20],
    ['a long time, not none', { timeoutMs: Number.POSITIVE_INFINITY }, 2 ** 31 - 1],
  ])('settle by %s', async (_what, asked, ms) => {
    const { stream } = createStream();
    const delivery = createDelivery(stream, { timeoutMs: 70 });
    delivery.enqueue(record, 9, 0);
    let isSettled = false;
    const settled = (async () => {
      await delivery.flush(asked);
      isSettled = true;
    })();
    await vi.advanceTimersByTimeAsync(ms - 1);
    expect(isSettled).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await settled;
  });

  it('close answers every call as the first', async () => {
    const { stream } = createStream();
    const delivery = createDelivery(stream);
    const closed = delivery.close();
    expect(delivery.close()).toBe(closed);
    await closed;
    await delivery[Symbol.asyncDispose]();
  });
});

describe('the exit hooks of a console', () => {
  const listeners = () => process.listenerCount('exit') + process.listenerCount('beforeExit');

  it('are there while it is open, and gone when it is closed', async () => {
    const before = listeners();
    const { stream } = createStream();
    const delivery = createDelivery(stream);
    expect(listeners()).toBe(before + 2);
    await delivery.close();
    expect(listeners()).toBe(before);
  });

  it('stay after a close until a slow reader has caught up', async () => {
    const before = listeners();
    const { stream, answer } = createStream();
    const delivery = createDelivery(stream);
    delivery.enqueue(record, 9, 0);
    const closed = delivery.close({ timeoutMs: 50 });
    await vi.advanceTimersByTimeAsync(50);
    await expect(closed).resolves.toMatchObject({ pending: 1 });
    expect(listeners()).toBe(before + 2);
    answer();
    await vi.runAllTimersAsync();
    expect(delivery.stats()).toMatchObject({ delivered: 1, pending: 0 });
    expect(listeners()).toBe(before);
  });
});

describe('the losses of a console', () => {
  /** What it tells: of events their reason and number, of lines that they are there. */
  function createTold() {
    const told: string[] = [];
    const reporter = createReporter({
      onDiagnostic: (event) => void told.push('records' in event ? `${event.kind} ${event.records}` : event.kind),
      stdio: { write: () => told.push('line') > 0, writeLinesSync: (lines) => told.push(...lines.map(() => 'sync')) },
      clock: systemClock,
    });
    return { told, reporter };
  }

  it('are told by its close', async () => {
    const { told, reporter } = createTold();
    const { stream, breaks } = createStream();
    const delivery = createDelivery(stream, { reporter });
    breaks();
    for (let i = 0; i < 3; i++) delivery.enqueue(record, 9, 0);
    expect(told).toEqual([]);
    await delivery.close();
    expect(told).toEqual(['recordsDropped 3', 'line']);
  });

  it('are told at the end of the process, those after its close too', async () => {
    const { told, reporter } = createTold();
    const { stream } = createStream();
    const delivery = createDelivery(stream, { maxBytes: 1, reporter });
    for (let i = 0; i < 4; i++) delivery.enqueue(record, 9, 0);
    runExitHooks();
    expect(told).toEqual(['recordsDropped 2', 'sync']);
    await delivery.close();
    delivery.enqueue(record, 9, 0);
    runExitHooks();
    expect(told).toEqual(['recordsDropped 2', 'sync', 'recordsDropped 1', 'sync']);
  });
});

describe('a console beside a backend', () => {
  it('gets every record, and is waited for; the ledger is the backend’s', async () => {
    const printed = createStream();
    const sent: LogRecordInput[] = [];
    const backend: Delivery<LogRecordInput> = { ...createNoDelivery(), enqueue: (given) => void sent.push(given) };
    const both = alongside(backend, [{ name: 'console', delivery: createDelivery(printed.stream) }]);
    both.enqueue(record, 9, 0);
    expect([sent, printed.texts]).toStrictEqual([[record], ['m\n']]);
    let isFlushed = false;
    const flushed = both.flush().then(() => {
      isFlushed = true;
    });
    await Promise.resolve();
    await Promise.resolve();
    expect(isFlushed).toBe(false);
    printed.answer();
    await flushed;
    await both[Symbol.asyncDispose]();
    both.enqueue(record, 9, 0);
    expect(printed.texts).toHaveLength(1);
  });
});

describe('no output', () => {
  it('takes nothing and answers everything', async () => {
    const delivery = createNoDelivery();
    delivery.enqueue(record, 9, 0);
    expectLaw(delivery.stats());
    await expect(delivery.flush()).resolves.toMatchObject({ accepted: 0 });
    await expect(delivery.close()).resolves.toMatchObject({ accepted: 0 });
    await delivery[Symbol.asyncDispose]();
  });
});
