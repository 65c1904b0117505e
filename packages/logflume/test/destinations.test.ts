import type { Transport } from '@logflume/delivery';
import { createDevBackend } from '@logflume/dev-backend';
import { decodeLogsRequest } from '@logflume/otlp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger, type Diagnostic, type RouteRecord, type RouteRule } from '../src/index.ts';

// The logger says on stderr what is lost on purpose here.
beforeEach(() => void vi.spyOn(process.stderr, 'write').mockImplementation(() => true));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

interface Received {
  readonly transport: Transport;
  readonly bodies: () => string[];
  readonly ids: () => (string | undefined)[];
}

/** A transport that takes everything: as an adapter to another exporter does, without HTTP. */
function createReceiver(status = 200): Received {
  const requests: { body: Uint8Array; id: string | undefined }[] = [];
  return {
    transport: {
      send: async ({ body, headers }) => {
        requests.push({ body, id: headers['idempotency-key'] });
        const none = { contentType: undefined, retryAfter: undefined, date: undefined };
        return { kind: 'reply', status, ...none, body: new Uint8Array(), complete: true };
      },
      close: () => undefined,
    },
    bodies: () =>
      requests.flatMap(({ body }) =>
        (decodeLogsRequest(body).resourceLogs ?? []).flatMap(({ scopeLogs = [] }) =>
          scopeLogs.flatMap(({ logRecords = [] }) => logRecords.map((record) => record.body?.stringValue ?? '')),
        ),
      ),
    ids: () => requests.map(({ id }) => id),
  };
}

/** A logger with a receiver for each name, and what each got once it is closed. */
async function routed(
  names: readonly string[],
  route: readonly RouteRule[],
  log: (logger: ReturnType<typeof createLogger>) => void,
) {
  const receivers = names.map((name) => ({ name, ...createReceiver() }));
  const diagnostics: Diagnostic[] = [];
  const logger = createLogger({
    name: 'app',
    level: 'trace',
    destinations: receivers.map(({ name, transport }) => ({ name, transport, compression: 'none' })),
    route,
    exit: { handleSignals: false },
    onDiagnostic: (event) => diagnostics.push(event),
  });
  log(logger);
  await logger.close();
  return { got: Object.fromEntries(receivers.map(({ name, bodies }) => [name, bodies()])), diagnostics, logger };
}

describe('several destinations', () => {
  it('each get every record, over their own endpoints, with their own headers and format', async () => {
    await using first = await createDevBackend();
    await using second = await createDevBackend();
    await using logger = createLogger({
      destinations: [
        { name: 'first', endpoints: [first.url], headers: { 'x-tenant': 'one' } },
        { name: 'second', endpoints: [second.url], format: 'otlp-json', compression: 'none' },
      ],
      exit: { handleSignals: false },
    });
    for (let i = 0; i < 100; i++) logger.info('record', { i });
    await expect(logger.flush()).resolves.toMatchObject({ accepted: 200, delivered: 200 });
    for (const backend of [first, second]) expect(backend.records()).toHaveLength(100);
    const { destinations, endpoints } = logger.stats();
    expect(destinations).toMatchObject({ first: { delivered: 100 }, second: { delivered: 100 } });
    expect(endpoints).toHaveLength(2);
  });

  it('take what another refuses, and name themselves in diagnostics', async () => {
    const refusing = createReceiver(400);
    const taking = createReceiver();
    const diagnostics: Diagnostic[] = [];
    const logger = createLogger({
      destinations: [
        { name: 'refusing', transport: refusing.transport, compression: 'none', fallback: 'none' },
        { name: 'taking', transport: taking.transport, compression: 'none' },
      ],
      exit: { handleSignals: false },
      onDiagnostic: (event) => diagnostics.push(event),
    });
    logger.info('record');
    await logger.close();
    expect(taking.bodies()).toEqual(['record']);
    expect(logger.stats().destinations).toMatchObject({ refusing: { rejected: 1 }, taking: { delivered: 1 } });
    expect(diagnostics).toMatchObject([{ kind: 'recordsRejected', destination: 'refusing' }]);
  });

  it('may be anything with a transport: batches come framed, with a stable id, until they are taken', async () => {
    const receiver = createReceiver();
    let failures = 2;
    const transport: Transport = {
      ...receiver.transport,
      send: (request) =>
        failures-- > 0
          ? Promise.resolve({ kind: 'failure', code: 'EXPORT', message: 'not now' })
          : receiver.transport.send(request),
    };
    const logger = createLogger({
      destinations: [{ name: 'exporter', transport, compression: 'none', retry: { baseDelayMs: 1, maxDelayMs: 1 } }],
      exit: { handleSignals: false },
    });
    logger.info('record');
    await logger.close();
    expect(receiver.bodies()).toEqual(['record']);
    expect(receiver.ids()).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
    expect(logger.stats()).toMatchObject({
      delivered: 1,
      endpoints: [{ url: 'http://transport.invalid/exporter', attempts: 3 }],
    });
  });
});

