import { readFileSync } from 'node:fs';
import https from 'node:https';
import { describe, expect, it } from 'vitest';
import {
  accept,
  answering,
  freePort,
  Inbox,
  type LoopbackServer,
  listen,
  serveHttp,
  serveSockets,
} from '../fault/backend.ts';
import { type Ending, runApp } from './run-app.ts';

const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
const cert = fixture('loopback-cert.pem');
const key = fixture('loopback-key.pem');

const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`);
const sorted = (texts: readonly string[]): string[] => [...texts].sort((a, b) => Number(a) - Number(b));
const refusing = async (): Promise<string> => `http://127.0.0.1:${await freePort()}/v1/logs`;

async function serveInbox(): Promise<LoopbackServer & { inbox: Inbox }> {
  const inbox = new Inbox();
  return Object.assign(await serveHttp(answering(inbox, accept(inbox))), { inbox });
}

/** A backend that takes requests and never answers. */
const serveNothing = () => serveHttp(answering(new Inbox(), () => undefined));

function expectQuiet({ stderr }: Ending): void {
  expect(stderr).toBe('');
}

describe('a process that ends right after 1,000 records', () => {
  it.each([
    ['by process.exit(0)', 'process-exit', 0],
    ['by itself', 'natural-end', 0],
  ])('%s delivers all of them and says nothing', async (_how, fixture, code) => {
    await using server = await serveInbox();
    const ending = await runApp(fixture, [server.url]);
    expect(ending).toMatchObject({ code, signal: null });
    expect(sorted(server.inbox.texts)).toEqual(numbers(1000));
    expectQuiet(ending);
  });

  it.each(['uncaught-exception', 'unhandled-rejection'])(
    'by an %s delivers all and ends as without us',
    async (fixture) => {
      await using server = await serveInbox();
      const ending = await runApp(fixture, [server.url]);
      expect(ending).toMatchObject({ code: 1, lines: [] });
      expect(ending.stderr).toContain('the application has a bug');
      expect(sorted(server.inbox.texts)).toEqual(numbers(1000));
    },
  );

  it("before headers() has answered sends none of them, as without a token they are nobody's", async () => {
    await using server = await serveInbox();
    const ending = await runApp('exit-before-headers', [server.url]);
    expect(server.inbox.requests).toEqual([]);
    expect(sorted(ending.lines)).toEqual(numbers(10));
  });

  it.each([
    ['every request', (url: string) => ({ endpoints: [{ url }], headers: { authorization: 'Bearer a\n' } })],
    ['its endpoint', (url: string) => ({ endpoints: [{ url, headers: { authorization: '\tBearer a \r\n' } }] })],
  ])(
    'delivers all of them with a token of %s that was read from a file, line feed and all',
    async (_whose, options) => {
      await using server = await serveInbox();
      const ending = await runApp('process-exit', [], { options: options(server.url) });
      expect(new Set(server.inbox.requests.map(({ headers }) => headers.authorization))).toEqual(new Set(['Bearer a']));
      expect(sorted(server.inbox.texts)).toEqual(numbers(1000));
      expectQuiet(ending);
    },
  );

  it('delivers all of them whatever headers of the user say of the request', async () => {
    await using server = await serveInbox();
    const headers = {
      'content-encoding': 'gzip',
      'transfer-encoding': 'chunked',
      'content-length': '3',
      upgrade: 'h2c',
    };
    const ending = await runApp('process-exit', [server.url], { options: { headers } });
    expect(server.inbox.requests[0]?.headers).toMatchObject({ 'content-length': expect.not.stringMatching(/^3$/) });
    expect(server.inbox.requests[0]?.headers).not.toHaveProperty('content-encoding');
    expect(sorted(server.inbox.texts)).toEqual(numbers(1000));
    expectQuiet(ending);
  });

  it('keeps their order if that is asked for, and sends none after one that nobody takes', async () => {
    const inbox = new Inbox();
    await using server = await serveHttp(
      answering(
        inbox,
        accept(inbox),
        accept(inbox),
        accept(inbox),
        (_request, response) => response.writeHead(503).end(),
        accept(inbox),
      ),
    );
    const ending = await runApp('process-exit', [server.url], {
      options: { ordered: true, batch: { maxRecords: 100 } },
    });
    expect(inbox.texts).toEqual(numbers(300));
    expect(ending.lines).toEqual(numbers(1000).slice(300));
  });

  it('keeps an exit code of its own', async () => {
    await using server = await serveInbox();
    expect((await runApp('process-exit', [server.url], { env: { CODE: '7' } })).code).toBe(7);
  });

  it('under the same ids when requests were under way', async () => {
    const inbox = new Inbox();
    let arrived: () => void = () => undefined;
    const underWay = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    await using server = await serveHttp(
      answering(
        inbox,
        (request) => {
          inbox.keep(request);
          arrived();
        },
        accept(inbox),
      ),
    );
    const ending = await runApp('exit-on-input', [server.url], { inputAfter: underWay });
    expect(ending.code).toBe(0);
    expect(inbox.duplicates).toBe(10);
    for (const ids of inbox.ids.values()) expect(ids.size).toBe(1);
  });

  it('delivers 20 MB in hundreds of batches', async () => {
    await using server = await serveInbox();
    const options = { batch: { maxRecords: 50 }, queue: { maxBytes: 64 << 20 } };
    const ending = await runApp('large-exit', [server.url], { options });
    expect(ending.code).toBe(0);
    expect(server.inbox.requests.length).toBe(400);
    expect(server.inbox.texts.length).toBe(20_000);
    expectQuiet(ending);
  });

  it('delivers all when one endpoint of two refuses', async () => {
    await using server = await serveInbox();
    const options = { batch: { maxRecords: 10 } };
    const ending = await runApp('process-exit', [await refusing(), server.url], { options });
    expect(sorted(server.inbox.texts)).toEqual(numbers(1000));
    expect(ending.lines).toEqual([]);
  });

  it('delivers all when one endpoint of two is a black hole', async () => {
    await using server = await serveInbox();
    await using hole = await serveNothing();
    const options = { batch: { maxRecords: 10 } };
    const ending = await runApp('process-exit', [hole.url, server.url], { options });
    expect(sorted(server.inbox.texts)).toEqual(numbers(1000));
    expect(ending.lines).toEqual([]);
    expect(ending.ms).toBeLessThan(8000);
  });
});

