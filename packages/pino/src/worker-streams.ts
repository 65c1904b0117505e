import { fileURLToPath } from 'node:url';
import { OUTPUT_LOGGER } from './create-pino-destination.ts';

/** Where the transport target of this copy is, and what it is called in any copy. */
const OWN_WORKER = fileURLToPath(new URL('worker.js', import.meta.url));
const ANY_WORKER = /@logflume[\\/]pino[\\/](?:dist[\\/])?worker(?:\.js)?$/;

/**
 * Makes a class of thread-stream whose instances can be told to run `@logflume/pino/worker`, alone or among others: what is
 * written to these is delivered by the thread. Nothing of an instance itself says what its thread runs.
 *
 * @param exports - of thread-stream, the class; anything else is given back as it is.
 */
export function markWorkerStreams(exports: unknown): unknown {
  if (typeof exports !== 'function') return exports;
  return new Proxy(exports, {
    construct(target, args, newTarget): object {
      const stream: object = Reflect.construct(target, args, newTarget);
      if (runsWorker(args[0])) Reflect.set(stream, OUTPUT_LOGGER, OWN_WORKER);
      return stream;
    },
  });
}

function runsWorker(options: unknown): boolean {
  const { filename, workerData }: { filename?: unknown; workerData?: unknown } = Object(options);
  const { targets, pipelines }: { targets?: unknown; pipelines?: unknown } = Object(workerData);
  const all = [targets, pipelines].flat(2).map((each) => Reflect.get(Object(each), 'target'));
  return [filename, ...all].some((file) => typeof file === 'string' && isWorker(file));
}

function isWorker(file: string): boolean {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  return path === OWN_WORKER || ANY_WORKER.test(path);
}
