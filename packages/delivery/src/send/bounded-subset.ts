import { createHash } from 'node:crypto';

/**
 * At most `max` of some items, chosen by chance and yet the same ones whenever it is asked: an item is in or out by a
 * hash of its own, so that a list that changes a little changes the choice a little. Pure.
 *
 * @param keyOf - what tells items apart.
 * @param seed - other seeds choose others: each process its own.
 */
export function boundedSubset<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  { max, seed }: { readonly max: number; readonly seed: string },
): T[] {
  if (items.length <= max) return [...items];
  const ranked = items.map((item) => ({ item, rank: hashOf(`${seed} ${keyOf(item)}`) }));
  ranked.sort((a, b) => (a.rank < b.rank ? -1 : 1));
  return ranked.slice(0, max).map(({ item }) => item);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
