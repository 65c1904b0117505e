/** Verdicts that are kept: applications have few names and short ones, but may make names of data. */
export const MAX_KNOWN_KEYS = 2000;
export const MAX_KNOWN_UNITS = 128;

/**
 * Makes the question whether a name, or a part between dots of a flat one, is in a list. Case does not matter.
 *
 * @param patterns - of further names.
 */
export function createKeyMatcher(keys: readonly string[], patterns: readonly RegExp[] = []): (key: string) => boolean {
  if (keys.length === 0 && patterns.length === 0) return () => false;
  const parts = keys.map((key) => `.${key.toLowerCase()}.`);
  const known = new Map<string, boolean>();
  return (key) => {
    const verdict = known.get(key);
    if (verdict !== undefined) return verdict;
    const name = `.${key.toLowerCase()}.`;
    const isSecret = parts.some((part) => name.includes(part)) || patterns.some((pattern) => pattern.test(key));
    if (known.size < MAX_KNOWN_KEYS && key.length <= MAX_KNOWN_UNITS) known.set(key, isSecret);
    return isSecret;
  };
}
