import type { RecordRun } from '@logflume/delivery';
import type { ScopeBlock } from '@logflume/otlp';

/** What both OTLP formats put around records, encoded. */
export interface OtlpFormatOptions {
  /** Content of the `Resource` message all records share; kept, not copied. */
  readonly resource: Uint8Array;
  /**
   * Content of the `InstrumentationScope` message of a group (see `RecordRun.group`). Called once per group and batch,
   * for groups the caller has enqueued.
   */
  readonly scopeOf: (group: number) => Uint8Array;
}

/** One block per group in the order the groups first appear, so that a scope stands once in a request. */
export function toScopeBlocks(runs: readonly RecordRun[], scopeOf: (group: number) => Uint8Array): ScopeBlock[] {
  const runsOf = new Map<number, Uint8Array[]>();
  for (const { group, bytes } of runs) {
    const before = runsOf.get(group);
    if (before === undefined) runsOf.set(group, [bytes]);
    else before.push(bytes);
  }
  return [...runsOf].map(([group, groupRuns]) => ({ scope: scopeOf(group), runs: groupRuns }));
}
