/**
 * UTF-16 units of a message that is compared. What is remembered of messages is bounded by it, and nobody writes the same
 * kilobytes twice.
 */
export const MAX_COMPARED_UNITS = 1024;

/**
 * What messages have in common that a program writes with different values in them: words that hold a digit count as
 * values. Of a long message the beginning counts.
 *
 * @example
 * ```ts
 * toTemplate('user 4711 took 12ms'); // 'user # took #'
 * ```
 */
export function toTemplate(message: string): string {
  const start = message.length > MAX_COMPARED_UNITS ? message.slice(0, MAX_COMPARED_UNITS) : message;
  return start.replace(/[\w-]+/g, (word) => (/\d/.test(word) ? '#' : word));
}

/** Name of what was thrown, as far as it says; `''` for nothing. Reads no stack: a repeat need not have one made. */
export function typeOfException(exception: unknown): string {
  if (exception === undefined) return '';
  if (typeof exception !== 'object' || exception === null) return typeof exception;
  try {
    const name: unknown = Reflect.get(exception, 'name');
    return typeof name === 'string' && name.length <= MAX_TYPE_UNITS ? name : 'Error';
  } catch {
    return 'Error'; // A getter of a hostile error throws; its message tells it from others.
  }
}

const MAX_TYPE_UNITS = 100;
