/** The object `process.nextTick` made of one call: what was to be called has been long ago. */
let kept: object | undefined;

/**
 * Keeps `process.nextTick` quick, of which a request of Fastify makes nine.
 *
 * V8 knows the shape of the objects Node makes for them as long as one of them lives. A full collection in a quiet moment
 * finds none, and from then on each of them is put together in the slow way for as long as the process lives: 0.6 to 1 µs
 * instead of 0.1 (Node 20 where asynchronous calls are followed, as `withContext` does; Node 24 and 26 anyway). A server
 * meets that collection some seconds into its first pause, and pays 4 to 8 µs of CPU for each request after it. One object
 * that stays keeps the shape.
 *
 * For the begin of an application, as a shape that is forgotten stays forgotten. Process-wide; does nothing a second time,
 * or on a runtime that has no hooks. Never throws.
 */
export function keepTick(): void {
  if (kept !== undefined || !isNode()) return;
  const hooks = {
    init(_id: number, type: string, _trigger: number, resource: object) {
      if (type === 'TickObject') kept ??= resource;
    },
    // Promises that were followed for a moment are slower for ever. A Node that does not know this word follows them in every
    // context anyway; but for the first ones of Node 24.
    trackPromises: false,
  };
  try {
    const hook = process.getBuiltinModule('node:async_hooks').createHook(hooks).enable();
    process.nextTick(() => {});
    hook.disable();
  } catch {
    // A runtime that has the module and not all that is in it.
  }
}

/** Others have the names of Node; Bun warns of hooks it does not call. */
function isNode(): boolean {
  return typeof process === 'object' && process.release?.name === 'node' && !isOther(process.versions);
}

function isOther(versions: object): boolean {
  return 'bun' in versions || 'deno' in versions;
}
