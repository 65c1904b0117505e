/** When a rule applies. All given conditions must hold; with none it applies to every request that reaches it. */
export interface FaultSchedule {
  /** Only the first n requests it would apply to, integer ≥ 1. */
  readonly times?: number | undefined;
  /** Only each nth request that reaches the rule, integer ≥ 1: `2` is the second, fourth, sixth. */
  readonly every?: number | undefined;
  /** Only this share of the requests, 0 … 1, by a generator that a seed makes repeatable. */
  readonly ratio?: number | undefined;
}

export type Fault =
  /** Answers this status. 2xx stores the records first; any other status refuses them. */
  | {
      readonly kind: 'status';
      /** 200 … 599. */
      readonly status: number;
      /** Seconds, or the header as written: an HTTP date, or nonsense to test a client with. */
      readonly retryAfter?: number | string | undefined;
      /** Sent as written; without it the OTLP answer that belongs to the status. */
      readonly body?: string | undefined;
      /** Of `body`, default `text/plain; charset=utf-8`. */
      readonly contentType?: string | undefined;
    }
  /** Stores all but the last `rejected` records and says so. Any integer: a lie below 0 or above the count is told. */
  | { readonly kind: 'partial'; readonly rejected: number; readonly message?: string | undefined }
  /** Reads the request, waits, then stores and answers as usual. The records are stored even if the client left. */
  | { readonly kind: 'delay'; readonly delayMs: number }
  /** Resets the connection before the body is read, or with `after: 'request'` once the records are stored. */
  | { readonly kind: 'reset'; readonly after?: 'request' | undefined }
  /** Reads all, stores nothing, never answers. */
  | { readonly kind: 'hang' }
  /** Stores the records, then promises 100 bytes of answer, sends 3 and closes. */
  | { readonly kind: 'truncate' }
  /** Stores nothing and answers bytes that are not HTTP. */
  | { readonly kind: 'garbage' }
  /** Stores nothing and answers 200 with a login page, as a captive portal does. */
  | { readonly kind: 'html' }
  /** Stores nothing and sends the client elsewhere; by default 302 to a login page of this backend. */
  | { readonly kind: 'redirect'; readonly location?: string | undefined; readonly status?: number | undefined };

export type FaultRule = Fault & FaultSchedule;

/** What the rules have seen so far; one number per rule, in their order. */
export interface FaultState {
  readonly seen: readonly number[];
  readonly applied: readonly number[];
  /** State of the random generator, unsigned 32 bit. */
  readonly random: number;
}

export interface FaultDecision {
  /** Position of the rule that applies, `undefined` when the request is served as usual. */
  readonly index: number | undefined;
  readonly rule: FaultRule | undefined;
  readonly state: FaultState;
}

export function createFaultState(rules: readonly FaultRule[], seed: number): FaultState {
  return { seen: rules.map(() => 0), applied: rules.map(() => 0), random: seed >>> 0 };
}

/**
 * Says which rule the next request meets. Pure: same rules and state, same answer.
 *
 * The first rule whose conditions hold wins; rules behind it do not see the request. A `ratio` draws one number for
 * each request that passes the other conditions, so adding `times` never shifts what another rule draws.
 *
 * @param state - made by `createFaultState` for these rules, or the `state` of the decision before.
 */
export function decideFault(rules: readonly FaultRule[], state: FaultState): FaultDecision {
  const seen = [...state.seen];
  const applied = [...state.applied];
  let random = state.random;
  for (const [index, rule] of rules.entries()) {
    const seenNow = (seen[index] ?? 0) + 1;
    const appliedBefore = applied[index] ?? 0;
    seen[index] = seenNow;
    if (rule.times !== undefined && appliedBefore >= rule.times) continue;
    if (rule.every !== undefined && seenNow % rule.every !== 0) continue;
    if (rule.ratio !== undefined) {
      const drawn = drawRandom(random);
      random = drawn.random;
      if (drawn.value >= rule.ratio) continue;
    }
    applied[index] = appliedBefore + 1;
    return { index, rule, state: { seen, applied, random } };
  }
  return { index: undefined, rule: undefined, state: { seen, applied, random } };
}

/** Mulberry32 by Tommy Ettinger: 32 bits of state, good enough to spread faults, and the state is a plain number. */
function drawRandom(random: number): { readonly value: number; readonly random: number } {
  const next = (random + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(next ^ (next >>> 15), next | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return { value: ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32, random: next };
}