describe('a process that ends, over TLS', () => {
  const serveTls = async () => {
    const inbox = new Inbox();
    const server = await listen(https.createServer({ cert, key }, answering(inbox, accept(inbox))));
    return Object.assign(server, { url: server.url.replace('http:', 'https:'), inbox });
  };

  it.each(['process-exit', 'uncaught-exception'])(
    '(%s) delivers all to a certificate of our authority',
    async (fixture) => {
      await using server = await serveTls();
      const ending = await runApp(fixture, [server.url], { options: { tls: { ca: cert.toString() } } });
      expect(sorted(server.inbox.texts)).toEqual(numbers(1000));
      expect(ending.lines).toEqual([]);
    },
  );

  it('sends nothing to a certificate nobody vouches for, and writes the records', async () => {
    await using server = await serveTls();
    const ending = await runApp('process-exit', [server.url]);
    expect(server.inbox.requests).toEqual([]);
    expect(sorted(ending.lines)).toEqual(numbers(1000));
  });
});

describe('a process that ends, over TLS that Node was told not to look at', () => {
  it('delivers all, as it did before', async () => {
    const inbox = new Inbox();
    await using server = await listen(https.createServer({ cert, key }, answering(inbox, accept(inbox))));
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const ending = await runApp('process-exit', [server.url.replace('http:', 'https:')], { env });
    expect(sorted(inbox.texts)).toEqual(numbers(1000));
    expect(ending.lines).toEqual([]);
  });
});

describe('a process that ends before its names were looked up', () => {
  it('lets the system look them up', async () => {
    await using server = await serveInbox();
    const ending = await runApp('process-exit', [`dns+http://localhost:${server.port}/v1/logs`]);
    expect(sorted(server.inbox.texts)).toEqual(numbers(1000));
    expectQuiet(ending);
  });
});

describe('a process whose backend takes nothing', () => {
  it.each(['process-exit', 'natural-end'])('(refused, %s) writes every record as a JSON line', async (fixture) => {
    const ending = await runApp(fixture, [await refusing()], {
      env: { CODE: '3' },
      options: { exit: { timeoutMs: 2000 } },
    });
    expect(ending.code).toBe(fixture === 'process-exit' ? 3 : 0);
    expect(sorted(ending.lines)).toEqual(numbers(1000));
  });

  it.each(['process-exit', 'natural-end'])('(black hole, %s) ends within its time and writes them', async (fixture) => {
    await using hole = await serveNothing();
    const ending = await runApp(fixture, [hole.url], { options: { exit: { timeoutMs: 1000 } } });
    expect(ending.code).toBe(0);
    expect(sorted(ending.lines)).toEqual(numbers(1000));
    expect(ending.ms).toBeLessThan(5000);
  });

  it('and that has several deliveries ends within the time of one', async () => {
    await using hole = await serveNothing();
    const ending = await runApp('several-deliveries', [hole.url], { options: { exit: { timeoutMs: 1000 } } });
    expect(sorted(ending.lines)).toEqual(numbers(4));
    expect(ending.ms).toBeLessThan(3000);
  });

  it('says so, once per reason', async () => {
    const ending = await runApp('process-exit', [await refusing()]);
    expect(ending.stderr.match(/^logflume: 1000 records go to the fallback \(closed\) .*close last/gm)?.length).toBe(1);
  });

  it('writes to stdout when told so, and nowhere when told so', async () => {
    const url = await refusing();
    const toStdout = await runApp('process-exit', [url], { options: { fallback: 'stdout' } });
    expect([toStdout.lines.length, toStdout.stderr]).toEqual([1000, '']);
    const nowhere = await runApp('process-exit', [url], { options: { fallback: 'none' } });
    expect(nowhere.lines).toEqual([]);
    expect(nowhere.stderr).toContain('logflume: 1000 records were dropped (closed)');
  });

  it('hands over what a close had begun', async () => {
    const ending = await runApp('exit-while-closing', [await refusing()]);
    expect(sorted(ending.lines)).toEqual(numbers(100));
  });

  it('hands over what a close had no time to write', async () => {
    const ending = await runApp('exit-after-hasty-close', [await refusing()]);
    expect(ending.lines.length).toBe(1000);
  });

  it('behind a proxy goes around it for nobody: the records are on stderr', async () => {
    await using server = await serveInbox();
    const env = { http_proxy: await refusing() };
    const ending = await runApp('process-exit', [server.url], { env });
    expect(server.inbox.requests).toEqual([]);
    expect(sorted(ending.lines)).toEqual(numbers(1000));
  });
});

