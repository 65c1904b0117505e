import { describeHttpParts, mayTell } from './http-parts.ts';
import type { EncodeLimits } from './limits.ts';
import { readMember } from './read-member.ts';
import type { Scrub } from './scrub.ts';
import type { WireForm } from './wire-form.ts';
import { isSafeKey, WritableMembers } from './writable-members.ts';

export type MapForm = Extract<WireForm, { readonly kind: 'map' }>;

/**
 * The same map, or what may be told of it when it is part of an HTTP exchange; its keys as they can be written.
 *
 * @param from - the first key that is not written yet: the others tell nothing, and can be written.
 */
export function toWritableMap(
  form: MapForm,
  keys: readonly string[],
  from: number,
  { maxItems, scrub }: EncodeLimits,
): MapForm {
  // The member by which it could be told may be one of those that are cut.
  let isTold = keys.length > maxItems;
  let isWritable = true;
  for (let index = from; index < keys.length; index++) {
    const key = keys[index] ?? '';
    isTold ||= mayTell(key);
    isWritable &&= key.isWellFormed() && isSafeKey(key, scrub);
  }
  const members = isTold ? describeHttpParts(form.members) : undefined;
  const safe: MapForm = members === undefined ? form : { kind: 'map', members, cut: 0 };
  return isWritable ? safe : withWritableKeys(safe, scrub);
}

function withWritableKeys(form: MapForm, scrub: Scrub | undefined): MapForm {
  const writable = new WritableMembers(scrub);
  for (const key of Object.keys(form.members)) {
    const value = readMember(form.members, key);
    if (value !== undefined) writable.add(key, value);
  }
  return { kind: 'map', members: writable.members, cut: form.cut };
}
