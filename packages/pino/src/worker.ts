import { once } from 'node:events';
import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { parentPort, workerData } from 'node:worker_threads';
import type { LoggerOptions } from 'logflume';
import { HostOutput } from './host-output.ts';
import { LineRecorder } from './line-recorder.ts';
import { defaultPinoSettings, isLevelNames } from './pino-settings.ts';

/**
 * Options of the transport target. They are copied to the thread, so no function can be among them: headers are a plain
 * object, and there is no `onDiagnostic`.
 */
export interface WorkerOptions extends Omit<LoggerOptions, 'axios' | 'headers' | 'onDiagnostic'> {
  /** Headers of every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** `nestedKey` of the pino logger, which pino does not tell its transports. @defaultValue none */
  readonly nestedKey?: string | undefined;
}

/** What pino itself puts among the options of a target. */
const PINO_OPTIONS = new Set(['$context', 'pinoWillSendConfig', 'levels', 'dedupe', 'nestedKey']);

/** What runs in the thread of `pino.transport`: takes chunks of text that hold lines. */
export interface WorkerStream extends Writable {
  /** Calls back when what was written is answered for. */
  flush(callback: () => void): void;
}

/**
 * The target of `pino.transport({ target: '@logflume/pino/worker', options })`: parses, encodes and sends in a thread of
 * its own. It spares the main thread that work, and costs what pino says of transports: lines are still on their way to
 * the thread when a signal ends the process, and bundlers have to be told of the file.
 *
 * @throws LogflumeError for options that cannot work; it reaches the application as an `error` of the transport.
 */
// biome-ignore lint/style/noDefaultExport: pino loads the default export of a transport target.
export default async function createWorkerStream(options: WorkerOptions = {}): Promise<WorkerStream> {
  const given = Object.entries(options).filter(([name]) => !PINO_OPTIONS.has(name));
  const output = new HostOutput(Object.fromEntries(given), '@logflume/pino/worker');
  const recorder = new LineRecorder(output);
  await readPinoConfig(recorder, options.nestedKey ?? '');
  return toStream(output, recorder);
}

function toStream(output: HostOutput, recorder: LineRecorder): WorkerStream {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (text: string): void => {
    const end = text.lastIndexOf('\n');
    if (end < 0) {
      rest += text;
      return;
    }
    for (const line of (rest + text.slice(0, end)).split('\n')) recorder.record(line);
    rest = text.slice(end + 1);
  };
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _encoding, callback) {
      take(typeof chunk === 'string' ? chunk : decoder.write(chunk));
      callback();
    },
    final(callback) {
      recorder.record(rest + decoder.end());
      void output.close().then(() => callback());
    },
  });
  return Object.assign(stream, {
    flush(callback: () => void): void {
      void output.flush().then(() => callback());
    },
  });
}

/** pino tells a target its keys and levels in a message before the first line; older versions do not announce it. */
async function readPinoConfig(recorder: LineRecorder, nestedKey: string): Promise<void> {
  recorder.settings = { ...defaultPinoSettings, nestedKey };
  const announced: unknown = Object(Object(workerData).workerData).pinoWillSendConfig;
  if (parentPort === null || announced !== true) return;
  for (;;) {
    const [message]: unknown[] = await once(parentPort, 'message');
    const { code, config } = Object(message) as { readonly code?: unknown; readonly config?: unknown };
    if (code !== 'PINO_CONFIG') continue;
    const { levels, messageKey, errorKey } = Object(config) as Readonly<Record<string, unknown>>;
    if (isLevelNames(levels)) recorder.names = levels;
    recorder.settings = {
      ...recorder.settings,
      messageKey: typeof messageKey === 'string' ? messageKey : defaultPinoSettings.messageKey,
      errorKey: typeof errorKey === 'string' ? errorKey : defaultPinoSettings.errorKey,
    };
    return;
  }
}
