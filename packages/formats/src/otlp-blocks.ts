import type { RecordRun } from '@logflume/delivery';
import { frameLogsRequest, type ScopeBlock } from '@logflume/otlp';

/** What both OTLP formats put around records, encoded. */
export interface OtlpFormatOptions {
  /** Content of the `Resource` message all records share; kept, not copied. */
  readonly resource: Uint8Array;
  /**
   * Content of the `InstrumentationScope` message of a group (see `RecordRun.group`). Called once per group and batch,
   * for groups the caller has enqueued.
   */
  readonly scopeOf: (group: number) => Uint8Array;
  /** Schema URL of that scope, `''` for none. @defaultValue none */
  readonly scopeSchemaUrlOf?: ((group: number) => string) | undefined;
  /** Schema URL of the resource, `''` for none: asked for with each batch, as a host tells it with its records. */
  readonly resourceSchemaUrl?: (() => string) | undefined;
}

/** Puts batches under what they share, as one request. */
export function frameRuns(
  runs: readonly RecordRun[],
  options: OtlpFormatOptions,
  allocate?: (bytes: number) => Buffer,
): Buffer {
  return frameLogsRequest(options.resource, toScopeBlocks(runs, options), options.resourceSchemaUrl?.(), allocate);
}

/** One block per group in the order the groups first appear, so that a scope stands once in a request. */
function toScopeBlocks(
  runs: readonly RecordRun[],
  { scopeOf, scopeSchemaUrlOf }: Pick<OtlpFormatOptions, 'scopeOf' | 'scopeSchemaUrlOf'>,
): ScopeBlock[] {
  const runsOf = new Map<number, Uint8Array[]>();
  for (const { group, bytes } of runs) {
    const before = runsOf.get(group);
    if (before === undefined) runsOf.set(group, [bytes]);
    else before.push(bytes);
  }
  return [...runsOf].map(([group, groupRuns]) => ({
    scope: scopeOf(group),
    runs: groupRuns,
    schemaUrl: scopeSchemaUrlOf?.(group),
  }));
}
