import { invalidOption } from './check-options.ts';
import type { EnvReader, Setting } from './env-reader.ts';
import type { Parser } from './env-values.ts';
import type { TlsOptions } from './logger-options.ts';
import { showValue } from './show-value.ts';

/** Reads a file as text. May throw, as `readFileSync` does. */
export type ReadFile = (path: string) => string;

/** Paths of PEM files by the role they play; each could be read just now. */
export interface TlsSettings {
  readonly caFile: Setting<string> | undefined;
  /** Both or neither. */
  readonly certFile: Setting<string> | undefined;
  readonly keyFile: Setting<string> | undefined;
}

/**
 * Reads `OTEL_EXPORTER_OTLP[_LOGS]_{CERTIFICATE,CLIENT_CERTIFICATE,CLIENT_KEY}` and looks whether the files are there. What
 * cannot be read is reported and left out; a certificate without its key, or the other way round, is of no use and is
 * left out too.
 */
export function readTlsFiles(reader: EnvReader, readFile: ReadFile): TlsSettings {
  const parsePem = toPemParser(readFile);
  const caFile = reader.read(namesOf('CERTIFICATE'), parsePem, { option: 'tls.caFile', otherwise: 'what Node trusts' });
  const otherwise = 'no client certificate';
  const certFile = reader.read(namesOf('CLIENT_CERTIFICATE'), parsePem, { option: 'tls.certFile', otherwise });
  const keyFile = reader.read(namesOf('CLIENT_KEY'), parsePem, { option: 'tls.keyFile', otherwise });
  if (certFile !== undefined && keyFile !== undefined) return { caFile, certFile, keyFile };
  if (certFile !== undefined) reportLone(reader, certFile, 'CLIENT_KEY');
  if (keyFile !== undefined) reportLone(reader, keyFile, 'CLIENT_CERTIFICATE');
  return { caFile, certFile: undefined, keyFile: undefined };
}

/**
 * Looks whether the PEM files of `options.tls` are there.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for the first that cannot be read or holds no PEM.
 */
export function checkTlsFiles(tls: TlsOptions | undefined, readFile: ReadFile): void {
  const parsePem = toPemParser(readFile);
  for (const name of ['caFile', 'certFile', 'keyFile'] as const) {
    const path = tls?.[name];
    if (path === undefined) continue;
    const parsed = parsePem(path, name);
    if (parsed.kind !== 'ok') throw invalidOption(`tls.${name}`, { ...parsed.bad, got: parsed.bad.got ?? 'another' });
  }
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
      return text.includes('-----BEGIN ') ? { kind: 'ok', value: path } : bad('no PEM text in it');
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
