import { type DropReason, dropReasons } from '../outcome.ts';
import type { DeliveryReport, DeliveryStats } from '../stats.ts';

/**
 * Adds up what several destinations say about themselves. Each of them obeys the law, so the sums do: `accepted` counts
 * a record once for every destination it was sent to. Pure.
 *
 * @param parts - by name of the destination, in their order.
 */
export function addUpStats(parts: readonly (readonly [name: string, stats: DeliveryStats])[]): DeliveryStats {
  const all = parts.map(([, stats]) => stats);
  const dropped = all.map((stats) => stats.dropped);
  const byReason = Object.fromEntries(
    dropReasons.map((reason) => [reason, sum(dropped, (part) => part.byReason[reason])]),
  ) as Record<DropReason, number>;
  return {
    accepted: sum(all, ({ accepted }) => accepted),
    delivered: sum(all, ({ delivered }) => delivered),
    rejected: sum(all, ({ rejected }) => rejected),
    fallback: sum(all, ({ fallback }) => fallback),
    dropped: { total: sum(dropped, ({ total }) => total), byReason },
    pending: sum(all, ({ pending }) => pending),
    inFlight: sum(all, ({ inFlight }) => inFlight),
    spooled: sum(all, ({ spooled }) => spooled),
    endpoints: all.flatMap(({ endpoints }) => endpoints),
    destinations: Object.fromEntries(parts),
  };
}

/** The same for what they report at the end of a flush or close. */
export function addUpReports(reports: readonly DeliveryReport[]): DeliveryReport {
  return {
    accepted: sum(reports, ({ accepted }) => accepted),
    delivered: sum(reports, ({ delivered }) => delivered),
    rejected: sum(reports, ({ rejected }) => rejected),
    fallback: sum(reports, ({ fallback }) => fallback),
    dropped: sum(reports, ({ dropped }) => dropped),
    pending: sum(reports, ({ pending }) => pending),
    spooled: sum(reports, ({ spooled }) => spooled),
  };
}

function sum<T>(parts: readonly T[], of: (part: T) => number): number {
  return parts.reduce((total, part) => total + of(part), 0);
}
