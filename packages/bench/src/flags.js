// @ts-check
import { parseArgs } from 'node:util';

/**
 * @param {readonly string[]} args
 * @param {readonly string[]} names - of the measures.
 * @returns {{ chosen: readonly string[], quick: boolean, docs: boolean }}
 * @throws TypeError saying which argument is wrong.
 */
export function parseFlags(args, names) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { quick: { type: 'boolean', default: false }, docs: { type: 'boolean', default: false } },
  });
  const unknown = positionals.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new TypeError(`there is no measure "${unknown}", only ${names.join(', ')}`);
  if (values.docs && (values.quick || positionals.length > 0)) {
    throw new TypeError('--docs writes what a whole run says: leave out --quick and the names of measures');
  }
  return { chosen: positionals.length > 0 ? positionals : names, quick: values.quick, docs: values.docs };
}
