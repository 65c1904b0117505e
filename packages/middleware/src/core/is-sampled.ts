/**
 * Says whether a record is one of the share that is kept. Pure but for `random`.
 *
 * By the last 32 bits of the trace id, so that all services of a trace decide alike; by chance without one.
 *
 * @param ratio - 0 … 1.
 * @param random - uniform in [0, 1); called at most once.
 */
export function isSampled(ratio: number, traceId: string | undefined, random: () => number): boolean {
  const share = traceId === undefined ? random() : Number.parseInt(traceId.slice(-8), 16) / 2 ** 32;
  return share < ratio;
}
