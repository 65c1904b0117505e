import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createDnsResolver, type DeliveryOptions } from '../../src/index.ts';
import type { TextRecord } from '../text-records.ts';
import { freePort, type Inbox } from './backend.ts';
import { type Answer, serveDns } from './dns-server.ts';
import { createFastClock } from './fast-clock.ts';
import { startPod } from './pods.ts';
import { createSender, type Sender } from './sender.ts';

const NAME = 'collector.logs.test';

function createDnsSender(
  dns: { server: string },
  url: string,
  options: Partial<DeliveryOptions<TextRecord>> = {},
): Sender {
  const resolver = createDnsResolver({ servers: [dns.server] });
  return createSender([url], { resolver, clock: createFastClock(10), ...options });
}

/** Logs one record after the other, each delivered before the next, until something has come true. */
async function sendUntil(sender: Sender, isTrue: () => boolean): Promise<void> {
  while (!isTrue()) {
    sender.delivery.enqueue({ text: `record ${sender.delivery.stats().accepted}` }, 9, 0);
    const { pending } = await sender.delivery.flush({ timeoutMs: 100_000 });
    expect(pending).toBe(0);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const addressesOf = ({ delivery }: Sender) => delivery.stats().endpoints.map(({ address }) => address);
const nothingLost = ({ delivery }: Sender, ...inboxes: Inbox[]) => {
  const { accepted, delivered, pending, rejected, fallback, dropped } = delivery.stats();
  expect({ delivered, pending, rejected, fallback, dropped: dropped.total }).toEqual({
    delivered: accepted,
    pending: 0,
    rejected: 0,
    fallback: 0,
    dropped: 0,
  });
  expect(inboxes.reduce((sum, { texts }) => sum + texts.length, 0)).toBeGreaterThanOrEqual(accepted);
};

describe('a dns+http endpoint', () => {
  it('is one endpoint for each address of its name, and Host stays the name', async () => {
    await using one = await startPod('127.0.0.2');
    await using two = await startPod('127.0.0.3', one.port);
    await using dns = await serveDns({ [NAME]: { a: ['127.0.0.2', '127.0.0.3'] } });
    await using sender = createDnsSender(dns, `dns+http://${NAME}:${one.port}/v1/logs`);
    await sendUntil(sender, () => one.inbox.texts.length > 0 && two.inbox.texts.length > 0);
    expect(addressesOf(sender)).toEqual(['127.0.0.2', '127.0.0.3']);
    expect(one.inbox.requests[0]?.headers.host).toBe(`${NAME}:${one.port}`);
    expect(sender.delivery.stats().endpoints[0]?.url).toBe(`http://${NAME}:${one.port}/v1/logs`);
    nothingLost(sender, one.inbox, two.inbox);
  });

  it.each<Answer>(['NXDOMAIN', 'SERVFAIL', 'drop', {}])(
    'keeps the last good list when the answer is %s (F38, F41)',
    async (answer) => {
      await using pod = await startPod('127.0.0.2');
      await using dns = await serveDns({ [NAME]: { a: ['127.0.0.2'] } });
      await using sender = createDnsSender(dns, `dns+http://${NAME}:${pod.port}/v1/logs`);
      await sendUntil(sender, () => pod.inbox.texts.length > 0);
      dns.zone[NAME] = answer;
      await expect
        .poll(() => sender.diagnostics.map(({ kind }) => kind), { timeout: 20_000 })
        .toContain('lookupFailed');
      await sendUntil(sender, () => pod.inbox.texts.length > 5);
      expect(addressesOf(sender)).toEqual(['127.0.0.2']);
      nothingLost(sender, pod.inbox);
    },
  );

  it.each<Answer>(['NXDOMAIN', 'SERVFAIL', 'drop', {}])(
    'whose name answers %s at the start keeps its records until it means something (F39)',
    async (answer) => {
      await using pod = await startPod('127.0.0.2');
      await using dns = await serveDns({ [NAME]: answer });
      await using sender = createDnsSender(dns, `dns+http://${NAME}:${pod.port}/v1/logs`);
      sender.delivery.enqueue({ text: 'early' }, 9, 0);
      await expect.poll(() => sender.stderr.join(''), { timeout: 20_000 }).toContain(`cannot resolve ${NAME}`);
      expect(sender.delivery.stats()).toMatchObject({ pending: 1, endpoints: [] });
      dns.zone[NAME] = { a: ['127.0.0.2'] };
      await expect.poll(() => pod.inbox.texts, { timeout: 20_000 }).toEqual(['early']);
      await expect.poll(() => sender.delivery.stats().delivered).toBe(1);
      nothingLost(sender, pod.inbox);
    },
  );

  it('follows pods that are replaced one by one, and loses nothing (F40)', async () => {
    const first = await startPod('127.0.0.2');
    const pods = [first, await startPod('127.0.0.3', first.port)];
    const inboxes = pods.map(({ inbox }) => inbox);
    await using dns = await serveDns({});
    const publish = () => {
      dns.zone[NAME] = { a: pods.map(({ address }) => address) };
    };
    publish();
    await using sender = createDnsSender(dns, `dns+http://${NAME}:${first.port}/v1/logs`);
    for (const address of ['127.0.0.4', '127.0.0.5', '127.0.0.6']) {
      const pod = await startPod(address, first.port);
      pods.push(pod);
      inboxes.push(pod.inbox);
      const old = pods.shift();
      publish();
      // A pod is taken out of DNS first and stops a little later; some are faster than that.
      if (address === '127.0.0.5') await old?.stop();
      await sendUntil(sender, () => pod.inbox.texts.length > 0 && !addressesOf(sender).includes(old?.address));
      await old?.stop();
    }
    expect(addressesOf(sender)).toEqual(['127.0.0.5', '127.0.0.6']);
    nothingLost(sender, ...inboxes);
    for (const pod of pods) await pod.stop();
  });

  it('closes the connections of an address that is gone, after its requests have ended', async () => {
    await using one = await startPod('127.0.0.2');
    await using two = await startPod('127.0.0.3', one.port);
    await using dns = await serveDns({ [NAME]: { a: ['127.0.0.2'] } });
    await using sender = createDnsSender(dns, `dns+http://${NAME}:${one.port}/v1/logs`);
    await sendUntil(sender, () => one.inbox.texts.length > 0);
    dns.zone[NAME] = { a: ['127.0.0.3'] };
    await sendUntil(sender, () => two.inbox.texts.length > 0);
    expect(addressesOf(sender)).toEqual(['127.0.0.3']);
  });

  it('takes no more than twenty of 25 addresses, and stays with them (F41)', async () => {
    const a = Array.from({ length: 25 }, (_, i) => `127.1.0.${i + 1}`);
    const port = await freePort();
    await using dns = await serveDns({ [NAME]: { a } });
    await using sender = createDnsSender(dns, `dns+http://${NAME}:${port}/v1/logs`);
    sender.delivery.enqueue({ text: 'a' }, 9, 0);
    await expect.poll(() => addressesOf(sender).length, { timeout: 20_000 }).toBe(20);
    const before = addressesOf(sender);
    const asked = dns.questions;
    await expect.poll(() => dns.questions, { timeout: 20_000 }).toBeGreaterThan(asked + 2);
    expect(addressesOf(sender)).toEqual(before);
  });

  it('ejects a dead IPv6 address as any other (F42)', async ({ skip }) => {
    if (!(await hasIpv6())) skip('this machine has no IPv6');
    await using pod = await startPod('127.0.0.2');
    await using dns = await serveDns({ [NAME]: { a: ['127.0.0.2'], aaaa: ['::1'] } });
    await using sender = createDnsSender(dns, `dns+http://${NAME}:${pod.port}/v1/logs`);
    await sendUntil(sender, () => pod.inbox.texts.length >= 30);
    const dead = sender.delivery.stats().endpoints.find(({ address }) => address === '::1');
    expect(dead?.delivered).toBe(0);
    expect(dead?.failures).toBeGreaterThanOrEqual(1);
    nothingLost(sender, pod.inbox);
  });
});

describe('a srv+http endpoint', () => {
  const SERVICE = `_otlp._tcp.${NAME}`;

  it('has the ports of its records, and Host is the domain of the service', async () => {
    await using one = await startPod('127.0.0.2');
    await using two = await startPod('127.0.0.3');
    await using dns = await serveDns({
      [SERVICE]: {
        srv: [
          { priority: 0, weight: 1, port: one.port, target: `one.${NAME}` },
          { priority: 0, weight: 3, port: two.port, target: `two.${NAME}` },
        ],
      },
      [`one.${NAME}`]: { a: ['127.0.0.2'] },
      [`two.${NAME}`]: { a: ['127.0.0.3'] },
    });
    await using sender = createDnsSender(dns, `srv+http://${SERVICE}/v1/logs`, { balance: 'round-robin' });
    await sendUntil(sender, () => one.inbox.texts.length >= 10);
    // One in four, however the turns fall.
    expect(two.inbox.texts.length).toBeGreaterThanOrEqual(27);
    expect(two.inbox.texts.length).toBeLessThanOrEqual(33);
    expect(two.inbox.requests[0]?.headers.host).toBe(`${NAME}:${two.port}`);
    nothingLost(sender, one.inbox, two.inbox);
  });

  it('uses a higher priority only while no lower one takes traffic, however it balances', async () => {
    await using one = await startPod('127.0.0.2');
    await using two = await startPod('127.0.0.3');
    await using dns = await serveDns({
      [SERVICE]: {
        srv: [
          { priority: 10, weight: 0, port: one.port, target: `one.${NAME}` },
          { priority: 20, weight: 0, port: two.port, target: `two.${NAME}` },
          { priority: 0, weight: 0, port: 1, target: `nowhere.${NAME}` },
        ],
      },
      [`one.${NAME}`]: { a: ['127.0.0.2'] },
      [`two.${NAME}`]: { a: ['127.0.0.3'] },
    });
    await using sender = createDnsSender(dns, `srv+http://${SERVICE}/v1/logs`);
    await sendUntil(sender, () => one.inbox.texts.length >= 20);
    expect(two.inbox.texts).toEqual([]);
    await one.stop();
    await sendUntil(sender, () => two.inbox.texts.length > 0);
    nothingLost(sender, one.inbox, two.inbox);
  });
});

describe('the resolver of the system', () => {
  it('knows the hosts file', async () => {
    expect(await createDnsResolver().addresses('localhost')).toEqual(
      expect.arrayContaining([expect.stringMatching(/^(127\.|::1$)/)]),
    );
  });

  it('asks a question once while its answer is awaited', async () => {
    await using dns = await serveDns({ [NAME]: { a: ['127.0.0.2'] } });
    const resolver = createDnsResolver({ servers: [dns.server] });
    const answers = await Promise.all([1, 2, 3].map(() => resolver.addresses(NAME)));
    expect(answers).toEqual([['127.0.0.2'], ['127.0.0.2'], ['127.0.0.2']]);
    expect(dns.questions).toBe(2); // One for each family.
  });
});

function hasIpv6(): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(0, '::1', () => server.close(() => resolve(true)));
  });
}
