import { parseArgs } from 'node:util';
import { defaults } from '../defaults.ts';
import { parseFaults } from '../faults/parse-faults.ts';
import type { DevBackendOptions } from '../options.ts';
import { parseFaultFlag } from './parse-fault-flag.ts';

export type ParsedFlags =
  | { readonly kind: 'help' }
  | { readonly kind: 'start'; readonly options: DevBackendOptions }
  | { readonly kind: 'wrong'; readonly message: string };

/** Reads the arguments of the command; what the options themselves refuse is left to `createDevBackend`. */
export function parseFlags(args: readonly string[]): ParsedFlags {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        path: { type: 'string', multiple: true },
        'max-records': { type: 'string' },
        'max-body-bytes': { type: 'string' },
        fault: { type: 'string', multiple: true },
        seed: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) return { kind: 'help' };
    const options: DevBackendOptions = {
      port: parseInteger('port', values.port) ?? defaults.commandPort,
      host: values.host,
      paths: values.path,
      maxRecords: parseInteger('max-records', values['max-records']),
      maxBodyBytes: parseInteger('max-body-bytes', values['max-body-bytes']),
      faults: values.fault && parseFaults(values.fault.map(parseFaultFlag)),
      seed: parseInteger('seed', values.seed),
    };
    return { kind: 'start', options };
  } catch (error) {
    // parseArgs and the parsers above throw TypeErrors about the arguments; anything else is a bug and stays one.
    if (error instanceof TypeError) return { kind: 'wrong', message: error.message };
    throw error;
  }
}

function parseInteger(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new TypeError(`--${flag} must be an integer, got ${JSON.stringify(text)}`);
}

export const helpText: string = `logflume-dev-backend: a local OTLP/HTTP backend to look at logs while developing

  --port <n>            port to listen on, 0 for any free one (default ${defaults.commandPort})
  --host <address>      address to listen on (default ${defaults.host})
  --path <path>         also take logs on this path; may be repeated
  --max-records <n>     records kept to look at (default ${defaults.maxRecords})
  --max-body-bytes <n>  largest request body, decompressed (default ${defaults.maxBodyBytes})
  --fault <rule>        misbehave; may be repeated, the first rule that matches wins
  --seed <n>            start of the random numbers behind ratio= (default ${defaults.seed})
  --help                this text

A rule is a kind and its fields, or the same as JSON:
  --fault status,status=503,retryAfter=2,times=3
  --fault partial,rejected=1,every=10
  --fault delay,delayMs=500,ratio=0.2
  --fault '{"kind":"status","status":400,"body":"no"}'
Kinds: status, partial, delay, reset (after=request), hang, truncate, garbage, html, redirect.
`;
