/**
 * Takes secrets out of what is encoded: asked for every key and every text before a byte of it is written, however deep
 * it stands and whatever object it came from. Must be quick, pure and never throw.
 *
 * It is asked before texts are cut to their limits: half a secret would not be recognised.
 */
export interface Scrub {
  /** What is written instead of the value under a key, as text; `undefined` for the value itself. */
  replacementOf(key: string): string | undefined;
  /** The scrub for what stands inside the object under a key; mostly itself. */
  under(key: string): Scrub;
  /** A text (a value, a body, a key, a name) without secrets in it: itself if there are none. */
  text(text: string): string;
  /** What is written instead of a number or bytes that are a secret, as text; `undefined` for the value itself. */
  replacementOfValue(value: number | bigint | Uint8Array): string | undefined;
}
