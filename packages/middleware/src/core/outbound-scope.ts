import { AsyncLocalStorage } from 'node:async_hooks';

/** What is known of the calls a piece of code makes. */
interface OutboundScope {
  readonly template: string | undefined;
  /** A call whose record is written by somebody who knows more of it: who sees its requests does not. */
  readonly covered: CoveredCall | undefined;
}

/** A call that is told of elsewhere. */
export interface CoveredCall {
  /** Whether it has got what it asked for, so that requests from here on are none of its own. */
  readonly isAnswered: boolean;
}

/** Of the process, as the channels are: what one copy of this package tells of, another one leaves out. */
interface OutboundProcess {
  /** A property of the running code, as the context of its records is. */
  readonly storage: AsyncLocalStorage<OutboundScope>;
  /** Who sees all requests of the process, if anybody does. */
  watcher: object | undefined;
}

const SHARED: unique symbol = Symbol.for('logflume.middleware.outbound');
const place: typeof globalThis & { [SHARED]?: OutboundProcess } = globalThis;
place[SHARED] ??= { storage: new AsyncLocalStorage(), watcher: undefined };
const shared: OutboundProcess = place[SHARED];
const { storage } = shared;

/**
 * Names the template of the URLs that are called inside: `url.template` of their records.
 *
 * @param template - low in cardinality, such as `/users/:id`.
 * @returns what `run` returns.
 * @example
 * ```ts
 * const response = await withUrlTemplate('/users/:id', () => fetch(`https://api.example.com/users/${id}`));
 * ```
 */
export function withUrlTemplate<T>(template: string, run: () => T): T {
  return storage.run({ template, covered: undefined }, run);
}

/** The template that was named around the running code. */
export function activeUrlTemplate(): string | undefined {
  return storage.getStore()?.template;
}

/** Begins to see all requests. @returns what ends it; `undefined` while somebody else does. */
export function watchRequests(): (() => void) | undefined {
  if (shared.watcher !== undefined) return undefined;
  const own = {};
  shared.watcher = own;
  return () => {
    if (shared.watcher === own) shared.watcher = undefined;
  };
}

/** Whether the running code makes the request of a call that is told of elsewhere. */
export function isCoveredCall(): boolean {
  return storage.getStore()?.covered?.isAnswered === false;
}

/**
 * From here to the end of the running job, and in what it begins, requests are those of a call that is told of, until it
 * is answered: what reads its answer may call others. Where nobody sees requests nothing is done, as following
 * asynchronous calls has its price.
 */
export function coverCall(call: CoveredCall): void {
  if (shared.watcher !== undefined) storage.enterWith({ template: undefined, covered: call });
}
