import { describe, expect, it } from 'vitest';
import { isLoopbackAddress, refuseForeign } from './host-guard.ts';

describe('isLoopbackAddress', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.9.8.7', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['0.0.0.0', false],
    ['::', false],
    ['192.168.127.1', false],
    ['::ffff:10.0.0.1', false],
    ['fe80::1', false],
  ])('%s: %s', (address, isLoopback) => {
    expect(isLoopbackAddress(address)).toBe(isLoopback);
  });
});

describe('refuseForeign', () => {
  it.each([
    ['LOCALHOST', '127.0.0.1', ['localhost:1', 'LOCALHOST']],
    ['127.1', '127.0.0.1', ['127.1:1', '127.0.0.1']],
    ['dev.test', '127.0.0.1', ['dev.test:1', 'Dev.Test']],
    ['[0:0:0:0:0:0:0:1]', '::1', ['[0:0:0:0:0:0:0:1]:1', '[::1]']],
    ['[::ffff:127.0.0.1]', '::ffff:127.0.0.1', ['[::ffff:127.0.0.1]', '[::ffff:7f00:1]:1']],
  ])('on %s, which is %s, takes the names clients send for it and no other', (urlHost, address, names) => {
    for (const host of names) expect(refuseForeign('GET', { host }, { urlHost, address })).toBeUndefined();
    expect(refuseForeign('GET', { host: 'evil.example' }, { urlHost, address })).toContain('Host must be one of');
  });
});
