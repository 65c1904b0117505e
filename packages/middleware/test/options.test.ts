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

  it.each<[object, string]>([
    [{ slowMs: '2s' }, 'slowMs must be a number ≥ 0, got "2s"'],
    [{ sampleRatio: 2 }, 'sampleRatio must be a number from 0 to 1, got 2'],
    [{ redact: 'x'.repeat(100) }, `redact must be a list of names, got "${'x'.repeat(60)}"`],
    [{ attributes: {} }, 'attributes must be a function, got another object'],
    [{ headers: { request: ['accept', 7] } }, 'headers.request must be a list of header names, got another list'],
    [{ query: () => true }, 'query must be a boolean, got a function'],
  ])('says of %j what came and what was expected', (options, message) => {
    expect(() => Reflect.apply(accessLog, undefined, [options])).toThrow(expect.objectContaining({ message }));
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
