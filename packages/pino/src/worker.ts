import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { LoggerOptions } from 'logflume';
import { HostOutput } from './host-output.ts';
import { LineRecorder } from './line-recorder.ts';
import { listenForPinoConfig, type PinoConfig } from './pino-config.ts';
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
  /** `messageKey` of the pino logger, where another target keeps pino from telling. @defaultValue 'msg' */
  readonly messageKey?: string | undefined;
  /** `errorKey` of the pino logger, where another target keeps pino from telling. @defaultValue 'err' */
  readonly errorKey?: string | undefined;
}

/** What pino itself puts among the options of a target. */
const PINO_OPTIONS = ['$context', 'pinoWillSendConfig', 'levels', 'dedupe'];

/** Options that are none of a logger. */
const OWN_OPTIONS = new Set([...PINO_OPTIONS, 'nestedKey', 'messageKey', 'errorKey']);

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
export default function createWorkerStream(options: WorkerOptions = {}): WorkerStream {
  const given = Object.entries(options).filter(([name]) => !OWN_OPTIONS.has(name));
  const output = new HostOutput(Object.fromEntries(given), '@logflume/pino/worker');
  const recorder = new LineRecorder(output);
  const {
    nestedKey = '',
    messageKey = defaultPinoSettings.messageKey,
    errorKey = defaultPinoSettings.errorKey,
  } = options;
  recorder.settings = { ...defaultPinoSettings, nestedKey, messageKey, errorKey };
  const config = listenForPinoConfig((told) => {
    if (isLevelNames(told.levels)) recorder.names = told.levels;
    recorder.settings = {
      ...recorder.settings,
      messageKey: typeof told.messageKey === 'string' ? told.messageKey : messageKey,
      errorKey: typeof told.errorKey === 'string' ? told.errorKey : errorKey,
    };
  });
  return toStream(output, recorder, config);
}

function toStream(output: HostOutput, recorder: LineRecorder, config: PinoConfig): WorkerStream {
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
      const takeNow = (): void => {
        take(typeof chunk === 'string' ? chunk : decoder.write(chunk));
        callback();
      };
      const settled = config.settled();
      if (settled === undefined) takeNow();
      else void settled.then(takeNow);
    },
    final(callback) {
      recorder.record(rest + decoder.end());
      void output.close().then(() => callback());
    },
  });
  return Object.assign(stream, {
    flush(callback: () => void): void {
      void Promise.resolve(config.settled())
        .then(() => output.flush())
        .then(() => callback());
    },
  });
}
