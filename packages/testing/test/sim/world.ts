import {
  type DeliveryStats,
  defaults,
  type Transport,
  type TransportRequest,
  type TransportResult,
} from '@logflume/delivery';
import { deriveBatchId, textFormat, textsOf } from '../../../delivery/test/text-records.ts';
import { createScriptedTransport, type ManualClock, type ScriptedAnswer, type SeededRandom } from '../../src/index.ts';

/** What an endpoint does for a while. */
export const behaviours = [
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
  readonly texts: readonly string[];
  readonly bodyBytes: number;
}

/** A record was taken: the `at`-th of `records` in the batch `id`. */
interface Taking {
  readonly id: string;
  readonly at: number;
  readonly records: number;
}

export interface World {
  readonly transport: Transport;
  readonly urls: readonly string[];
  /** Records the engine was told of as taken; what it counts as delivered must be the same number. */
  readonly ackedRecords: number;
  /** Records at least one request with which an endpoint took. */
  readonly takenRecords: number;
  readonly requests: number;
  readonly duplicates: number;
  /** Answers of 413. */
  readonly splits: number;
  change(): void;
  heal(): void;
  /** A record the application logged: only these may arrive. */
  expectText(text: string): void;
  hasTaken(text: string): boolean;
}

/** Told of a broken promise. */
export type Complain = (what: string) => void;

/**
 * Endpoints that misbehave, and the truth about what they took. Whatever a promise forbids is complained about where it
 * shows: when a request arrives or its answer leaves.
 */
