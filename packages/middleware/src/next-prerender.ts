import { createRequire } from 'node:module';

/** Where Next 16 keeps what it calls a handler for. It makes the file an external one whatever bundles the rest. */
const FILE = /[\\/]next[\\/]dist[\\/]server[\\/]app-render[\\/]work-unit-async-storage\.external\.js$/;

/** Of `AsyncLocalStorage`. */
interface WorkUnits {
  getStore(): { readonly type: string } | undefined;
}

/**
 * Makes what says whether Next calls a handler to keep its answer for requests to come, and not for one that is there: when
 * a route that has `revalidate`, `dynamic` or `generateStaticParams` has no answer yet, or one that is too old.
 *
 * To read a header or the URL then makes Next refuse the answer, or keep it no longer, also where the error is caught: it
 * has to be known before. There is no function of Next's that tells it.
 */
export function createIsPrerender(): () => boolean {
  let isLookedUp = false;
  let workUnits: WorkUnits | undefined;
  return () => {
    if (!isLookedUp) {
      isLookedUp = true;
      workUnits = findWorkUnits();
    }
    const unit = workUnits?.getStore();
    return unit !== undefined && unit.type !== 'request';
  };
}

/** Among what is loaded: imported from here it might come before Next has made ready what it needs, and break Next. */
function findWorkUnits(): WorkUnits | undefined {
  try {
    const loaded = createRequire(process.execPath).cache; // The same whatever file it is made for.
    const file = Object.keys(loaded).find((each) => FILE.test(each));
    return file === undefined ? undefined : loaded[file]?.exports.workUnitAsyncStorage;
  } catch {
    return undefined; // Not Node.js, though called so: there is no executable, and nothing is loaded from files.
  }
}
