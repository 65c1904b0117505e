import { Buffer } from 'node:buffer';
import { OtlpDecodeError } from './otlp-decode-error.ts';

/** A varint of 64 bits takes ten bytes: https://protobuf.dev/programming-guides/encoding/#varints */
const maxVarintBytes = 10;

/**
 * A cursor over protobuf bytes: `at` moves towards `end`, and no read passes `end`.
 *
 * Nothing is allocated by what a length prefix claims, only by bytes that are there. The bytes are read in place and not
 * kept by any value the reader answers. Every method throws `OtlpDecodeError` on truncated input; the reader is of no use
 * afterwards.
 */
export class ProtobufReader {
  readonly bytes: Uint8Array;
  at: number;
  end: number;
  /** AnyValues open around the cursor; kept here because their decoders call one another. */
  depth = 0;
  /** The last varint or fixed field read, as two unsigned 32-bit halves. */
  low = 0;
  high = 0;
  readonly #maxFields: number;
  #fields = 0;
  #view: Buffer | undefined;

  /** @param maxFields - how often `tag` answers before it throws. */
  constructor(bytes: Uint8Array, start: number, end: number, maxFields: number = Number.POSITIVE_INFINITY) {
    if (end > bytes.length || start > end) {
      throw new OtlpDecodeError(`bytes ${start} to ${end} do not lie within the ${bytes.length} given`, {
        offset: start,
      });
    }
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.#maxFields = maxFields;
  }

  /** Reads field number × 8 + wire type. The field number is in range; the wire type may be one `skip` refuses. */
  tag(): number {
    const offset = this.at;
    this.#fields += 1;
    if (this.#fields > this.#maxFields) {
      throw new OtlpDecodeError(
        `more than ${this.#maxFields} fields, at offset ${offset}`,
        { offset },
        'tooManyFields',
      );
    }
    this.varint();
    if (this.high !== 0 || this.low < 8) {
      throw new OtlpDecodeError(`invalid field number at offset ${offset}`, { offset });
    }
    return this.low;
  }

  /** Passes over the value of an unknown field, or of a known one with a foreign wire type. */
  skip(tag: number): void {
    switch (tag & 7) {
      case 0:
        this.varint();
        return;
      case 1:
        this.#advance(8);
        return;
      case 2:
        this.leave(this.enter());
        return;
      case 5:
        this.#advance(4);
        return;
      default:
        throw new OtlpDecodeError(`wire type ${tag & 7} is not supported, before offset ${this.at}`, {
          offset: this.at,
        });
    }
  }

  /** Reads a varint into `low` and `high`; bits above the 64th are dropped, as other decoders do. */
  varint(): void {
    let low = 0;
    let high = 0;
    for (let index = 0; index < maxVarintBytes; index += 1) {
      const byte = this.at < this.end ? this.bytes[this.at] : undefined;
      if (byte === undefined) throw this.#truncated(1);
      this.at += 1;
      const bits = byte & 0x7f;
      if (index < 5) low |= bits << (7 * index);
      if (index === 4) high = bits >>> 4;
      if (index > 4) high |= bits << (7 * index - 32);
      if (byte < 0x80) {
        this.low = low >>> 0;
        this.high = high >>> 0;
        return;
      }
    }
    throw new OtlpDecodeError(`varint longer than ${maxVarintBytes} bytes, before offset ${this.at}`, {
      offset: this.at,
    });
  }

  /** Reads eight little-endian bytes into `low` and `high`. */
  fixed64(): void {
    const start = this.#advance(8);
    this.low = this.#text().readUInt32LE(start);
    this.high = this.#text().readUInt32LE(start + 4);
  }

  fixed32(): number {
    return this.#text().readUInt32LE(this.#advance(4));
  }

  double(): number {
    return this.#text().readDoubleLE(this.#advance(8));
  }

  /** Reads a string; what is not UTF-8 becomes U+FFFD, a byte order mark stays. */
  string(): string {
    return this.#delimited('utf8');
  }

  /** Reads a bytes field as text. */
  encodedBytes(encoding: 'hex' | 'base64'): string {
    return this.#delimited(encoding);
  }

  /**
   * Steps into a length-delimited field: reads its length and sets `end` to its end.
   *
   * @returns the `end` from before, to be handed to `leave`.
   */
  enter(): number {
    const outerEnd = this.end;
    this.varint();
    if (this.high !== 0 || this.low > outerEnd - this.at) throw this.#truncated(this.high * 0x1_0000_0000 + this.low);
    this.end = this.at + this.low;
    return outerEnd;
  }

  /** Goes to the end of the field entered, read or not, and back to the bounds around it. */
  leave(outerEnd: number): void {
    this.at = this.end;
    this.end = outerEnd;
  }

  #delimited(encoding: 'utf8' | 'hex' | 'base64'): string {
    const outerEnd = this.enter();
    const text = this.at === this.end ? '' : this.#text().toString(encoding, this.at, this.end);
    this.leave(outerEnd);
    return text;
  }

  #advance(byteCount: number): number {
    const start = this.at;
    if (byteCount > this.end - start) throw this.#truncated(byteCount);
    this.at = start + byteCount;
    return start;
  }

  #truncated(neededBytes: number): OtlpDecodeError {
    const left = this.end - this.at;
    return new OtlpDecodeError(`truncated at offset ${this.at}: ${neededBytes} bytes expected, ${left} left`, {
      offset: this.at,
    });
  }

  /** Made on first use: walking a run of records needs no text, and a Buffer costs more than the whole walk. */
  #text(): Buffer {
    const { buffer, byteOffset, byteLength } = this.bytes;
    this.#view ??= Buffer.from(buffer, byteOffset, byteLength);
    return this.#view;
  }
}
