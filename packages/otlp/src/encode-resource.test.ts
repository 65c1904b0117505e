import { describe, expect, it } from 'vitest';
import { decodeMessageWithProtobufjs } from '../test/conformance/otlp-descriptor.ts';
import { encodeResource, encodeScope } from './encode-resource.ts';

describe('encodeResource', () => {
  it('writes attributes of every kind, more than a record may have', () => {
    expect(
      decode('Resource', encodeResource({ 'service.name': 'a', pid: 7, none: undefined, tags: ['x'] })),
    ).toStrictEqual({
      attributes: [
        { key: 'service.name', value: { stringValue: 'a' } },
        { key: 'pid', value: { intValue: '7' } },
        { key: 'tags', value: { arrayValue: { values: [{ stringValue: 'x' }] } } },
      ],
    });
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`k${index}`, index]));
    expect(decode('Resource', encodeResource(many))['attributes']).toHaveLength(200);
  });

  it('is nothing without attributes', () => {
    expect(encodeResource({})).toHaveLength(0);
  });
});

describe('encodeScope', () => {
  it.each<[Parameters<typeof encodeScope>, object]>([
    [['db'], { name: 'db' }],
    [['db', '1.2.3'], { name: 'db', version: '1.2.3' }],
    [[''], {}],
    [['', '1'], { version: '1' }],
    [['世界'.repeat(50), '🎉\ud800'], { name: '世界'.repeat(50), version: '🎉\ufffd' }],
    [['db', '', { a: true }], { name: 'db', attributes: [{ key: 'a', value: { boolValue: true } }] }],
  ])('of %j', (args, expected) => {
    expect(decode('InstrumentationScope', encodeScope(...args))).toStrictEqual(expected);
  });

  it('counts the attributes it drops', () => {
    const many = Object.fromEntries(Array.from({ length: 130 }, (_, index) => [`k${index}`, index]));
    const scope = decode('InstrumentationScope', encodeScope('db', '', many));
    expect(scope['attributes']).toHaveLength(128);
    expect(scope['droppedAttributesCount']).toBe(2);
  });
});

function decode(message: string, bytes: Uint8Array): Readonly<Record<string, unknown>> {
  return decodeMessageWithProtobufjs(message, bytes);
}
