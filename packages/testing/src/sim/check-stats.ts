import type { DeliveryStats } from '@logflume/delivery';

/** What is known from outside the engine. */
export interface OutsideFacts {
  /** Records this process was told of as taken. */
  readonly ackedRecords: number;
  /** Of every record. */
  readonly recordBytes: number;
  /** Of all records in memory together, but those under way. */
  readonly maxMemoryBytes: number;
}

/**
 * Holds what the engine says about itself against what is known. Pure.
 *
 * @returns the first promise that is broken, `undefined` if all is well.
 */
export function checkStats(stats: DeliveryStats, facts: OutsideFacts): string | undefined {
  const { accepted, delivered, rejected, fallback, dropped, pending, inFlight, spooled, endpoints } = stats;
  const sum = delivered + rejected + fallback + dropped.total + pending;
  if (accepted !== sum) return `${accepted} were accepted and ${sum} accounted for`;
  const reasons = Object.values(dropped.byReason).reduce((total, records) => total + records, 0);
  if (reasons !== dropped.total) return `dropped.total is ${dropped.total}, its reasons say ${reasons}`;
  if (delivered !== facts.ackedRecords) {
    return `${delivered} count as delivered and ${facts.ackedRecords} were acknowledged`;
  }
  for (const count of [accepted, delivered, rejected, fallback, pending, spooled, ...Object.values(dropped.byReason)]) {
    if (!(count >= 0)) return `a counter is ${count}`;
  }
  if (spooled > pending) return `${spooled} records are on disk, ${pending} pending in all`;
  // What was read from disk for an attempt is on top of the budget.
  const inMemory = pending - spooled - inFlight;
  if (inMemory * facts.recordBytes > facts.maxMemoryBytes) {
    return `${inMemory} records of ${facts.recordBytes} bytes wait in memory, ${facts.maxMemoryBytes} bytes may be`;
  }
  const total = endpoints.reduce((records, endpoint) => records + endpoint.delivered, 0);
  return total === delivered ? undefined : `the endpoints say ${total} were delivered, the ledger ${delivered}`;
}

/**
 * Records this process counted as lost or refused, and nobody else has. What an earlier one lost, it may count as well:
 * that is no excuse for a record of its own.
 */
export function countedLost({ dropped, rejected }: DeliveryStats): number {
  return dropped.total - dropped.byReason.crash_window + rejected;
}
