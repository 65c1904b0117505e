import {
  type DeliveryStats,
  defaults,
  type Transport,
  type TransportRequest,
  type TransportResult,
} from '@logflume/delivery';
import type { ManualClock } from '../manual-clock.ts';
import { createScriptedTransport, type ScriptedAnswer } from '../scripted-transport.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { Complain, GroundTruth } from './ground-truth.ts';
import { numberedFormat, numbersOf } from './numbered-records.ts';

/** What an endpoint does for a while. */
const behaviours = [
  'ok',
  'ok',
  'slow',
  'refuse',
  'reset',
  'hang',
  'unavailable',
  'retryAfter',
  'retryAfterDate',
  'retryAfterGarbage',
  'tooMany',
  'serverError',
  'badGateway',
  'badRequest',
  'unauthorized',
  'tooLarge',
  'partial',
  'warning',
  'replyLost',
  'truncated',
  'foreign',
  'noDescriptors',
  'mixed',
] as const;

type Behaviour = (typeof behaviours)[number];

const MAX_RETRY_AFTER_MS = 300_000;

/** An endpoint: how it behaves, and what the process that talks to it knows of it. */
interface Place {
  readonly url: string;
  behaviour: Behaviour;
  inFlight: number;
  successes: number;
  /** Until when a Retry-After asked for silence. */
  silentUntilMs: number;
}

/** A request, read once. */
interface Arrival {
  readonly id: string;
  readonly numbers: readonly number[];
  readonly bodyBytes: number;
}

/** What a process is given to send with, and what it may be asked about. */
export interface Sender {
  readonly stats: () => DeliveryStats;
  /** Whether the process lives: what a dead one is told, nobody hears. */
  readonly isAlive: () => boolean;
}

export interface SimulatedNetwork {
  readonly urls: readonly string[];
  /** Records the process now running was told of as taken; what it counts as delivered must be the same number. */
  readonly ackedRecords: number;
  readonly requests: number;
  /** Answers of 413. */
  readonly splits: number;
  /** The way of a new process to the endpoints, which know nothing of it yet. */
  connect(sender: Sender): Transport;
  /** One endpoint behaves in another way from now on. */
  change(): string;
  heal(): void;
}

/**
 * Endpoints that misbehave. Whatever a promise forbids is complained about where it shows: when a request arrives or its
 * answer leaves.
 */
