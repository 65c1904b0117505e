import { tracingChannel } from 'node:diagnostics_channel';
import { expectHostLine, type Logger } from 'logflume';
import { OUTPUT_LOGGER } from './create-pino-destination.ts';
import { checkShared, HostOutput, type SharedLogger } from './host-output.ts';
import { LineRecorder } from './line-recorder.ts';
import { findSymbol } from './pino-settings.ts';

/** pino publishes here what it does when it makes a line (since 9.10), whichever copy of it makes one. */
const CHANNEL = 'pino_asJson';

/** Public symbol of pino: the hooks of a logger, which its children inherit. */
const HOOKS = Symbol.for('pino.hooks');

/** Loggers that have taken a record already, noted on what the channel hands round. */
const TAKEN_BY = Symbol.for('logflume.pino.takenBy');

/** What pino's channel hands to each subscriber, as far as it is read here. */
interface PinoCall {
  readonly instance?: unknown;
  readonly arguments?: ArrayLike<unknown>;
  readonly result?: unknown;
  [TAKEN_BY]?: unknown[];
}

/**
 * Delivers what every pino logger of this thread logs, without a change to any of them: their own output stays. Needs
 * pino 9.10 or newer; it may be loaded before or after, as ES module, CommonJS or inside a bundle.
 *
 * A record is taken when it reaches the level of its logger, whatever its destinations take, and as pino wrote it: after
 * redaction, serializers and the `streamWrite` hook, which is therefore called once more for each line. A logger that
 * writes to a destination of the same `logger` already is left to that; capturing twice delivers once.
 *
 * @returns what undoes it.
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` without a logger.
 * @example
 * ```ts
 * const undo = capturePino({ logger: createLogger() });
 * ```
 */
export function capturePino(options: SharedLogger): () => void {
  const logger = checkShared(options, 'capturePino');
  standIn?.();
  standIn = undefined;
  isLeftToApplication = true;
  return subscribe(logger, (to) => to === logger);
}

/**
 * Captures for `logflume/register`, unless the application has captured by itself, and until it does. A logger that
 * writes to any destination of ours is left to that.
 */
export function captureByDefault(logger: Logger): void {
  if (isLeftToApplication) return;
  standIn?.();
  standIn = subscribe(logger, (to) => to !== undefined);
}

/** Undoes the capture that gives way to the next. Process-wide, as pino's channel is. */
let standIn: (() => void) | undefined;

/** Whether the application has captured: it may do so before pino is loaded, and the default comes after that. */
let isLeftToApplication = false;

/** @param isDelivered - whether what goes to a destination of this logger is delivered already. */
function subscribe(logger: Logger, isDelivered: (to: unknown) => boolean): () => void {
  const output = new HostOutput({ logger }, 'capturePino');
  const recorder = new LineRecorder(output);
  const isOurs = createDestinationTest(isDelivered);
  const handlers = {
    end(message: unknown): void {
      const call = message as PinoCall;
      const { instance, result } = call;
      if (typeof result !== 'string' || typeof instance !== 'object' || instance === null) return;
      try {
        if (isOurs(instance) || isTaken(call, output)) return;
        const level = call.arguments?.[2];
        const time = call.arguments?.[3];
        if (typeof level !== 'number') return;
        const text = typeof time === 'string' ? time.slice(time.indexOf(':') + 1) : '';
        const line = hooked(instance, result);
        recorder.recordOf(line, instance, level, text);
        // A destination may print it by the console, which may be captured too.
        expectHostLine(line);
      } catch {
        // The hook of the application threw. It throws again when pino calls it, and then the application learns of it.
      }
    },
  };
  const channel = tracingChannel<unknown, object>(CHANNEL);
  channel.end.subscribe(handlers.end);
  return () => {
    channel.end.unsubscribe(handlers.end);
  };
}

function isTaken(call: PinoCall, { logger }: HostOutput): boolean {
  const takers = call[TAKEN_BY];
  if (takers?.includes(logger)) return true;
  if (takers === undefined) call[TAKEN_BY] = [logger];
  else takers.push(logger);
  return false;
}

/** As pino is going to write it: a hook may take secrets out of a line. */
function hooked(instance: object, line: string): unknown {
  const hooks: unknown = Reflect.get(instance, HOOKS);
  if (typeof hooks !== 'object' || hooks === null || !('streamWrite' in hooks)) return line;
  return typeof hooks.streamWrite === 'function' ? hooks.streamWrite(line) : line;
}

/** Makes a test of whether a logger writes, alone or among others, to a destination that delivers already. */
function createDestinationTest(isDelivered: (to: unknown) => boolean): (instance: object) => boolean {
  const isOutput = (stream: unknown): boolean =>
    typeof stream === 'object' && stream !== null && isDelivered(Reflect.get(stream, OUTPUT_LOGGER));
  // That of the copy of pino seen last: usually there is one.
  let symbol: symbol | undefined;
  return (instance) => {
    if (symbol === undefined || !(symbol in instance)) symbol = findSymbol(instance, 'pino.stream');
    const stream: unknown = symbol === undefined ? undefined : Reflect.get(instance, symbol);
    if (typeof stream !== 'object' || stream === null) return false;
    if (!('streams' in stream) || !Array.isArray(stream.streams)) return isOutput(stream);
    return stream.streams.some((entry: unknown) => isOutput(Object(entry).stream));
  };
}
