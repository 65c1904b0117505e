import { createLogger } from 'logflume';
import { describe, expect, it, vi } from 'vitest';
import { accessLog } from '../src/express.ts';

describe('options', () => {
  it.each<[string, object]>([
    ['level', { level: 'info' }],
    ['ignore', { ignore: ['metrics'] }],
    ['headers', { headers: ['accept'] }],
    ['headers.request', { headers: { request: 'accept' } }],
    ['bodies.request', { bodies: { request: ['text/plain'] } }],
    ['bodies.maxBytes', { bodies: { maxBytes: 1e6 } }],
    ['slowMs', { slowMs: -1 }],
    ['sampleRatio', { sampleRatio: 2 }],
    ['attributes', { attributes: {} }],
    ['requestIdHeader', { requestIdHeader: 'x request id' }],
    ['redact', { redact: 'x' }],
    ['query', { query: 'yes' }],
    ['endpoints', { endpoints: ['http://localhost:4318'] }],
    ['options', []],
  ])('refuses a wrong %s when the access log is made', (option, options) => {
    expect(() => Reflect.apply(accessLog, undefined, [options])).toThrow(
      expect.objectContaining({
        code: 'ERR_LOGFLUME_INVALID_OPTION',
        message: expect.stringContaining(option),
        details: { option },
      }),
    );
  });

  it('take a logger, or the options of one', () => {
    const log = createLogger({ level: 'off' });
    const onDiagnostic = vi.fn();
    accessLog({ logger: log, onDiagnostic });
    accessLog({ logger: { level: 'off' }, onDiagnostic });
    accessLog({ onDiagnostic });
    accessLog();
    expect(onDiagnostic).not.toHaveBeenCalled();
  });

  it.each([[console], [() => undefined], ['log'], [null]])('say once that %s is no logger', (logger) => {
    const onDiagnostic = vi.fn();
    Reflect.apply(accessLog, undefined, [{ logger, onDiagnostic }]);
    expect(onDiagnostic).toHaveBeenCalledExactlyOnceWith({
      kind: 'accessLogMisused',
      reason: 'noLogger',
      message: expect.stringContaining('pass what createLogger() made'),
    });
  });
});
