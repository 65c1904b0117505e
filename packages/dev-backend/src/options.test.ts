import { describe, expect, it } from 'vitest';
import { resolveOptions } from './options.ts';

describe('resolveOptions', () => {
  it('fills in the defaults, for undefined too', () => {
    const resolved = {
      port: 0,
      host: '127.0.0.1',
      paths: ['/v1/logs'],
      maxRecords: 10_000,
      maxBodyBytes: 20 * 1024 * 1024,
      faults: [],
      seed: 1,
    };
    expect(resolveOptions({})).toEqual(resolved);
    expect(resolveOptions({ port: undefined, host: undefined, paths: undefined, faults: undefined })).toEqual(resolved);
  });

  it.each([
    ['/ä/logs', '/%C3%A4/logs'],
    ['/%c3%a4', '/%c3%a4'],
    ['/a/./b/../logs', '/a/logs'],
    ['//x', '//x'],
  ])('takes the path %s as clients send it', (path, sent) => {
    expect(resolveOptions({ paths: [path] }).paths).toEqual(['/v1/logs', sent]);
  });

  it.each<[object, string]>([
    [{ prot: 1 }, 'prot is not an option, expected port, host, paths, maxRecords, maxBodyBytes, faults, seed'],
    [{ port: 65_536 }, 'port must be an integer from 0 to 65535, got 65536'],
    [{ port: '4318' }, 'port must be an integer from 0 to 65535, got "4318"'],
    [{ host: '' }, 'host must be a host name or an IP address, got ""'],
    [{ host: 'a b' }, 'host must be a host name or an IP address, got "a b"'],
    [{ maxRecords: 0 }, 'maxRecords must be an integer from 1 to 10000000, got 0'],
    [{ maxBodyBytes: 0.5 }, 'maxBodyBytes must be an integer from 1 to 1073741824, got 0.5'],
    [{ seed: -1 }, 'seed must be an integer from 0 to 4294967295, got -1'],
    [{ paths: '/x' }, 'paths must be an array, got "/x"'],
    [{ paths: ['/ok', 'x'] }, 'paths[1] must be a path such as "/otlp/v1/logs", got "x"'],
    [{ paths: ['/x?y=1'] }, 'paths[0] must be a path such as "/otlp/v1/logs", got "/x?y=1"'],
    [{ paths: ['/'] }, 'paths[0] must be a path such as "/otlp/v1/logs", got "/"'],
    [{ paths: ['/api/records'] }, 'paths[0] must be a path such as "/otlp/v1/logs", got "/api/records"'],
    [{ paths: ['/x/../api/records'] }, 'paths[0] must be a path such as "/otlp/v1/logs", got "/x/../api/records"'],
    [{ paths: ['/.'] }, 'paths[0] must be a path such as "/otlp/v1/logs", got "/."'],
    [{ faults: [{ kind: 'x' }] }, 'faults[0].kind must be one of'],
    [JSON.parse('5'), 'options must be an object, got 5'],
    [JSON.parse('null'), 'options must be an object, got null'],
    [[], 'options must be an object, got an array'],
  ])('refuses %j', (options, message) => {
    expect(() => resolveOptions(options)).toThrow(TypeError);
    expect(() => resolveOptions(options)).toThrow(message);
  });
});
