import { Buffer } from 'node:buffer';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Compression, DeliveryOptions } from '@logflume/delivery';
import { describe, expect, it } from 'vitest';
import { type TextRecord, textFormat, textsOf } from '../../../delivery/test/text-records.ts';
import type { ScriptedAnswer } from '../../src/index.ts';
import { numberedFormat } from '../../src/sim/numbered-records.ts';
import { createEngine, type Engine, isLawful, ok, unavailable } from './engine.ts';

const taken = { ...ok, isBodyFree: true } as const;

/** Eight of these fill a batch of 8 KiB, so that its chunk is used again. */
const batch = { maxBytes: 8192, lingerMs: 10 };
const textOf = (number: number): string => `${number} `.padEnd(1000, String.fromCharCode(97 + (number % 26)));

/** Takes the memory of its bodies from where the engine says. */
const format = { ...textFormat, frame: numberedFormat.frame };

/** Logs numbered records in bursts over an answer, and holds each request's body to what it was when it was sent. */
async function run(
  answer: (number: number, body: Uint8Array) => ScriptedAnswer,
  options: Partial<DeliveryOptions<TextRecord>> = {},
) {
  const sent: { readonly body: Uint8Array; readonly copy: Buffer; endMs: number }[] = [];
  const arrived: string[] = [];
  const engine: Engine = createEngine(
    ({ body }, number) => {
      const reply = answer(number, body);
      const delayMs = 'delayMs' in reply ? (reply.delayMs ?? 0) : 0;
      sent.push({ body, copy: Buffer.from(body), endMs: engine.clock.nowMs() + delayMs });
      if (reply.kind === 'reply' && reply.status === 200)
        arrived.push(...textsOf(options.compression?.name === 'gzip' ? gunzipSync(body) : body));
      return reply;
    },
    { batch, queue: { maxBytes: 64 * 1024 }, format, ...options },
  );
  const changed = () =>
    sent.filter(({ body, copy, endMs }) => endMs > engine.clock.nowMs() && !copy.equals(body)).length;
  let logged = 0;
  for (let burst = 0; burst < 12; burst++) {
    for (let i = 0; i < 20; i++) engine.log(textOf(logged++));
    // The next burst comes while the rest of this one is on its way.
    while (engine.delivery.stats().pending > 14) {
      await engine.clock.advance(5);
      expect(changed()).toBe(0);
    }
  }
  await engine.clock.advance(600_000);
  expect(isLawful(engine)).toBe(true);
  const buffers = new Set(sent.map(({ body }) => body.buffer)).size;
  return { logged, arrived, buffers, requests: sent.length, pending: engine.delivery.stats().pending };
}

const gzip: Compression = {
  name: 'gzip',
  compress: async (body) => gzipSync(body, { level: 0 }),
  compressSync: (body) => gzipSync(body, { level: 0 }),
};

/** What nobody here could read back. */
const foreign: Compression = {
  name: 'x',
  compress: async (body) => Uint8Array.from(body),
  compressSync: (body) => Uint8Array.from(body),
};

/** A coding may find that it has nothing to do. */
const unchanged: Compression = { name: 'x', compress: async (body) => body, compressSync: (body) => body };

/** How many of the numbered texts arrived once, as they were. */
const whole = (arrived: readonly string[], logged: number): number => {
  const times = new Map<string, number>();
  for (const text of arrived) times.set(text, (times.get(text) ?? 0) + 1);
  return Array.from({ length: logged }, (_, number) => times.get(textOf(number))).filter((n) => n === 1).length;
};

describe('the memory of batches', () => {
  it('is used again for the next ones once they are delivered', async () => {
    const { logged, arrived, buffers, requests, pending } = await run(() => taken);
    expect([arrived.length, whole(arrived, logged), pending]).toEqual([logged, logged, 0]);
    expect(buffers).toBeLessThan(requests / 2);
  });

  it('is not used again while a transport may still read it', async () => {
    const { arrived, logged, buffers, requests } = await run(() => ok);
    expect([arrived.length, whole(arrived, logged)]).toEqual([logged, logged]);
    expect(buffers).toBe(requests);
  });

  it('is not used again where a compression answers with what it was given', async () => {
    const { arrived, logged } = await run(() => ok, { compression: unchanged });
    expect([arrived.length, whole(arrived, logged)]).toEqual([logged, logged]);
  });

  it('is not used again while the request before other credentials may still be on its way', async () => {
    const refused = new WeakSet<Uint8Array>();
    const answer = (_: number, body: Uint8Array): ScriptedAnswer => {
      if (refused.has(body)) return taken;
      refused.add(body);
      return { kind: 'reply', status: 401, delayMs: 10 };
    };
    let token = 0;
    const headers = async () => ({ authorization: `${token++}` });
    const { arrived, logged, buffers, requests } = await run(answer, { headers });
    expect([arrived.length, whole(arrived, logged), buffers]).toEqual([logged, logged, requests / 2]);
  });

  it.each([
    ['are refused as too large and cut', (_: number, body: Uint8Array) => (body.length > 3000 ? tooLarge : taken)],
    ['are tried again', (number: number) => (number % 3 === 0 ? { ...unavailable, isBodyFree: true } : taken)],
  ])('is not used again for batches that %s before all of it is done with', async (_, answer) => {
    for (const compression of [undefined, gzip, foreign]) {
      const { logged, arrived, pending } = await run(answer, { compression });
      expect([arrived.length, whole(arrived, logged), pending]).toEqual([logged, logged, 0]);
    }
  });
});

const tooLarge = { kind: 'reply', status: 413, delayMs: 10, isBodyFree: true } as const;
