import { invalidOption } from './check-options.ts';
import type { EnvReader, Setting } from './env-reader.ts';
import type { ParsedValue, Parser } from './env-values.ts';
import type { TlsOptions } from './logger-options.ts';
import { showValue } from './show-value.ts';

/** Reads a file as text. May throw, as `readFileSync` does. */
export type ReadFile = (path: string) => string;

/** Certificates and keys, as PEM text or as paths of files that could be read just now. */
export interface TlsSettings {
  readonly ca: Setting<string> | undefined;
  readonly caFile: Setting<string> | undefined;
  /** Of a certificate and its key both are there, each in one form or both, or neither. */
  readonly cert: Setting<string> | undefined;
  readonly certFile: Setting<string> | undefined;
  readonly key: Setting<string> | undefined;
  readonly keyFile: Setting<string> | undefined;
}

const variablesOf = {
  ca: ['LOGFLUME_TLS_CA'],
  cert: ['LOGFLUME_TLS_CERT'],
  key: ['LOGFLUME_TLS_KEY'],
  caFile: namesOf('CERTIFICATE'),
  certFile: namesOf('CLIENT_CERTIFICATE'),
  keyFile: namesOf('CLIENT_KEY'),
} as const;

/**
 * Reads `LOGFLUME_TLS_{CA,CERT,KEY}` and `OTEL_EXPORTER_OTLP[_LOGS]_{CERTIFICATE,CLIENT_CERTIFICATE,CLIENT_KEY}`, and looks
 * whether the files of the latter are there. What cannot be read is reported and left out; a certificate without its key, or
 * the other way round, is of no use and is left out too.
 */
export function readTls(reader: EnvReader, readFile: ReadFile): TlsSettings {
  const parseFile = toPemParser(readFile);
  const read = (name: keyof TlsSettings, otherwise: string): Setting<string> | undefined =>
    reader.read(variablesOf[name], name.endsWith('File') ? parseFile : parsePem, { option: `tls.${name}`, otherwise });
  const [ca, caFile] = [read('ca', 'what Node trusts'), read('caFile', 'what Node trusts')];
  const none = 'no client certificate';
  const cert = { cert: read('cert', none), certFile: read('certFile', none) };
  const key = { key: read('key', none), keyFile: read('keyFile', none) };
  const [hasCert, hasKey] = [cert, key].map((forms) => Object.values(forms).some((form) => form !== undefined));
  if (hasCert === hasKey) return { ca, caFile, ...cert, ...key };
  for (const [name, lone] of Object.entries({ ...cert, ...key }))
    if (lone !== undefined) reportLone(reader, lone, name);
  return { ca, caFile, cert: undefined, certFile: undefined, key: undefined, keyFile: undefined };
}

/** A line break may be written as backslash and `n`, as files of variables hold one line each. */
function parsePem(text: string): ParsedValue<string> {
  if (text.includes('-----BEGIN ')) return { kind: 'ok', value: text.replaceAll('\\n', '\n') };
  return { kind: 'bad', bad: { expected: 'PEM text', got: 'a string that is none' } };
}

/**
 * Looks whether the PEM files of `options.tls` are there.
 *
 * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for the first that cannot be read or holds no PEM.
 */
export function checkTlsFiles(tls: TlsOptions | undefined, readFile: ReadFile): void {
  const parseFile = toPemParser(readFile);
  for (const name of ['caFile', 'certFile', 'keyFile'] as const) {
    const path = tls?.[name];
    if (path === undefined) continue;
    const parsed = parseFile(path, name);
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
function reportLone(reader: EnvReader, lone: Setting<string>, name: string): void {
  const partner = name.replace(/^(cert|key)/, (what) => (what === 'cert' ? 'key' : 'cert')) as keyof TlsSettings;
  const forms = partner.startsWith('key') ? (['key', 'keyFile'] as const) : (['cert', 'certFile'] as const);
  if (forms.some((form) => variablesOf[form].some((variable) => reader.text(variable) !== undefined))) return;
  const variable = lone.source.replace('environment ', '');
  const used = 'no client certificate';
  const expected = `given together with ${variablesOf[partner].at(-1)}`;
  const message = `${variable} must be ${expected}, got it alone; using ${used}`;
  reader.report({
    kind: 'invalidSetting',
    name: variable,
    source: lone.source,
    expected,
    got: 'it alone',
    used,
    message,
  });
}
