import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createHint, type SecretShape, secretShapeNames, secretShapes } from './secret-shapes.ts';

// Put together here, so that no scanner takes this file for a leak.
const letters = (count: number) => 'aB3'.repeat(count).slice(0, count);
const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxIn0', 'c2lnbmF0dXJl'].join('.');

describe('secrets that look like what they are', () => {
  test.each<[SecretShape, string, string]>([
    ['jwt', jwt, '#'],
    ['jwt', `token=${jwt}; path=/`, 'token=#; path=/'],
    ['jwt', `x_${jwt.slice(0, 40)}`, 'x_#'],
    ['bearer', 'Authorization: Bearer abc.DEF-123/4==', 'Authorization: Bearer #'],
    ['bearer', 'authorization: bearer  0123456789abcdef', 'authorization: bearer  #'],
    ['basic', `Basic ${Buffer.from('me:pass').toString('base64')}!`, 'Basic #!'],
    ['aws', `id AKIA${'ABCDEFGHIJKLMNOP'} there`, 'id # there'],
    ['aws', `aws_secret_access_key = ${letters(40)}`, 'aws_secret_access_key = #'],
    ['gcp', `key=AIza${letters(35)}&x`, 'key=#&x'],
    ['gcp', `ya29.${letters(60)}`, '#'],
    ['github', `ghp_${letters(36)}`, '#'],
    ['github', `github_pat_${letters(30)}`, '#'],
    ['slack', `xoxb-${letters(24)}`, '#'],
    ['stripe', `sk_live_${letters(24)}`, '#'],
    ['privateKey', '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nafter', '#\nafter'],
    ['privateKey', 'x -----BEGIN PRIVATE KEY-----\\nMIIE without an end', 'x #'],
    ['urlPassword', 'postgres://me:s3cret@db:5432/shop', 'postgres://me:#@db:5432/shop'],
    ['urlPassword', 'redis://:s3cret@cache', 'redis://:#@cache'],
    ['urlPassword', 'smtp://user@gmail.com:s3cret@smtp.gmail.com', 'smtp://user@gmail.com:#@smtp.gmail.com'],
    ['urlPassword', 'postgres://admin:p@ssw0rd@db/x', 'postgres://admin:#@db/x'],
    ['urlPassword', 'redis://:pa/ss@h and a@b', 'redis://:#@h and a@b'],
    ['urlPassword', 'redis://me:pa/s?s#1@h/0', 'redis://me:#@h/0'],
    ['urlPassword', 'redis://:12/34@h', 'redis://:#@h'],
    ['urlPassword', 'http://a:b@h,http://c:d@i', 'http://a:#@h,http://c:#@i'],
    ['urlPassword', '{"url":"http://a:b@h","mail":"x@y"}', '{"url":"http://a:#@h","mail":"x@y"}'],
    ['urlPassword', `http://a:${'p'.repeat(1500)}@h`, 'http://a:#@h'],
    ['aws', `secretAccessKey: '${letters(40)}'`, "secretAccessKey: '#'"],
    ['creditCard', 'card 4111111111111111.', 'card #.'],
    ['creditCard', '4111 1111 1111 1111', '#'],
    ['creditCard', 'of 1234 4111-1111-1111-1111 and 42 5555 5555 5555 4444', 'of 1234 # and 42 #'],
    ['creditCard', '1234 4111 1111 1111 1111', '1234 #'],
    ['creditCard', 'amex 3782 822463 10005 diners 30569309025904', 'amex # diners #'],
  ])('%s: %s', (shape, text, safe) => {
    expect(secretShapes[shape](text, '#')).toBe(safe);
    expect(createHint([shape])(text)).toBe(true);
  });

  test.each<[SecretShape, string]>([
    ['jwt', 'example.com.a-rather-long-name.of.a.host'],
    ['bearer', 'the bearer of bad news'],
    ['basic', 'basic functionality of responsibilities'],
    ['aws', 'AKIA is how they begin'],
    ['creditCard', '1795376462123 and 1795376462123000007 are times'],
    ['creditCard', '4111111111111112 has a wrong check digit'],
    ['creditCard', '41111111111111110000000 is too long'],
    ['urlPassword', 'http://host:8080/path and a@b'],
    ['urlPassword', 'http://host:8080/users/me@shop.example?to=a@b'],
    ['urlPassword', 'http://host:8080?to=a@b'],
    ['urlPassword', 'http://host/at:noon/a@b'],
    ['urlPassword', 'http://[::1]:8080/a@b'],
    ['urlPassword', 'git+ssh://git@github.com:org/repo.git@1234567'],
    ['urlPassword', 'http://me@host and https://other:'],
  ])('%s is not in: %s', (shape, text) => {
    expect(secretShapes[shape](text, '#')).toBe(text);
  });
});

describe('a search', () => {
  const beginnings = [
    'eyJ',
    'eyJ.',
    'bearer ',
    'basic a',
    'aws secret ',
    'AKIA',
    'AIza',
    'ya29.',
    'ghp_',
    'xoxb-',
    '4111 ',
    '://a:',
    '://a:b@',
    '"',
    '-----BEGIN PRIVATE KEY-----',
    ' ',
    '4',
    'a',
    '=',
  ];

  test.each(secretShapeNames)('for %s takes time in proportion to the text', (shape) => {
    // Where it grew with the square, one of these would take minutes. Our own time, not that of a busy machine.
    const spentOn = (text: string) => {
      const start = process.cpuUsage();
      secretShapes[shape](text, '#');
      return process.cpuUsage(start).user / 1000;
    };
    for (const beginning of beginnings) {
      for (const other of ['', 'a', ' ', '1']) {
        const unit = beginning + other;
        expect(spentOn(unit.repeat(Math.ceil(128_000 / unit.length)))).toBeLessThan(2000);
      }
    }
  });

  it('answers the same for what is safe already', () => {
    fc.assert(
      fc.property(fc.constantFrom(...secretShapeNames), fc.string(), (shape, text) => {
        const safe = secretShapes[shape](text, '[redacted]');
        expect(secretShapes[shape](safe, '[redacted]')).toBe(safe);
      }),
    );
  });
});