export function createWorld(
  parts: { readonly clock: ManualClock; readonly random: SeededRandom; readonly stats: () => DeliveryStats },
  complain: Complain,
): World {
  const { clock, random } = parts;
  const maxBodyBytes = random.between(100, 2000);
  const places: Place[] = Array.from({ length: random.between(1, 4) }, (_, at) => ({
    url: `http://endpoint-${at}/v1/logs`,
    behaviour: random.pick(behaviours),
    inFlight: 0,
    successes: 0,
    silentUntilMs: 0,
  }));
  const known = new Set<string>();
  /** How each text was taken. */
  const taken = new Map<string, Taking[]>();
  const acked = new Set<string>();
  let ackedRecords = 0;
  let duplicates = 0;
  let splits = 0;
  let requests = 0;

  const arrivals = new WeakMap<TransportRequest, Arrival>();

  function arrivalOf(request: TransportRequest): Arrival {
    let arrival = arrivals.get(request);
    if (arrival === undefined) {
      const { headers, body } = request;
      arrival = { id: headers['idempotency-key'] ?? '', texts: textsOf(body), bodyBytes: body.length };
      arrivals.set(request, arrival);
    }
    return arrival;
  }

  const placeOf = (url: string): Place => {
    const place = places.find((candidate) => candidate.url === url);
    if (place === undefined) throw new Error(`a request went to ${url}, which nobody configured`);
    return place;
  };

  function take({ id, texts }: Arrival): void {
    for (const [at, text] of texts.entries()) {
      const now: Taking = { id, at, records: texts.length };
      const before = taken.get(text);
      if (before === undefined) {
        taken.set(text, [now]);
        continue;
      }
      duplicates++;
      for (const other of before) if (!isRelated(now, other)) complain(`${text} came under ${id} and ${other.id}`);
      before.push(now);
    }
  }

  function checkArrival({ id, texts }: Arrival, place: Place): void {
    if (!/^[0-9a-f]{32}$/.test(id)) complain(`a request has the idempotency-key ${id}`);
    for (const text of texts) {
      if (!known.has(text)) complain(`${text} was sent and never logged`);
      if (acked.has(text)) complain(`${text} was sent again after it was acknowledged`);
    }
    const now = parts.stats().endpoints.find(({ url }) => url === place.url);
    if (now?.state !== 'closed' && now?.state !== 'half-open')
      complain(`a request went to ${place.url}: ${now?.state}`);
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
    const records = arrival.texts.length;
    const reply = (status: number, more: object = {}): ScriptedAnswer => ({ kind: 'reply', status, delayMs, ...more });
    const verdict = (text: string, delay = delayMs) =>
      reply(200, { contentType: textFormat.contentType, body: Buffer.from(text), delayMs: delay });
    switch (kind) {
      case 'mixed':
      case 'ok':
        take(arrival);
        return reply(random.pick([200, 204]));
      case 'slow':
        take(arrival);
        return reply(200, { delayMs: random.between(500, 8000) });
      case 'refuse':
        return { kind: 'failure', code: 'ECONNREFUSED', delayMs: 1 };
      case 'reset':
        if (random.chance(0.5)) take(arrival);
        return { kind: 'failure', code: 'ECONNRESET', delayMs };
      case 'hang':
        if (random.chance(0.5)) take(arrival);
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
        if (random.chance(0.5)) take(arrival);
        return reply(500);
      case 'badGateway':
        if (random.chance(0.5)) take(arrival);
        return reply(random.pick([502, 504]));
      case 'badRequest':
        return reply(random.pick([400, 408, 422, 501]));
      case 'unauthorized':
        return reply(random.pick([301, 401, 403, 404, 405, 407]));
      case 'tooLarge':
        if (arrival.bodyBytes > maxBodyBytes) return reply(413);
        take(arrival);
        return reply(200);
      case 'partial':
        take(arrival);
        return verdict(`${random.between(-1, records + 2)}|some`);
      case 'warning':
        take(arrival);
        return verdict('0|careful');
      case 'replyLost':
        take(arrival);
        return { kind: 'failure', code: 'ECONNRESET', delayMs };
      case 'truncated':
        take(arrival);
        return reply(200, { complete: false });
      case 'foreign':
        return reply(200, { contentType: 'text/html', body: Buffer.from('<p>log in</p>') });
      case 'noDescriptors':
        return { kind: 'failure', code: random.pick(['EMFILE', 'EADDRNOTAVAIL']), delayMs: 0 };
    }
  }

  /** Books the answer the engine is about to see. */
  function note({ texts }: Arrival, place: Place, result: TransportResult): void {
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
    const verdict = textFormat.judge(contentType, body);
    if (!verdict.understood) return;
    place.successes++;
    for (const text of texts) {
      if (acked.has(text)) complain(`${text} was acknowledged twice`);
      acked.add(text);
    }
    ackedRecords += texts.length - Math.min(texts.length, Math.max(0, verdict.rejectedRecords));
  }

  return {
    transport: {
      async send(request) {
        const place = placeOf(request.url);
        requests++;
        const arrival = arrivalOf(request);
        checkArrival(arrival, place);
        place.inFlight++;
        const result = await network.send(request);
        place.inFlight--;
        note(arrival, place, result);
        return result;
      },
      close: () => network.close(),
    },
    urls: places.map(({ url }) => url),
    get ackedRecords() {
      return ackedRecords;
    },
    get takenRecords() {
      return taken.size;
    },
    get requests() {
      return requests;
    },
    get duplicates() {
      return duplicates;
    },
    get splits() {
      return splits;
    },
    change() {
      random.pick(places).behaviour = random.pick(behaviours);
    },
    heal() {
      for (const place of places) place.behaviour = 'ok';
    },
    expectText: (text) => void known.add(text),
    hasTaken: (text) => taken.has(text),
  };
}

/** Whether two batches with the same record are the same, or one is a part of the other. */
function isRelated(a: Taking, b: Taking): boolean {
  return a.id === b.id || familyOf(a).includes(b.id) || familyOf(b).includes(a.id);
}

/** The id of a batch of `records`, and those of the parts that hold the record at `at` if it is split again and again. */
function familyOf({ id, at, records }: Taking): string[] {
  if (records < 2) return [id];
  const first = records >> 1;
  const part =
    at < first
      ? { id: deriveBatchId(id, 0), at, records: first }
      : { id: deriveBatchId(id, 1), at: at - first, records: records - first };
  return [id, ...familyOf(part)];
}

/** The silence a Retry-After asks for, written down without the parser under test. */
function silenceOf(retryAfter: string, date: string | undefined): number {
  if (/^\d+$/.test(retryAfter)) return Math.min(MAX_RETRY_AFTER_MS, Number(retryAfter) * 1000);
  if (date === undefined || !retryAfter.endsWith('GMT')) return 0;
  return new Date(retryAfter).getTime() - new Date(date).getTime();
}