describe('a route', () => {
  it('chooses by level and by logger; a destination without a rule gets everything', async () => {
    const { got } = await routed(
      ['all', 'errors', 'db'],
      [
        { to: 'errors', level: 'error' },
        { to: 'db', logger: 'db' },
      ],
      (logger) => {
        logger.info('info');
        logger.fatal('fatal');
        logger.child({}, { name: 'db.pool' }).debug('pool');
        logger.child({}, { name: 'dbx' }).debug('other');
      },
    );
    expect(got).toEqual({ all: ['fatal', 'info', 'pool', 'other'], errors: ['fatal'], db: ['pool'] });
  });

  it('chooses by values of attributes, as a file or the environment can say it', async () => {
    const { got } = await routed(
      ['audit', 'eu', 'both'],
      [
        { to: 'audit', attributes: { audit: true } },
        { to: 'eu', attributes: { region: ['de', 'fr'], tier: 1 } },
        { to: 'both', attributes: { audit: true }, level: 'info', when: ({ body }) => body !== 'refused' },
      ],
      (logger) => {
        logger.child({ audit: true }).info('bound');
        logger.info('text', { audit: 'true' });
        logger.info('refused', { audit: true, region: 'fr', tier: 1 });
        logger.debug('low', { audit: true, region: 'us', tier: 1 });
        logger.info('half', { region: 'de' });
      },
    );
    expect(got).toEqual({ audit: ['bound', 'refused', 'low'], eu: ['refused'], both: ['bound'] });
  });

  it('and destinations need no code: the environment names both', async () => {
    await using all = await createDevBackend();
    await using audit = await createDevBackend();
    vi.stubEnv('LOGFLUME_DESTINATIONS', `all=${all.url},audit=${audit.url}`);
    vi.stubEnv('LOGFLUME_ROUTE', JSON.stringify([{ to: 'audit', attributes: { audit: true } }]));
    await using logger = createLogger({ exit: { handleSignals: false } });
    logger.info('plain');
    logger.info('bought', { audit: true });
    await logger.flush();
    const bodies = [all, audit].map((backend) => backend.records().map(({ body }) => body));
    expect(bodies).toEqual([['plain', 'bought'], ['bought']]);
  });

  it('chooses by attributes, those bound to the logger too, and leaves out what nobody gets', async () => {
    const isAudit = ({ attributes }: RouteRecord) => attributes['audit'] === true;
    const { got, logger } = await routed(
      ['audit', 'rest'],
      [
        { to: 'audit', when: isAudit },
        { to: 'rest', level: 'info', when: (record) => !isAudit(record) },
        { to: ['rest'], when: ({ eventName, body }) => eventName === 'login' && body === undefined },
      ],
      (log) => {
        log.info('plain');
        log.info('paid', { audit: true });
        log.child({ audit: true }).info('bound');
        log.debug('nobody');
        log.event('login', { audit: true }, { level: 'trace' });
      },
    );
    expect(got).toEqual({ audit: ['paid', 'bound', ''], rest: ['plain', ''] });
    expect(logger.stats().accepted).toBe(5);
  });

  it('sends to all destinations when a predicate throws, and says so once, after the log call', async () => {
    const { got, diagnostics } = await routed(
      ['a', 'b'],
      [
        { to: 'a', level: 'fatal' },
        {
          to: 'b',
          when: () => {
            throw new TypeError('SECRET');
          },
        },
      ],
      (logger) => {
        for (let i = 0; i < 10; i++) logger.info(`${i}`);
      },
    );
    expect(got['a']).toHaveLength(10);
    expect(got['b']).toHaveLength(10);
    expect(diagnostics).toEqual([{ kind: 'routeFailed', message: expect.stringContaining('TypeError') }]);
    expect(JSON.stringify(diagnostics)).not.toContain('SECRET');
  });
});
