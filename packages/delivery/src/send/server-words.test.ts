import { describe, expect, it } from 'vitest';
import { inOwnWords, withoutSecrets } from './server-words.ts';

const sent = {
  url: 'https://logs.example.com/v1/logs?token=QUERYTOKEN&page=1',
  headers: { authorization: 'Bearer SUPERSECRET', 'x-org': 'team', 'x-key': 'a "quoted" key' },
};
const said = (warning: string) => {
  const outcome = inOwnWords({ kind: 'delivered', warning }, sent);
  return outcome.kind === 'delivered' ? outcome.warning : '';
};

describe("a server's words", () => {
  it.each([
    ['who is Bearer SUPERSECRET?', 'who is [redacted]?'],
    ['who is SUPERSECRET?', 'who is [redacted]?'],
    ['POST /v1/logs?token=QUERYTOKEN&page=1', 'POST /v1/logs?[redacted]'],
    ['no such token: QUERYTOKEN', 'no such token: [redacted]'],
    [JSON.stringify(sent.headers), '{"authorization":"[redacted]","x-org":"team","x-key":"[redacted]"}'],
    ['was bearer abcdefghijklmnopqrst before', 'was bearer [redacted] before'],
    ['was Bearer\tabcdefghijklmnopqrst before', 'was Bearer [redacted] before'],
    ['Basic authentication is required by the team', 'Basic authentication is required by the team'],
  ])('%s', (text, expected) => {
    expect(withoutSecrets(text, sent)).toBe(expected);
    expect(said(text)).toBe(expected);
  });

  it.each(['Bearer\tSUPERSECRET', 'Bearer \t SUPERSECRET'])('do not tell the token of %j', (authorization) => {
    const tabbed = { url: 'http://a/', headers: { authorization } };
    expect(withoutSecrets('who is SUPERSECRET?', tabbed)).toBe('who is [redacted]?');
  });

  it('do not tell a parameter as it was sent', () => {
    const encoded = { url: 'https://h/v1/logs?tenant=shop&key=abc%2Bdef%3Dxyz', headers: {} };
    expect(withoutSecrets('bad key abc%2Bdef%3Dxyz, or abc+def=xyz', encoded)).toBe(
      'bad key [redacted], or [redacted]',
    );
  });

  it.each([
    ['percent-encoded', encodeURIComponent],
    ['in base64', (secret: string) => Buffer.from(secret).toString('base64').replace(/=+$/, '')],
    ['in base64 for a URL', (secret: string) => Buffer.from(secret).toString('base64url')],
  ])('do not tell a credential %s, and short ones garble nothing', (_how, encode) => {
    const secret = 'k/3+~~??>>ÿ key';
    const keys = { url: 'http://a/', headers: { authorization: `Bearer ${secret}`, 'x-key': secret, 'x-org': 'team' } };
    const team = encode('team');
    expect(withoutSecrets(`bad key=${encode(secret)}&org=${team}`, keys)).toBe(`bad key=[redacted]&org=${team}`);
    expect(withoutSecrets(`was ${encode(`Bearer ${secret}`)}.`, keys)).toBe('was [redacted].');
  });

  it('do not tell the password of a user', () => {
    const basic = {
      url: 'http://a/',
      headers: { authorization: `Basic ${Buffer.from('me:open:sesame').toString('base64')}` },
    };
    expect(withoutSecrets('me: open:sesame is wrong', basic)).toBe('me: [redacted] is wrong');
  });

  it('are one line that no terminal obeys', () => {
    expect(said('a\nb\r\n\tc \u001b[31mred\u001b[0m \u2028\u202e')).toBe(
      'a\\nb\\r\\n\\tc \\u001b[31mred\\u001b[0m \\u2028\\u202e',
    );
  });

  it('are short, cut between characters', () => {
    expect(said('x'.repeat(300))).toBe('x'.repeat(300));
    expect(said('x'.repeat(30_000))).toBe(`${'x'.repeat(300)}…`);
    expect(said(`${'x'.repeat(299)}😀y`)).toBe(`${'x'.repeat(299)}…`);
    expect(said('\n'.repeat(30_000))).toHaveLength(301);
  });

  it('stand in every outcome that has some', () => {
    const text = 'SUPERSECRET\n';
    const line = '[redacted]\\n';
    expect(inOwnWords({ kind: 'partial', rejectedRecords: 1, message: text }, sent)).toEqual({
      kind: 'partial',
      rejectedRecords: 1,
      message: line,
    });
    for (const kind of ['hold', 'dead'] as const) {
      expect(inOwnWords({ kind, reason: text }, sent)).toEqual({ kind, reason: line });
    }
    expect(inOwnWords({ kind: 'retry', reason: text, isServerError: false }, sent)).toMatchObject({ reason: line });
    expect(inOwnWords({ kind: 'split' }, sent)).toEqual({ kind: 'split' });
  });
});
