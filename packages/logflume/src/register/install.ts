import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import * as threads from 'node:worker_threads';
import { captureConsoleByDefault } from '../capture-console.ts';
import { createProcessDeps } from '../config/process-deps.ts';
import { resolveOptions } from '../config/resolve-options.ts';
import { createLogger } from '../create-logger.ts';
import type { Logger } from '../logger.ts';
import { tellDiagnostic } from '../own-output.ts';
import { sdkVersion } from '../resource/sdk-version.ts';
import { captureDebug } from './capture-debug.ts';
import { findAdapter } from './find-adapter.ts';
import { adaptedHosts, adapterOf, type CaptureHost, type LoadedHost } from './host-capture.ts';
import { type LoadedPackage, onPackageLoad } from './load-hook.ts';

/** Under which a thread notes that it is registered, whatever copy of this package did it. */
const REGISTERED = Symbol.for('logflume.registered');

/** pino (since 9.10) publishes here that it begins to make a line. */
const PINO_CALLS = 'tracing:pino_asJson:start';

/**
 * Captures the loggers of this thread, if the environment names a place to send to: the console now, the others when they
 * are loaded. Never throws; what there is to say is a line on stderr.
 */
export function install(): void {
  try {
    if (Reflect.get(globalThis, REGISTERED) !== undefined || isThreadOfTools()) return;
    Reflect.set(globalThis, REGISTERED, sdkVersion);
    const { output, sources } = resolveOptions({}, process.env, createProcessDeps());
    if (output === 'none') return;
    if (output === 'console' && sources['console'] === 'default') {
      return tell('process', 'captures nothing: no endpoint is configured; set OTEL_EXPORTER_OTLP_ENDPOINT');
    }
    capture(createLogger());
  } catch (error) {
    tell('process', `captures nothing: ${error instanceof Error ? error.message : 'it failed'}`);
  }
}

/**
 * Threads inherit the flag that loads this. Those of pino's transports write what another thread logged, and is captured
 * there; those of Node itself log nothing.
 */
function isThreadOfTools(): boolean {
  if (threads.isMainThread) return false;
  const data = Object(threads.workerData);
  return 'stateBuf' in data || Reflect.get(threads, 'isInternalThread') === true;
}

function capture(logger: Logger): void {
  captureConsoleByDefault({ logger: logger.child({}, { name: 'console' }) });
  const told = new Set<string>();
  const captured = (host: LoadedHost, from: readonly string[]): unknown => {
    const { problem, exports = host.exports } = captureLoaded(host, logger, from);
    if (problem !== undefined && !told.has(host.name)) {
      told.add(host.name);
      tell(
        host.name,
        `does not capture ${host.name}${host.version === undefined ? '' : ` ${host.version}`}: ${problem}`,
      );
    }
    return exports;
  };
  onPackageLoad(['debug', ...adaptedHosts], (loaded: LoadedPackage) => captured(loaded, loaded.from));
  // A pino inside a bundle is not seen loading. The adapter subscribes to the end of the call that is about to begin.
  const onBundledPino = (): void => {
    unsubscribe(PINO_CALLS, onBundledPino);
    captured({ name: 'pino', version: undefined, exports: undefined }, []);
  };
  subscribe(PINO_CALLS, onBundledPino);
}

function captureLoaded(host: LoadedHost, logger: Logger, from: readonly string[]): ReturnType<CaptureHost> {
  if (host.name === 'debug') return captureDebug(host, logger);
  const entry = adapterOf(host.name);
  if (entry === undefined) return {};
  const adapter = findAdapter(entry, from);
  switch (adapter.kind) {
    case 'found':
      return adapter.capture(host, logger);
    case 'missing':
      // What makes pino's threads is of interest to its adapter alone.
      return host.name === 'thread-stream' ? {} : { problem: `install ${entry.replace('/register', '')}` };
    case 'broken':
      return { problem: `${entry} cannot be loaded, ${adapter.reason}` };
    default:
      return adapter satisfies never;
  }
}

function tell(host: string, what: string): void {
  tellDiagnostic({ kind: 'notCaptured', host, message: `logflume/register ${what}` }, undefined);
}
