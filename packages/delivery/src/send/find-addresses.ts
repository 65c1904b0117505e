import { boundedSubset } from './bounded-subset.ts';
import type { FoundAddress } from './configured-endpoint.ts';
import type { Resolver, ServiceRecord } from './resolver.ts';

/** Endpoints one name may become. Each has connections and a history of its own; more spread no load any better. */
export const MAX_ADDRESSES = 20;

/**
 * All addresses a name stands for, `MAX_ADDRESSES` at most.
 *
 * @param seed - chooses among too many; see `boundedSubset`.
 * @throws whatever the resolver does; an empty answer is an error too.
 */
export async function findAddresses(
  name: string,
  lookup: 'addresses' | 'services',
  { resolver, seed }: { readonly resolver: Resolver; readonly seed: string },
): Promise<FoundAddress[]> {
  const found =
    lookup === 'addresses'
      ? unique(await resolver.addresses(name)).map((address) => ({ address, port: undefined, rank: 0, share: 1 }))
      : await findServices(name, resolver, seed);
  if (found.length === 0) throw Object.assign(new Error('no addresses'), { code: 'ENODATA' });
  const keyOf = ({ address, port }: FoundAddress) => `${address} ${port}`;
  return boundedSubset(found, keyOf, { max: MAX_ADDRESSES, seed });
}

/** A host among several that cannot be resolved is left out; if none can, that is the answer. */
async function findServices(name: string, resolver: Resolver, seed: string): Promise<FoundAddress[]> {
  // A target of "." says that the service does not exist here.
  const records = (await resolver.services(name)).filter(({ host }) => host !== '' && host !== '.');
  const asked = boundedSubset(records, ({ host, port }) => `${host} ${port}`, { max: MAX_ADDRESSES, seed });
  const answers = await Promise.allSettled(asked.map(({ host }) => resolver.addresses(host)));
  const found = asked.flatMap((record, at) => {
    const answer = answers[at];
    return answer?.status === 'fulfilled' ? ofRecord(record, unique(answer.value)) : [];
  });
  for (const answer of answers) if (found.length === 0 && answer.status === 'rejected') throw answer.reason;
  return found;
}

/** A weight of 0 means "hardly ever" beside others: 1 is that beside weights as they are used. */
function ofRecord({ port, priority, weight }: ServiceRecord, addresses: readonly string[]): FoundAddress[] {
  const share = Math.max(1, weight) / addresses.length;
  return addresses.map((address) => ({ address, port, rank: priority, share }));
}

function unique(addresses: readonly string[]): string[] {
  return [...new Set(addresses)].sort();
}
