import {
  createDelivery,
  createFanOut,
  type Delivery,
  type Destination,
  defaults,
  type EncodedRecord,
  encodedRecordCodec,
  type RecordCodec,
} from '@logflume/delivery';
import { describe, expect, it } from 'vitest';
import { type TextRecord, textCodec, textFormat, textsOf } from '../../../delivery/test/text-records.ts';
import {
  createManualClock,
  createScriptedTransport,
  createSeededRandom,
  type TransportScript,
} from '../../src/index.ts';
import { createMemoryStdio } from '../../src/memory-stdio.ts';
import { ERROR, INFO, ok, refused, unavailable, url } from './engine.ts';

/** Reads its record for the short form too, as real ones do. */
const codec: RecordCodec<TextRecord> = {
  ...textCodec,
  encodeReduced(bytes, at, record, maxBytes) {
    record.onEncode?.();
    return textCodec.encodeReduced(bytes, at, record, maxBytes);
  },
};

type Accepts = Destination<TextRecord>['accepts'];

interface Place {
  readonly script: TransportScript;
  readonly accepts?: Accepts;
  readonly maxBytes?: number;
}

/** One delivery over destinations that share a clock and nothing else. */
function createPlaces(places: Readonly<Record<string, Place>>) {
  const clock = createManualClock();
  const failures: unknown[] = [];
  const sent: Record<string, () => string[]> = {};
  const destinations = Object.entries(places).map(([name, { script, accepts, maxBytes }]) => {
    const network = createScriptedTransport(script, { clock });
    sent[name] = () => network.requests.flatMap(({ body }) => textsOf(body));
    const delivery: Delivery<EncodedRecord<TextRecord>> = createDelivery({
      name,
      codec: encodedRecordCodec(codec),
      format: textFormat,
      endpoints: [{ url: url(name) }],
      queue: { maxBytes },
      exit: { hooks: false },
      clock,
      random: createSeededRandom(1),
      transport: network,
      stdio: createMemoryStdio(clock),
    });
    return { name, delivery, accepts };
  });
  const delivery = createFanOut<TextRecord>({
    codec,
    destinations,
    maxRecordBytes: defaults.maxRecordBytes,
    onRouteFailed: (error) => failures.push(error),
  });
  const log = (text: string, severityNumber = INFO, onEncode: () => void = () => undefined) =>
    delivery.enqueue({ text, onEncode }, severityNumber, 0);
  return { delivery, clock, sent, failures, log };
}

function expectLaw(delivery: Delivery<TextRecord>): void {
  const { destinations = {}, ...sums } = delivery.stats();
  for (const { accepted, delivered, rejected, fallback, dropped, pending } of [sums, ...Object.values(destinations)]) {
    expect(accepted).toBe(delivered + rejected + fallback + dropped.total + pending);
  }
}

