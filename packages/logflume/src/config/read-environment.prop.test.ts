import fc from 'fast-check';
import { expect, it } from 'vitest';
import { knownVariables } from './option-list.ts';
import { readEnvironment } from './read-environment.ts';
import { type ResolveDeps, resolveOptions } from './resolve-options.ts';

const deps: ResolveDeps = {
  isTTY: false,
  hasZstd: false,
  readFile: () => {
    throw new Error('ENOENT');
  },
  resource: { argv0: 'node', hostname: 'host', pid: 1, nodeVersion: '20.20.2', randomUuid: () => 'uuid' },
};

const names = [...knownVariables, 'LOGFLUME_', 'LOGFLUME_ENDPOINT', 'LOGFLUME___proto__'];

/** Pieces that real values are made of, so that random texts reach past the first check. */
const piece = fc.constantFrom(
  'http://',
  '[',
  '{"a":1}',
  'a',
  '=',
  ',',
  '%',
  '%20',
  '$(A)',
  '1',
  'info',
  'otlp',
  '@',
  ':',
  '/',
  '?',
  ' ',
);
const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
);
const environment = fc.dictionary(fc.constantFrom(...names), value);

it('never throws on any environment, and has at most one thing to say per variable', () => {
  fc.assert(
    fc.property(environment, (env) => {
      const { diagnostics, endpoints } = resolveOptions({}, env, deps);
      const reported = diagnostics.filter(({ kind }) => kind !== 'noOutput').map(({ name }) => name);
      expect(reported).toHaveLength(new Set(reported).size);
      for (const { message } of diagnostics) expect(message).not.toMatch(/[\n\r]/);
      for (const { url } of endpoints) expect(new URL(url).username).toBe('');
    }),
    { numRuns: 1000 },
  );
});

it('never repeats a header value, user info or a query', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9%=@/?#$.-]{0,12}$/).map((rest) => `S3CRET${rest}`);
  fc.assert(
    fc.property(secret, fc.constantFrom('', 'x=1,', 'a:b'), (token, before) => {
      const { diagnostics } = readEnvironment(
        {
          OTEL_EXPORTER_OTLP_HEADERS: `${before}${token}`,
          OTEL_EXPORTER_OTLP_LOGS_HEADERS: `authorization: Bearer ${token}`,
          OTEL_EXPORTER_OTLP_ENDPOINT: `grpc://me:${token}@host`,
          OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: `host?key=${token}`,
          LOGFLUME_ENDPOINTS: `me:${token}@host,ftp://host?${token}`,
          LOGFLUME_DESTINATIONS: `a=http://me:${token}@host,b=ftp://host?${token}`,
        },
        { ...deps, isSetInCode: () => false, sourceInFile: () => undefined },
      );
      expect(JSON.stringify(diagnostics)).not.toContain('S3CRET');
    }),
    { numRuns: 1000 },
  );
});
