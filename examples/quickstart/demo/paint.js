// @ts-check
import { styleText } from 'node:util';

/**
 * @typedef {'bold' | 'dim' | 'red' | 'green' | 'yellow'} Style
 * @typedef {(style: Style, text: string) => string} Paint
 */

/**
 * Colours for a stream that shows them: none in a pipe, none with NO_COLOR.
 *
 * @param {NodeJS.WriteStream} stream
 * @returns {Paint}
 */
export function createPaint(stream) {
  if (!stream.isTTY || !stream.hasColors()) return (_, text) => text;
  // The stream has been asked; by default Node would ask stdout.
  return (style, text) => (text === '' ? '' : styleText(style, text, { validateStream: false }));
}

/** @param {number} count */
export function toText(count) {
  return count.toLocaleString('en-US');
}
