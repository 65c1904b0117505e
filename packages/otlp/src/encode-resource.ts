import { encodeAttributes } from './encode-attributes.ts';
import { defaultEncodeLimits } from './limits.ts';
import type { Scrub } from './scrub.ts';
import { writeVarint } from './wire.ts';
import { writeString } from './write-string.ts';

/**
 * Encodes the content of a `Resource` message. Attribute limits do not apply to a resource.
 *
 * @param scrub - takes secrets out.
 */
export function encodeResource(attributes: object, scrub?: Scrub): Buffer {
  return encodeAttributes(attributes, { ...unlimited, scrub }, 0x0a).bytes;
}

const unlimited = { ...defaultEncodeLimits, maxAttributes: Number.POSITIVE_INFINITY };

/**
 * Encodes the content of an `InstrumentationScope` message: the name of a logger, the version of what it belongs to.
 *
 * @param name - `''` is left out, as is an absent version.
 */
// Four positional parameters: the first three are the fields of the message.
export function encodeScope(name: string, version = '', attributes: object = {}, scrub?: Scrub): Buffer {
  const members = encodeAttributes(attributes, { ...defaultEncodeLimits, scrub }, 0x1a);
  const bytes = Buffer.alloc((name.length + version.length) * 3 + members.bytes.length + 32);
  let end = 0;
  if (name !== '') {
    bytes[end] = 0x0a;
    end = writeString(bytes, end + 1, name);
  }
  if (version !== '') {
    bytes[end] = 0x12;
    end = writeString(bytes, end + 1, version);
  }
  end += members.bytes.copy(bytes, end);
  if (members.dropped > 0) {
    bytes[end] = 0x20;
    end = writeVarint(bytes, end + 1, members.dropped);
  }
  return Buffer.from(bytes.subarray(0, end));
}
