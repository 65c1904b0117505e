import { describe, expect, it } from 'vitest';
import { createIsSecret, redactBody, redactHeader, redactQuery } from './secrets.ts';

const isSecret = createIsSecret(['Tenant']);

describe('createIsSecret', () => {
  it.each([
    ['authorization'],
    ['Proxy-Authorization'],
    ['cookie'],
    ['set-cookie'],
    ['x-api-key'],
    ['apiKey'],
    ['password'],
    ['client_secret'],
    ['access_token'],
    ['tenant'],
    ['pass'],
    ['dbPass'],
    ['userPwd'],
    ['creditCard'],
    ['card_no'],
    ['connect.sid'],
    ['csrf'],
    ['otp_1'],
    ['user[pin]'],
    ['user[0][pwd]'],
    ['user.code'],
    ['a[tenant][]'],
  ])('takes %s for one', (name) => expect(isSecret(name)).toBe(true));

  it.each([
    ['accept'],
    ['content-type'],
    ['user-agent'],
    ['page'],
    ['status_code'],
    ['author'],
    ['compass'],
    ['bypass'],
    ['passenger'],
    ['user[name]'],
    ['hotpot'],
    ['card'],
    ['pinned'],
    [''],
  ])('takes %s for none', (name) => expect(isSecret(name)).toBe(false));
});

describe('redactQuery', () => {
  it.each([
    ['a=1&token=x&b', 'a=1&token=[redacted]&b'],
    ['%74oken=x', '%74oken=[redacted]'],
    ['%zz=1&password=a=b', '%zz=1&password=[redacted]'],
    [
      'user[pin]=1&user%5Bpwd%5D=2&user[name]=3&tenant[]=4',
      'user[pin]=[redacted]&user%5Bpwd%5D=[redacted]&user[name]=3&tenant[]=[redacted]',
    ],
    ['next=/cb?token=x&p=1', 'next=/cb?token=[redacted]&p=1'],
    ['next=%2Fcb%3Ftoken%3Dx%26p%3D1', 'next=%2Fcb%3Ftoken%3D%5Bredacted%5D%26p%3D1'],
    ['next=https%3A%2F%2Fh%2Fa%3Fp%3D1&q=50%', 'next=https%3A%2F%2Fh%2Fa%3Fp%3D1&q=50%'],
    ['', ''],
  ])('%s', (query, expected) => expect(redactQuery(query, isSecret)).toBe(expected));
});

describe('redactBody', () => {
  it('masks at any depth, and leaves out what lies too deep', () => {
    expect(redactBody({ a: [{ Password: 'x', b: 1 }], tenant: { id: 1 }, c: null }, isSecret)).toEqual({
      a: [{ Password: '[redacted]', b: 1 }],
      tenant: '[redacted]',
      c: null,
    });
    let deep: object = { password: 's3cret' };
    for (let i = 0; i < 20; i++) deep = { deep };
    expect(JSON.stringify(redactBody(deep, isSecret))).not.toContain('s3cret');
    expect(redactBody(Buffer.from('s3cret'), isSecret)).toBe('[6 bytes]');
  });
});

describe('redactHeader', () => {
  it.each<[string, unknown, readonly string[] | undefined]>([
    ['referer', 'https://x/cb?code=s&token=s&page=2', ['https://x/cb?code=[redacted]&token=[redacted]&page=2']],
    ['location', '/cb?a=1#access_token=s&state=2', ['/cb?a=1#access_token=[redacted]&state=2']],
    ['location', 'https://me:s3cret@x/a', ['https://[redacted]@x/a']],
    ['referer', 'https://ann:p@ss@h/x?a=1', ['https://[redacted]@h/x?a=1']],
    ['link', '<https://x/?token=s>; rel="next", </a?p=2>', ['<https://x/?token=[redacted]>; rel="next", </a?p=2>']],
    ['tenant', 7, ['[redacted]']],
    ['x-many', ['a@b', 'c?d', 3], ['a@b', 'c?d', '3']],
    ['x-none', undefined, undefined],
  ])('%s: %j', (name, value, told) => expect(redactHeader(value, name, isSecret)).toEqual(told));
});
