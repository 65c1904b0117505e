import type { SecretShape } from './secret-shapes.ts';

/** What is taken out of records, before they are encoded: no copy of it reaches queue, disk, wire or console. */
export interface RedactOptions {
  /**
   * Names whose values are replaced, at any depth of attributes, body and errors. Case does not matter; a part between
   * dots of a flat name counts too: `password` covers `user.password`. One with dots in it is a place as well, see `paths`.
   * @defaultValue none
   */
  readonly keys?: readonly string[] | undefined;
  /**
   * Places whose values are replaced: names joined by dots from the outermost attribute inwards, `*` for any one name.
   * Lists have no names: `users.email` covers every user of the list.
   * @defaultValue none
   */
  readonly paths?: readonly string[] | undefined;
  /**
   * Kinds of secrets to look for in every text, message and stack trace; `true` for all. Costs a search of every text.
   * @defaultValue false
   */
  readonly values?: boolean | readonly SecretShape[] | undefined;
  /** What is written instead. @defaultValue '[redacted]' */
  readonly replacement?: string | undefined;
}