describe('a delivery over several destinations', () => {
  it('encodes a record once and sends the same bytes to each', async () => {
    const { delivery, clock, sent, log } = createPlaces({ a: { script: () => ok }, b: { script: () => ok } });
    let encoded = 0;
    for (let i = 0; i < 10; i++) log(`record ${i}`, INFO, () => void encoded++);
    await clock.advance(1000);
    expect(encoded).toBe(10);
    expect(sent['a']?.()).toHaveLength(10);
    expect(sent['b']?.()).toEqual(sent['a']?.());
    expect(delivery.stats()).toMatchObject({
      accepted: 20,
      delivered: 20,
      destinations: { a: { accepted: 10, delivered: 10 }, b: { accepted: 10, delivered: 10 } },
    });
    expectLaw(delivery);
  });

  it('neither slows, starves nor evicts one destination when another is dead and full', async () => {
    const { delivery, clock, sent, log } = createPlaces({
      dead: { script: () => refused, maxBytes: 64 * 1024 },
      alive: { script: () => ok },
    });
    for (let round = 0; round < 100; round++) {
      for (let i = 0; i < 100; i++) log(`${round}.${i} ${'x'.repeat(90)}`, i % 10 === 0 ? ERROR : INFO);
      await clock.advance(250);
      expectLaw(delivery);
    }
    const { destinations } = delivery.stats();
    expect(destinations?.['alive']).toMatchObject({ accepted: 10_000, delivered: 10_000, fallback: 0, pending: 0 });
    expect(destinations?.['dead']?.delivered).toBe(0);
    expect(destinations?.['dead']?.fallback).toBeGreaterThan(1000);
    expect(sent['alive']?.()).toHaveLength(10_000);
  });

  it('acknowledges for each destination apart: what one refuses, another keeps trying', async () => {
    const { delivery, clock, log } = createPlaces({
      refusing: { script: () => ({ kind: 'reply', status: 400 }) },
      failing: { script: (_, number) => (number === 0 ? unavailable : ok) },
    });
    log('record');
    await clock.advance(60_000);
    expect(delivery.stats()).toMatchObject({
      accepted: 2,
      destinations: { refusing: { rejected: 1 }, failing: { delivered: 1 } },
    });
  });

  it('sends a record where a route says, and counts what no route takes nowhere', async () => {
    const { delivery, clock, sent, log } = createPlaces({
      errors: { script: () => ok, accepts: ({ severityNumber }) => severityNumber >= ERROR },
      long: { script: () => ok, accepts: ({ bytes }) => bytes.length > 20 },
    });
    log('error', ERROR);
    log('a rather long record of text');
    log('short');
    await clock.advance(1000);
    expect(sent['errors']?.()).toEqual(['error']);
    expect(sent['long']?.()).toEqual(['a rather long record of text']);
    expect(delivery.stats().accepted).toBe(2);
  });

  it('sends a record to all destinations when a route throws', async () => {
    const { clock, sent, failures, log } = createPlaces({
      none: { script: () => ok, accepts: () => false },
      broken: {
        script: () => ok,
        accepts: () => {
          throw new Error('mine');
        },
      },
    });
    log('record');
    await clock.advance(1000);
    expect([sent['none']?.(), sent['broken']?.()]).toEqual([['record'], ['record']]);
    expect(failures).toEqual([new Error('mine')]);
  });

  it('keeps records apart that are logged while another is encoded', async () => {
    const { delivery, clock, sent, log } = createPlaces({ a: { script: () => ok }, b: { script: () => ok } });
    log('outer', INFO, () => log('inner', INFO, () => log('innermost')));
    await clock.advance(1000);
    expect(sent['a']?.()).toEqual(['innermost', 'inner', 'outer']);
    expect(sent['b']?.()).toEqual(sent['a']?.());
    expectLaw(delivery);
  });

  it('lets each destination cut a record to its own limit', async () => {
    const { clock, sent, log } = createPlaces({
      small: { script: () => ok, maxBytes: 64 * 1024 },
      large: { script: () => ok },
    });
    log('x'.repeat(100_000));
    log('y'.repeat(300_000));
    await clock.advance(1000);
    const lengths = (name: string) => sent[name]?.().map((text) => text.length + 4);
    expect(lengths('small')).toEqual([8192, 8192]);
    expect(lengths('large')).toEqual([100_004, defaults.maxRecordBytes]);
  });

  it('counts a record that cannot be encoded in every destination it was for', () => {
    const { delivery, log } = createPlaces({ a: { script: () => ok }, b: { script: () => ok } });
    const tooMuch = () => {
      throw new RangeError('Maximum call stack size exceeded');
    };
    expect(() => log('record', INFO, tooMuch)).not.toThrow();
    const each = { accepted: 1, dropped: { byReason: { encode_error: 1 } } };
    expect(delivery.stats()).toMatchObject({ accepted: 2, destinations: { a: each, b: each } });
    expectLaw(delivery);
  });

  it('closes all of them at once, and answers with their sum', async () => {
    const { delivery, clock, log } = createPlaces({ dead: { script: () => refused }, alive: { script: () => ok } });
    for (let i = 0; i < 5; i++) log(`${i}`);
    const closing = delivery.close({ timeoutMs: 2000 });
    await clock.advance(2000);
    await expect(closing).resolves.toMatchObject({ accepted: 10, delivered: 5, fallback: 5, pending: 0 });
    log('late');
    expect(delivery.stats().dropped.byReason.closed).toBe(2);
    expectLaw(delivery);
  });
});
