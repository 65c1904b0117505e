import { Buffer } from 'node:buffer';
import { encodeLogsResponse } from '@logflume/otlp';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { judgeOtlpReply } from './otlp-reply.ts';

const protobuf = 'application/x-protobuf';
const json = 'application/json';
const partial = { rejectedLogRecords: 3, errorMessage: 'too old' };
const taken = { understood: true, rejectedRecords: 0, message: '' };
const refused = { understood: true, rejectedRecords: 3, message: 'too old' };
const text = (body: string) => Buffer.from(body);

describe('judgeOtlpReply', () => {
  test.each<[string, string | undefined, Uint8Array, object]>([
    ['takes an empty protobuf body as success', protobuf, text(''), taken],
    ['takes an empty body without a type as success', undefined, text(''), taken],
    ['takes an empty body of any type as success', 'text/html', text(''), taken],
    ['takes {} as success', json, text('{}'), taken],
    ['takes an empty partial success as success', json, text('{"partialSuccess":{}}'), taken],
    ['reads a protobuf partial success', protobuf, encodeLogsResponse(partial, protobuf), refused],
    ['reads a JSON partial success', json, encodeLogsResponse(partial, json), refused],
    [
      'ignores case and parameters of the type',
      'Application/JSON; charset=utf-8',
      encodeLogsResponse(partial, json),
      refused,
    ],
    [
      'keeps a warning that comes without refused records',
      protobuf,
      encodeLogsResponse({ rejectedLogRecords: 0, errorMessage: 'deprecated' }, protobuf),
      { ...taken, message: 'deprecated' },
    ],
    [
      'passes on a count the server cannot mean',
      protobuf,
      encodeLogsResponse({ rejectedLogRecords: -1, errorMessage: '' }, protobuf),
      { ...taken, rejectedRecords: -1 },
    ],
  ])('%s', (_, contentType, body, verdict) => {
    expect(judgeOtlpReply(contentType, body)).toStrictEqual(verdict);
  });

  test.each([
    [protobuf, text('\x0a\x7f truncated')],
    [protobuf, text('<html>')],
    [json, text('{"partialSuccess":')],
    [json, text('<html>')],
    [json, text('null')],
  ])('takes a broken %s body as success with a message (%s)', (contentType, body) => {
    const { message, ...verdict } = judgeOtlpReply(contentType, body);
    expect(verdict).toStrictEqual({ understood: true, rejectedRecords: 0 });
    expect(message).toContain(`of type ${contentType} (${body.length} bytes) could not be decoded`);
  });

  test.each(['text/html; charset=utf-8', 'text/plain', 'application/xml', '', undefined])(
    'does not take a body of type %j for an acknowledgement',
    (contentType) => {
      const { message, ...verdict } = judgeOtlpReply(contentType, text('<html>log in</html>'));
      expect(verdict).toStrictEqual({ understood: false, rejectedRecords: 0 });
      expect(message).toContain('is not OTLP');
    },
  );

  it('shortens a content type nobody would want in a log', () => {
    for (const body of ['<html>', '{']) {
      const { message } = judgeOtlpReply(`${body === '{' ? json : 'text/html'}; x=${'x'.repeat(9_000)}`, text(body));
      expect(message.length).toBeLessThan(200);
    }
  });

  it('never throws and never answers at length, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom(protobuf, json), fc.string({ maxLength: 500 })),
        fc.uint8Array(),
        (type, body) => {
          const verdict = judgeOtlpReply(type, body);
          if (!verdict.understood) expect(verdict.message.length).toBeLessThan(200);
        },
      ),
    );
  });
});
