/** How an endpoint is chosen among those that may take a batch. */
export type BalanceMode = 'least-loaded' | 'round-robin' | 'failover';

/** What the choice may look at. */
export interface Candidate {
  /** Peak EWMA of the response time now, in milliseconds; 0 without history. */
  readonly costMs: number;
  readonly inFlight: number;
  /** Relative share, > 0. */
  readonly weight: number;
  /** Lower is preferred; only `failover` looks at it. */
  readonly priority: number;
  /** Batches this endpoint was chosen for, for `round-robin`. */
  readonly chosen: number;
}

/** What decides whose turn it is before load does. */
export interface Ranked {
  readonly origin: string;
  readonly priority: number;
  readonly rank: number;
}

/**
 * Those of several endpoints that traffic may go to. Pure.
 *
 * With `failover` only the best priority there is. In any mode, of the addresses of one name only the best rank: the
 * priority of a SRV record is not ours to overrule.
 */
export function inTurn<T>(all: readonly T[], rankedOf: (item: T) => Ranked, mode: BalanceMode): T[] {
  if (all.length < 2) return [...all];
  const best = mode === 'failover' ? Math.min(...all.map((item) => rankedOf(item).priority)) : undefined;
  const ofPriority = best === undefined ? all : all.filter((item) => rankedOf(item).priority === best);
  const ranks = new Map<string, number>();
  for (const { origin, rank } of ofPriority.map(rankedOf)) ranks.set(origin, Math.min(rank, ranks.get(origin) ?? rank));
  return ofPriority.filter((item) => rankedOf(item).rank === ranks.get(rankedOf(item).origin));
}

/** More than any real cost: an endpoint without history gets one request, not a flood. */
const UNKNOWN_COST_MS = 1e12;

/**
 * Chooses the endpoint of the next attempt. Pure.
 *
 * `least-loaded` is the power of two choices over the peak EWMA: two at random, the lower load wins. It needs the
 * failure penalty and the ejection beside it, else a fast failure looks like a fast endpoint (docs/decisions/0005).
 *
 * @param candidates - those that may take a batch now, at least one.
 * @param random - uniform in [0, 1); called at most twice.
 * @returns an index into `candidates`.
 */
export function chooseEndpoint(candidates: readonly Candidate[], mode: BalanceMode, random: () => number): number {
  switch (mode) {
    case 'least-loaded':
      return leastLoaded(candidates, random);
    case 'round-robin':
      return indexOfLeast(candidates, (candidate) => (candidate.chosen + 1) / candidate.weight);
    case 'failover': {
      const best = Math.min(...candidates.map((candidate) => candidate.priority));
      return indexOfLeast(candidates, (candidate) => (candidate.priority === best ? loadOf(candidate) : Infinity));
    }
  }
}

function leastLoaded(candidates: readonly Candidate[], random: () => number): number {
  const count = candidates.length;
  if (count === 1) return 0;
  const first = Math.floor(random() * count);
  const second = (first + 1 + Math.floor(random() * (count - 1))) % count;
  const a = loadOf(candidates[first] as Candidate);
  const b = loadOf(candidates[second] as Candidate);
  return b < a ? second : first;
}

function loadOf(candidate: Candidate): number {
  if (candidate.costMs === 0 && candidate.inFlight > 0) return UNKNOWN_COST_MS + candidate.inFlight;
  return (candidate.costMs * (candidate.inFlight + 1)) / candidate.weight;
}

function indexOfLeast(candidates: readonly Candidate[], measure: (candidate: Candidate) => number): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  candidates.forEach((candidate, index) => {
    const value = measure(candidate);
    if (value < least) {
      least = value;
      best = index;
    }
  });
  return best;
}
