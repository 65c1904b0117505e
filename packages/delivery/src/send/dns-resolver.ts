import type { promises } from 'node:dns';
import type { Resolver } from './resolver.ts';

/** Where names are looked up. */
export interface DnsResolverOptions {
  /**
   * Addresses of DNS servers to ask, as `'10.0.0.2'` or `'10.0.0.2:8600'`. They are asked for the names as written, without
   * the hosts file and search domains of the system.
   * @defaultValue those of the system; addresses by its own resolver, hosts file and search domains included
   */
  readonly servers?: readonly string[] | undefined;
}

/** One question is sent once and given up after this; the next poll asks again. */
const TIMEOUT_MS = 1000;

/**
 * Looks names up with `node:dns`, which is loaded at the first question.
 *
 * A question that is still open is not asked twice: the system's resolver occupies a thread of the pool the application
 * uses too, for as long as a dead DNS server makes it wait.
 */
export function createDnsResolver({ servers }: DnsResolverOptions = {}): Resolver {
  let loaded: Promise<{ dns: typeof promises; direct: promises.Resolver }> | undefined;
  const load = async (): Promise<{ dns: typeof promises; direct: promises.Resolver }> => {
    const { promises: dns } = await import('node:dns');
    const direct = new dns.Resolver({ timeout: TIMEOUT_MS, tries: 1 });
    if (servers !== undefined) direct.setServers(servers);
    return { dns, direct };
  };
  const modules = () => {
    loaded ??= load();
    return loaded;
  };
  return {
    addresses: askedOnce(async (host) => {
      const { dns, direct } = await modules();
      if (servers !== undefined) return bothFamilies(direct, host);
      return (await dns.lookup(host, { all: true })).map(({ address }) => address);
    }),
    services: askedOnce(async (name) => {
      const { direct } = await modules();
      return (await direct.resolveSrv(name)).map((record) => ({
        host: record.name,
        port: record.port,
        priority: record.priority,
        weight: record.weight,
      }));
    }),
  };
}

/** Many names have addresses of one family alone: the other one's refusal counts only if there is nothing else. */
async function bothFamilies(direct: promises.Resolver, host: string): Promise<readonly string[]> {
  const answers = await Promise.allSettled([direct.resolve4(host), direct.resolve6(host)]);
  const found = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  for (const answer of answers) if (found.length === 0 && answer.status === 'rejected') throw answer.reason;
  return found;
}

function askedOnce<T>(ask: (name: string) => Promise<T>): (name: string) => Promise<T> {
  const open = new Map<string, Promise<T>>();
  return (name) => {
    const answer = open.get(name) ?? ask(name).finally(() => open.delete(name));
    open.set(name, answer);
    return answer;
  };
}