export function createSimulatedNetwork(
  parts: { readonly clock: ManualClock; readonly random: SeededRandom; readonly truth: GroundTruth },
  complain: Complain,
): SimulatedNetwork {
  const { clock, random, truth } = parts;
  const maxBodyBytes = random.between(100, 2000);
  const places: Place[] = Array.from({ length: random.between(1, 4) }, (_, at) => ({
    url: `http://endpoint-${at}/v1/logs`,
    behaviour: random.pick(behaviours),
    inFlight: 0,
    successes: 0,
    silentUntilMs: 0,
  }));
  /** A copy of the body of each batch: the bytes of a sealed one never change, and its memory is used again. */
  const bodies = new Map<string, Buffer>();
  let ackedRecords = 0;
  let splits = 0;
  let requests = 0;

  const arrivals = new WeakMap<TransportRequest, Arrival>();

  function arrivalOf(request: TransportRequest): Arrival {
    let arrival = arrivals.get(request);
    if (arrival === undefined) {
      const { headers, body } = request;
      const id = headers['idempotency-key'] ?? '';
      arrival = { id, numbers: readBody(id, body), bodyBytes: body.length };
      arrivals.set(request, arrival);
    }
    return arrival;
  }

  function readBody(id: string, body: Uint8Array): number[] {
    const before = bodies.get(id);
    if (before === undefined) bodies.set(id, Buffer.from(body));
    else if (!before.equals(body)) complain(`the bytes of batch ${id} changed`);
    try {
      return numbersOf(body);
    } catch (error) {
      complain(`batch ${id}: ${String(error)}`);
      return [];
    }
  }

  const placeOf = (url: string): Place => {
    const place = places.find((candidate) => candidate.url === url);
    if (place === undefined) throw new Error(`a request went to ${url}, which nobody configured`);
    return place;
  };

  function checkArrival({ id, numbers }: Arrival, place: Place, sender: Sender): void {
    if (!/^[0-9a-f]{32}$/.test(id)) complain(`a request has the idempotency-key ${id}`);
    truth.sent(numbers);
    const now = sender.stats().endpoints.find(({ url }) => url === place.url);
    if (now?.state !== 'closed' && now?.state !== 'half-open') {
      complain(`a request went to ${place.url}: ${now?.state}`);
    }
    if (now?.state === 'half-open' && place.inFlight > 0) complain(`two probes at ${place.url}`);
    if (place.inFlight + 1 > Math.min(defaults.maxConcurrency, 1 + place.successes)) {
      complain(`${place.inFlight + 1} requests at ${place.url} after ${place.successes} successes`);
    }
    if (clock.nowMs() < place.silentUntilMs) {
      complain(`a request came ${place.silentUntilMs - clock.nowMs()} ms before the Retry-After of ${place.url}`);
    }
  }

  const network = createScriptedTransport((request) => answer(arrivalOf(request), placeOf(request.url)), { clock });

  function answer(arrival: Arrival, place: Place): ScriptedAnswer {
    const kind = place.behaviour === 'mixed' ? random.pick(behaviours) : place.behaviour;
    const delayMs = random.between(1, 40);
    const records = arrival.numbers.length;
    const take = (): void => truth.take(arrival.id, arrival.numbers);
    const reply = (status: number, more: object = {}): ScriptedAnswer => ({
      kind: 'reply',
      status,
      delayMs,
      isBodyFree: true,
      ...more,
    });
    const verdict = (text: string) =>
      reply(200, { contentType: numberedFormat.contentType, body: Buffer.from(text), delayMs });
    switch (kind) {
      case 'mixed':
      case 'ok':
        take();
        return reply(random.pick([200, 204]));
      case 'slow':
        take();
        return reply(200, { delayMs: random.between(500, 8000) });
      case 'refuse':
        return { kind: 'failure', code: 'ECONNREFUSED', delayMs: 1 };
      case 'reset':
        if (random.chance(0.5)) take();
        return { kind: 'failure', code: 'ECONNRESET', delayMs };
      case 'hang':
        if (random.chance(0.5)) take();
        return { kind: 'hang' };
      case 'unavailable':
        return reply(503);
      case 'retryAfter':
        return reply(random.pick([429, 502, 503, 504]), { retryAfter: `${random.pick([0, 1, 7, 30, 299, 86_400])}` });
      case 'retryAfterDate': {
        const date = new Date(clock.wallMs()).toUTCString();
        const retryAfter = new Date(clock.wallMs() + random.between(1, 60) * 1000).toUTCString();
        return reply(503, { retryAfter, date });
      }
      case 'retryAfterGarbage':
        return reply(503, { retryAfter: random.pick(['-5', 'soon', '1.5', '']) });
      case 'tooMany':
        return reply(429);
      case 'serverError':
        if (random.chance(0.5)) take();
        return reply(500);
      case 'badGateway':
        if (random.chance(0.5)) take();
        return reply(random.pick([502, 504]));
      case 'badRequest':
        return reply(random.pick([400, 408, 422, 501]));
      case 'unauthorized':
        return reply(random.pick([301, 401, 403, 404, 405, 407]));
      case 'tooLarge':
        if (arrival.bodyBytes > maxBodyBytes) return reply(413);
        take();
        return reply(200);
      case 'partial':
        take();
        return verdict(`${random.between(-1, records + 2)}|some`);
      case 'warning':
        take();
        return verdict('0|careful');
      case 'replyLost':
        take();
        return { kind: 'failure', code: 'ECONNRESET', delayMs };
      case 'truncated':
        take();
        return reply(200, { complete: false });
      case 'foreign':
        return reply(200, { contentType: 'text/html', body: Buffer.from('<p>log in</p>') });
      case 'noDescriptors':
        return { kind: 'failure', code: random.pick(['EMFILE', 'EADDRNOTAVAIL']), delayMs: 0 };
    }
  }

  /** Books the answer the engine is about to see. */
  function note({ numbers }: Arrival, place: Place, result: TransportResult): void {
    if (result.kind === 'failure') return;
    const { status, retryAfter, contentType, body, complete } = result;
    if ([429, 502, 503, 504].includes(status) && retryAfter !== undefined) {
      place.silentUntilMs = Math.max(place.silentUntilMs, clock.nowMs() + silenceOf(retryAfter, result.date));
    }
    if (status === 413) {
      place.successes++;
      splits++;
    }
    if (status < 200 || status > 299 || !complete) return;
    const verdict = numberedFormat.judge(contentType, body);
    if (!verdict.understood) return;
    place.successes++;
    truth.acked(numbers);
    ackedRecords += numbers.length - Math.min(numbers.length, Math.max(0, verdict.rejectedRecords));
  }

  return {
    urls: places.map(({ url }) => url),
    get ackedRecords() {
      return ackedRecords;
    },
    get requests() {
      return requests;
    },
    get splits() {
      return splits;
    },
    connect(sender) {
      ackedRecords = 0;
      for (const place of places) Object.assign(place, { inFlight: 0, successes: 0, silentUntilMs: 0 });
      return {
        async send(request) {
          if (!sender.isAlive()) return new Promise(() => undefined);
          const place = placeOf(request.url);
          requests++;
          const arrival = arrivalOf(request);
          checkArrival(arrival, place, sender);
          place.inFlight++;
          const result = await network.send(request);
          if (!sender.isAlive()) return new Promise(() => undefined);
          if (bodies.get(arrival.id)?.equals(request.body) !== true) {
            complain(`the bytes of batch ${arrival.id} changed while they were on their way`);
          }
          place.inFlight--;
          note(arrival, place, result);
          return result;
        },
        close: () => undefined,
      };
    },
    change() {
      const place = random.pick(places);
      place.behaviour = random.pick(behaviours);
      return `${place.url.slice(7, -8)} is ${place.behaviour}`;
    },
    heal() {
      for (const place of places) place.behaviour = 'ok';
    },
  };
}

/** The silence a Retry-After asks for, written down without the parser under test. */
function silenceOf(retryAfter: string, date: string | undefined): number {
  if (/^\d+$/.test(retryAfter)) return Math.min(MAX_RETRY_AFTER_MS, Number(retryAfter) * 1000);
  if (date === undefined || !retryAfter.endsWith('GMT')) return 0;
  return new Date(retryAfter).getTime() - new Date(date).getTime();
}
