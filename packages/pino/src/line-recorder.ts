import type { HostOutput } from './host-output.ts';
import { type LineOrigin, mapBrokenLine, mapPinoLine } from './map-pino-line.ts';
import { parseLine } from './parse-line.ts';
import { defaultPinoSettings, levelNamesOf, type PinoSettings, PinoSettingsReader } from './pino-settings.ts';
import { type LevelNames, SeverityTable, standardLevelNames } from './severity-table.ts';

/** The beginning pino gives its lines, where level and time stand before anything an application logs. */
const HEAD = /^\{"level":(-?\d+(?:\.\d+)?|"[^"\\]*")(?:,"time":(\d+(?:\.\d+)?|"[^"\\]*"))?/;

/**
 * The same where a timestamp function calls the time otherwise, behind no more than the level, of which a formatter may make
 * two members. Read from the text: in the parsed object names that are integers stand before all others.
 */
const TIME_KEY =
  /^\{(?:"[^"\\]*(?:\\.[^"\\]*)*":(?:"[^"\\]*(?:\\.[^"\\]*)*"|\{[^{}]*\}|[^"{[,}]*),){0,2}?"(time|timestamp|@timestamp)":/;

/** Turns lines into records. Never throws. */
export class LineRecorder {
  readonly #output: HostOutput;
  readonly #severities = new SeverityTable();
  readonly #readers = new PinoSettingsReader();
  #brokenLines = 0;
  /** Of lines whose logger is not known. */
  settings: PinoSettings = defaultPinoSettings;
  /** Of lines whose logger is not known. */
  names: LevelNames = standardLevelNames;

  constructor(output: HostOutput) {
    this.#output = output;
  }

  /** Lines so far that were no JSON object. */
  get brokenLines(): number {
    return this.#brokenLines;
  }

  /**
   * Records a line of which pino told the logger, the level and the time. The last two are not read from the line: what
   * an application logs may have their names, and comes later in the line.
   *
   * @param logger - the pino logger.
   * @param time - the text of the time in the line.
   */
  recordOf(line: unknown, logger: unknown, level: number, time: unknown): void {
    this.#record(textOf(line), {
      settings: this.#readers.of(logger),
      names: levelNamesOf(logger),
      level,
      time: typeof time === 'string' ? time : '',
      timeKey: 'time',
      severities: this.#severities,
    });
  }

  /** Records a line of which nothing is known beside its text; several lines at once are taken one by one. */
  record(text: unknown): void {
    const line = textOf(text);
    const [, level, time] = HEAD.exec(line) ?? [];
    this.#record(line, {
      settings: this.settings,
      names: this.names,
      level: level === undefined ? undefined : this.#levelOf(level),
      time,
      timeKey: (time === undefined ? TIME_KEY.exec(line)?.[1] : undefined) ?? 'time',
      severities: this.#severities,
    });
  }

  /** A formatter may write names; one that is no level's own, such as `INFO`, is read with the line. */
  #levelOf(text: string): number | undefined {
    if (!text.startsWith('"')) return Number(text);
    const name = text.slice(1, -1);
    return Object.hasOwn(this.names.values, name) ? this.names.values[name] : undefined;
  }

  #record(line: string, origin: LineOrigin): void {
    const fields = parseLine(line);
    if (fields !== undefined) {
      this.#output.emit(mapPinoLine(fields, origin), origin.settings.name);
      return;
    }
    const text = line.trim();
    if (text === '') return;
    if (text.includes('\n')) {
      for (const each of text.split('\n')) this.record(each);
      return;
    }
    this.#brokenLines++;
    this.#output.emit(mapBrokenLine(text, origin), '');
  }
}

/** Whoever writes bytes means text. */
function textOf(line: unknown): string {
  if (typeof line === 'string') return line;
  try {
    return Buffer.isBuffer(line) ? line.toString('utf8') : String(line);
  } catch {
    return ''; // No text can be had of it, and a destination must not throw into a log call.
  }
}
