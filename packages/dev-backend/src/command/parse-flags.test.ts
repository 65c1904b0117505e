import { describe, expect, it } from 'vitest';
import { parseFlags } from './parse-flags.ts';

describe('parseFlags', () => {
  it('listens on the OTLP port without flags', () => {
    expect(parseFlags([])).toMatchObject({ kind: 'start', options: { port: 4318, host: undefined } });
  });

  it('reads all flags', () => {
    const flags = ['--port=0', '--host', '::1', '--path', '/a', '--path', '/b', '--max-records', '5'];
    const more = ['--max-body-bytes', '6', '--seed', '7', '--fault', 'hang', '--fault', 'reset,after=request,every=2'];
    expect(parseFlags([...flags, ...more])).toEqual({
      kind: 'start',
      options: {
        port: 0,
        host: '::1',
        paths: ['/a', '/b'],
        maxRecords: 5,
        maxBodyBytes: 6,
        seed: 7,
        faults: [{ kind: 'hang' }, { kind: 'reset', after: 'request', every: 2 }],
      },
    });
  });

  it('reads a fault as fields or as JSON', () => {
    const faults = [
      'redirect,location=/x?a=b,status=307',
      'partial,rejected=-1',
      '{"kind":"status","status":400,"body":"1"}',
    ];
    expect(parseFlags(faults.flatMap((fault) => ['--fault', fault]))).toMatchObject({
      options: {
        faults: [
          { kind: 'redirect', location: '/x?a=b', status: 307 },
          { kind: 'partial', rejected: -1 },
          { kind: 'status', status: 400, body: '1' },
        ],
      },
    });
  });

  it.each(['--help', '-h'])('%s wins', (flag) => {
    expect(parseFlags(['--port', '1', flag])).toEqual({ kind: 'help' });
  });

  it.each([
    [['--port', '1.5'], '--port must be an integer, got "1.5"'],
    [['--seed', ''], '--seed must be an integer, got ""'],
    [['--fault', 'delay,delayMs'], '--fault must be kind,field=value,…, got "delay,delayMs"'],
    [['--fault', 'delay,delayMs=soon'], 'faults[0].delayMs must be an integer from 0 to 2147483647, got "soon"'],
    [['extra'], "Unexpected argument 'extra'"],
  ])('%j is wrong', (args, message) => {
    expect(parseFlags(args)).toEqual({ kind: 'wrong', message: expect.stringContaining(message) });
  });
});
