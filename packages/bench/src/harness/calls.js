// @ts-check
/**
 * The calls that are measured, for the two orders in which loggers take a message and its attributes.
 *
 * @typedef {object} Calls
 * @property {(i: number) => unknown} plain - 6 attributes and 3 bound ones.
 * @property {() => unknown} messageOnly
 * @property {(i: number) => unknown} child - a child with 3 bound attributes is made, and logs once.
 * @property {() => unknown} error
 * @property {() => unknown} disabled - a level that is off.
 * @property {(i: number) => unknown} fifty
 * @property {() => unknown} longText - one attribute of 2 kB.
 * @property {() => unknown} nonAscii
 */
import { attributesOf, bound, failure, fiftyOf, longText, message, nonAscii } from './records.js';

/**
 * @param {any} root - a logger; its `error` takes a message and an Error unless `error` says otherwise.
 * @param {(bound: object) => any} childOf
 * @param {() => unknown} error
 * @returns {Calls}
 */
export function messageFirst(root, childOf = (it) => root.child(it), error = () => root.error('failed', failure)) {
  const child = childOf(bound);
  return {
    plain: (i) => child.info(message, attributesOf(i)),
    messageOnly: () => root.info(message),
    child: (i) => childOf(bound).info(message, attributesOf(i)),
    error,
    disabled: () => root.debug(message),
    fifty: (i) => root.info(message, fiftyOf(i)),
    longText: () => root.info(message, { text: longText }),
    nonAscii: () => root.info(nonAscii, { customer: 'Jürgen Köhler' }),
  };
}

/**
 * @param {any} root
 * @returns {Calls}
 */
export function attributesFirst(root) {
  const child = root.child(bound);
  return {
    plain: (i) => child.info(attributesOf(i), message),
    messageOnly: () => root.info(message),
    child: (i) => root.child(bound).info(attributesOf(i), message),
    error: () => root.error(failure, 'failed'),
    disabled: () => root.debug(message),
    fifty: (i) => root.info(fiftyOf(i), message),
    longText: () => root.info({ text: longText }, message),
    nonAscii: () => root.info({ customer: 'Jürgen Köhler' }, nonAscii),
  };
}
