import type { EnvReader, Setting } from './env-reader.ts';
import type { Parser } from './env-values.ts';
import { showValue } from './show-value.ts';

/** Reads a file as text. May throw, as `readFileSync` does. */
export type ReadFile = (path: string) => string;

/** PEM texts by the role they play. */
export interface TlsSettings {
  readonly ca: Setting<string> | undefined;
  /** Both or neither. */
  readonly cert: Setting<string> | undefined;
  readonly key: Setting<string> | undefined;
}

/**
 * Reads the files that `OTEL_EXPORTER_OTLP[_LOGS]_{CERTIFICATE,CLIENT_CERTIFICATE,CLIENT_KEY}` name, once. A renewed
 * certificate is seen after a restart. What cannot be read is reported and left out; a certificate without its key, or
 * the other way round, is of no use and is left out too.
 */
export function readTlsFiles(reader: EnvReader, readFile: ReadFile): TlsSettings {
  const parsePem = toPemParser(readFile);
  const ca = reader.read(namesOf('CERTIFICATE'), parsePem, { option: 'tls.ca', otherwise: 'what Node trusts' });
  const otherwise = 'no client certificate';
  const cert = reader.read(namesOf('CLIENT_CERTIFICATE'), parsePem, { option: 'tls.cert', otherwise });
  const key = reader.read(namesOf('CLIENT_KEY'), parsePem, { option: 'tls.key', otherwise });
  if (cert !== undefined && key !== undefined) return { ca, cert, key };
  if (cert !== undefined) reportLone(reader, cert, 'CLIENT_KEY');
  if (key !== undefined) reportLone(reader, key, 'CLIENT_CERTIFICATE');
  return { ca, cert: undefined, key: undefined };
}

function namesOf(what: string): readonly string[] {
  return [`OTEL_EXPORTER_OTLP_LOGS_${what}`, `OTEL_EXPORTER_OTLP_${what}`];
}

function toPemParser(readFile: ReadFile): Parser<string> {
  return (path) => {
    const bad = (why: string) =>
      ({ kind: 'bad', bad: { expected: 'the path of a PEM file', got: `${showValue(path)} (${why})` } }) as const;
    try {
      const text = readFile(path);
      return text.includes('-----BEGIN ') ? { kind: 'ok', value: text } : bad('no PEM text in it');
    } catch (error) {
      return bad(codeOf(error)); // Reported by the caller.
    }
  };
}

/** The errno name, such as `ENOENT`: short, and free of what else an error's text may hold. */
function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'cannot be read';
}

/** When the partner was given but could not be read, that has been reported and is enough. */
function reportLone(reader: EnvReader, lone: Setting<string>, partner: string): void {
  if (namesOf(partner).some((name) => reader.text(name) !== undefined)) return;
  const name = lone.source.replace('environment ', '');
  const used = 'no client certificate';
  const expected = `given together with OTEL_EXPORTER_OTLP_${partner}`;
  const message = `${name} must be ${expected}, got it alone; using ${used}`;
  reader.report({ kind: 'invalidSetting', name, source: lone.source, expected, got: 'it alone', used, message });
}