describe('a process behind a proxy', () => {
  const cases = ['natural-end', 'close-on-input'].flatMap((fixture) =>
    ['says nothing', 'connects to nobody'].map((proxy) => [fixture, proxy] as const),
  );

  it.each(cases)('ends (%s) when the proxy %s', async (fixture, what) => {
    let hear: (head: Buffer) => void = () => undefined;
    const asked = new Promise<Buffer>((resolve) => {
      hear = resolve;
    });
    await using proxy = await serveSockets((socket) => {
      socket.once('data', (head) => {
        if (what !== 'says nothing') socket.write('HTTP/1.1 200 so\r\n\r\n');
        hear(head);
      });
    });
    const env = { https_proxy: `http://127.0.0.1:${proxy.port}`, COUNT: '10' };
    const options = { exit: { timeoutMs: 1000 }, timeoutMs: 0 };
    const inputAfter = fixture === 'close-on-input' ? { inputAfter: asked } : {};
    const ending = await runApp(fixture, ['https://logs.example/v1/logs'], { env, options, ...inputAfter });
    expect(ending).toMatchObject({ code: 0, signal: null });
    expect(`${await asked}`).toMatch(/^CONNECT logs\.example:443 HTTP\/1\.1\r\nhost: logs\.example:443\r\n/i);
    expect(sorted(ending.lines)).toEqual(numbers(10));
    // It did not wait for the deadline of the connection, 3 s after that began.
    expect(ending.ms).toBeLessThan(3000);
  });
});

describe('a stderr', () => {
  it.each(['gone', 'closed'] as const)('that is %s changes neither the exit code nor the time', async (stderr) => {
    const ending = await runApp('process-exit', [await refusing()], { stderr, env: { CODE: '5' } });
    expect(ending).toMatchObject({ code: 5, signal: null });
    expect(ending.ms).toBeLessThan(4500);
  });

  it.each(['gone', 'closed'] as const)('that is %s does not end a process that ends by itself', async (stderr) => {
    const options = { exit: { timeoutMs: 1000 } };
    const ending = await runApp('natural-end', [await refusing()], { stderr, options });
    expect(ending).toMatchObject({ code: 0, signal: null });
  });

  it('that nobody reads does not hold the exit (F73)', async () => {
    const env = { CODE: '5' };
    const options = { batch: { maxRecords: 10 }, exit: { timeoutMs: 1000 } };
    const ending = await runApp('large-exit', [await refusing()], { stderr: 'stuck', env, options });
    expect(ending).toMatchObject({ code: 0, signal: null });
    expect(ending.ms).toBeLessThan(8000);
  });
});

describe('a process that has nothing to wait for', () => {
  it('ends at once after its one record has been delivered', async () => {
    await using server = await serveInbox();
    const options = { exit: { timeoutMs: 60_000 } };
    const ending = await runApp('natural-end', [server.url], { env: { COUNT: '1' }, options });
    expect(server.inbox.texts).toEqual(['0']);
    expect(ending.ms).toBeLessThan(3500);
    expectQuiet(ending);
  });

  it('is not kept alive by an idle connection', async () => {
    await using server = await serveInbox();
    const ending = await runApp('flushed-and-idle', [server.url], { options: { exit: { timeoutMs: 60_000 } } });
    expect(ending.ms).toBeLessThan(3500);
    expectQuiet(ending);
  });

  it('ends at once when it logs nothing', async () => {
    await using server = await serveInbox();
    const ending = await runApp('natural-end', [server.url], { env: { COUNT: '0' } });
    expect(ending).toMatchObject({ code: 0, stderr: '' });
    expect(server.inbox.requests).toEqual([]);
  });

  it.each([
    ['ends', 'no', '0,2,2'],
    ['runs on, and then nothing of it is left', 'yes', '0,2,0'],
  ])('tells what was logged after its close when the process %s', async (_what, RUNS_ON, listeners) => {
    const { stderr, lines } = await runApp('log-after-close', [await refusing()], { env: { RUNS_ON } });
    expect(stderr).toMatch(/^logflume: 1000 records were dropped \(closed\) at .*\n$/);
    expect(lines).toEqual([listeners]);
  });

  it('still hears what other exit handlers log', async () => {
    await using server = await serveInbox();
    const ending = await runApp('late-exit-handler', [server.url]);
    expect(server.inbox.texts).toEqual(['first']);
    expect(ending.lines).toEqual(['bye 0']);
  });
});
