import type { HostCaptured, LoadedHost, Logger } from 'logflume';
import { captureBunyan } from './capture-bunyan.ts';
import { captureByDefault } from './capture-pino.ts';
import { markWorkerStreams } from './worker-streams.ts';

/** pino publishes what it does since 9.10. */
const PINO = /^(?:9\.[1-9]\d|10)\./;
const BUNYAN = /^(?:1\.(?:[89]|[1-9]\d)|2\.\d+)\./;

/** Loggers whose pino loggers are captured: one subscription serves all copies of pino. */
const capturing = new WeakSet<Logger>();

/**
 * Captures pino and bunyan for `logflume/register`. A logger that writes to a destination or stream of ours, the
 * application's own, is left to that; so is all of pino once the application calls `capturePino`.
 */
export function captureHost(host: LoadedHost, logger: Logger): HostCaptured {
  switch (host.name) {
    case 'pino':
      // One inside a bundle has published already, or it would not be known of.
      if (host.version !== undefined && !PINO.test(host.version)) {
        return { problem: '@logflume/pino needs pino 9.10 … 10 to capture it; give it a createPinoDestination()' };
      }
      if (!capturing.has(logger)) captureByDefault(logger);
      capturing.add(logger);
      return {};
    case 'bunyan':
      if (!BUNYAN.test(host.version ?? '')) return { problem: '@logflume/pino needs bunyan 1.8 … 2' };
      captureBunyan(host.exports, logger);
      return {};
    case 'thread-stream':
      return { exports: markWorkerStreams(host.exports) };
    default:
      return {};
  }
}
