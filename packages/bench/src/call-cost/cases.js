// @ts-check
/** The calls that are timed, and how a table names them. */
export const cases = Object.freeze({
  plain: '6 attributes + 3 bound',
  messageOnly: 'message only',
  child: 'a child, one call',
  error: 'an Error',
  disabled: 'level off',
  fifty: '50 attributes',
  longText: '2 kB of text',
  nonAscii: 'non-ASCII',
});
