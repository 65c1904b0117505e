import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { type handleUnaryCall, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { createDevBackend, type ReceivedRecord } from '@logflume/dev-backend';
import { decodeLogsRequest } from '@logflume/otlp';
import { OTLPLogExporter as GrpcLogExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import { createLogger, emitRecord, type Logger } from 'logflume';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  createLogRecordProcessor,
  type ExporterDestinationOptions,
  exporterDestination,
  type SdkLogRecord,
} from '../src/index.ts';
import { createGate } from './rig.ts';

// The logger says on stderr what is lost on purpose here.
beforeEach(() => void vi.spyOn(process.stderr, 'write').mockImplementation(() => true));
afterEach(() => vi.restoreAllMocks());

type Answer = { code: number; error?: Error } | 'throw' | 'never';

/** An exporter that answers as it is told, and then that all is well. */
function createExporter(...answers: Answer[]) {
  const exported: SdkLogRecord[][] = [];
  let shutdowns = 0;
  const exporter = {
    export(records: SdkLogRecord[], done: (result: { code: number; error?: Error }) => void): void {
      exported.push(records);
      const answer = answers.shift() ?? { code: 0 };
      if (answer === 'throw') throw new Error('broken, with a secret');
      if (answer !== 'never') setImmediate(done, answer);
    },
    shutdown: async () => {
      shutdowns++;
    },
    forceFlush: async () => undefined,
  };
  return { exporter, exported, shutdowns: () => shutdowns };
}

const refused = (code: number, message = 'refused') => ({
  code: 1,
  error: Object.assign(new Error(message), { code }),
});

/** Throws when it is asked for one member. */
function hostile<T extends object>(target: T, member: string): T {
  return Object.defineProperty(target, member, {
    get(): never {
      throw new Error('broken, with a secret');
    },
  });
}

function createLoggerTo(
  exporter: Parameters<typeof exporterDestination>[0],
  options?: ExporterDestinationOptions,
): Logger {
  const retry = { baseDelayMs: 1, maxDelayMs: 1 };
  return createLogger({
    destinations: [exporterDestination(exporter, { retry, fallback: 'none', ...options })],
    exit: { handleSignals: false },
    onDiagnostic: () => undefined,
  });
}

function bodiesOf(request: Buffer): unknown[] {
  return decodeLogsRequest(request).resourceLogs.flatMap(({ scopeLogs }) =>
    (scopeLogs ?? []).flatMap(({ logRecords }) => (logRecords ?? []).map(({ body }) => body?.stringValue)),
  );
}

/** A gRPC server of the logs service that answers with these codes, one a request, and then takes everything. */
async function createGrpcBackend(...codes: status[]) {
  const requests: Buffer[] = [];
  const server = new Server();
  const method = {
    path: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
    requestStream: false,
    responseStream: false,
    requestSerialize: (bytes: Buffer) => bytes,
    requestDeserialize: (bytes: Buffer) => bytes,
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: (bytes: Buffer) => bytes,
  } as const;
  const answer: handleUnaryCall<Buffer, Buffer> = ({ request }, done) => {
    requests.push(request);
    const code = codes.shift();
    if (code === undefined) done(null, Buffer.alloc(0));
    else done({ code, details: 'refused' });
  };
  server.addService({ export: method }, { export: answer });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    url: `http://127.0.0.1:${port}`,
    bodies: () => requests.map((request) => bodiesOf(request)),
    [Symbol.dispose]: () => server.forceShutdown(),
  };
}

describe('an exporter as a destination', () => {
  it('of the stock kind delivers what logflume itself delivers', async () => {
    await using backend = await createDevBackend();
    await using direct = await createDevBackend();
    await using logger = createLogger({
      name: 'orders',
      version: '1.2',
      resource: { 'service.name': 'shop' },
      destinations: [
        exporterDestination(new OTLPLogExporter({ url: `${backend.url}/v1/logs` })),
        { name: 'direct', endpoints: [direct.url] },
      ],
      exit: { handleSignals: false },
    });
    logger.error('failed', new RangeError('out of range', { cause: new Error('root') }), {
      list: [1, null, { a: true }],
    });
    logger.event('order.placed', { 'order.id': 1234, total: 99.5, negative: -3, text: 'é' });
    const trace = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: '00000000000000aa', traceFlags: 1 };
    const scope = { name: 'scope', version: '2', schemaUrl: 'https://example.com/s' };
    emitRecord(logger, {
      severityNumber: 5,
      severityText: 'fine',
      body: { a: [1] },
      trace,
      scope,
      timeMs: 1000,
      timeNanos: 7,
    });
    await logger.flush();
    const sayings = (records: readonly ReceivedRecord[]) =>
      records
        .map(({ sequence, requestNumber, receivedAtUnixMs, idempotencyKey, otlp, ...said }) => said)
        .sort((a, b) => a.severityNumber - b.severityNumber);
    expect(backend.records()).toHaveLength(3);
    expect(sayings(backend.records())).toEqual(sayings(direct.records()));
  });

  it('gets 10,000 records of one tick, each once', async () => {
    await using backend = await createDevBackend({ maxRecords: 10_000 });
    await using logger = createLoggerTo(new OTLPLogExporter({ url: `${backend.url}/v1/logs` }));
    for (let i = 0; i < 10_000; i++) logger.info('record', { i });
    await expect(logger.flush({ timeoutMs: 25_000 })).resolves.toMatchObject({ accepted: 10_000, delivered: 10_000 });
    expect(new Set(backend.records().map(({ attributes }) => attributes['i'])).size).toBe(10_000);
  });

  it.each<[string, status[], string[][], object]>([
    ['is taken', [], [['a', 'b']], { delivered: 2, rejected: 0 }],
    [
      'is asked for again',
      [status.UNAVAILABLE],
      [
        ['a', 'b'],
        ['a', 'b'],
      ],
      { delivered: 2, rejected: 0 },
    ],
    ['is refused for good', [status.INVALID_ARGUMENT], [['a', 'b']], { delivered: 0, rejected: 2 }],
  ])('speaks gRPC by the stock exporter: what %s', async (_, codes, bodies, stats) => {
    using backend = await createGrpcBackend(...codes);
    await using logger = createLoggerTo(new GrpcLogExporter({ url: backend.url }));
    logger.info('a');
    logger.info('b');
    await logger.close();
    expect(backend.bodies()).toEqual(bodies);
    expect(logger.stats()).toMatchObject(stats);
  });

  it.each<[string, Answer[]]>([
    ['a failure without a status', [{ code: 1, error: new Error('no connection') }, { code: 1 }]],
    ['503 and 429', [refused(503), refused(429)]],
    ...[1, 4, 8, 10, 11, 14, 15].map((code): [string, Answer[]] => [`${code} of gRPC`, [refused(code)]]),
    ['a result that throws', [hostile({ code: 1 }, 'code'), hostile({ code: 1 }, 'error')]],
    ['an error that throws', [hostile(refused(1), 'error'), { code: 1, error: hostile(new Error('no'), 'code') }]],
    ['one that throws', ['throw', 'throw']],
    ['one that answers nothing at all', ['never']],
  ])('is asked again until it takes a batch: %s', async (_, answers) => {
    const { exporter, exported } = createExporter(...answers);
    const attempts = answers.length + 1;
    // Short where it has to pass, and long enough for an answer on a machine that is busy.
    const logger = createLoggerTo(exporter, answers.includes('never') ? { timeoutMs: 1000 } : {});
    logger.info('record');
    await logger.close();
    expect(exported).toHaveLength(attempts);
    expect(exported.map(([first]) => first?.body)).toEqual(Array.from({ length: attempts }, () => 'record'));
    expect(logger.stats()).toMatchObject({ delivered: 1, endpoints: [{ attempts }] });
  });

  it('is asked once when its answer waits in a socket while the event loop is blocked over its time', async () => {
    await using server = createServer((socket) => {
      socket.write('taken');
      const untilMs = performance.now() + 600;
      while (performance.now() < untilMs);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { exporter, exported } = createExporter();
    const logger = createLoggerTo(
      {
        ...exporter,
        export(records, done) {
          exported.push(records);
          const socket = connect(port, '127.0.0.1').once('data', () => {
            socket.destroy();
            done({ code: 0 });
          });
        },
      },
      { timeoutMs: 300 },
    );
    logger.info('record');
    await logger.close();
    expect(exported).toHaveLength(1);
    expect(logger.stats()).toMatchObject({ delivered: 1, endpoints: [{ attempts: 1 }] });
  });

  it.each([400, 3, 6, 9])('is asked once where it refuses for good: %d', async (status) => {
    const { exporter, exported } = createExporter(refused(status));
    const logger = createLoggerTo(exporter);
    logger.info('record');
    await logger.close();
    expect(exported).toHaveLength(1);
    expect(logger.stats()).toMatchObject({ accepted: 1, rejected: 1, delivered: 0 });
  });

  it.each([500, 2, 13])('is asked three times more where the server has an error of its own: %d', async (status) => {
    const { exporter, exported } = createExporter(...Array.from({ length: 9 }, () => refused(status)));
    const logger = createLoggerTo(exporter, { fallback: 'stderr' });
    const lines: string[] = [];
    vi.mocked(process.stderr.write).mockImplementation((line) => lines.push(String(line)) > 0);
    logger.info('record');
    await logger.close();
    expect(exported).toHaveLength(4);
    expect(logger.stats()).toMatchObject({ accepted: 1, rejected: 1, delivered: 0 });
    expect(lines.join('')).toContain('"record"');
  });

  it.each<[string, Answer]>([
    ['413', refused(413)],
    ['gRPC, as written for Node', refused(8, '8 RESOURCE_EXHAUSTED: Received message larger than max (9 vs. 4)')],
    ['gRPC, as written in Java', refused(8, '8 RESOURCE_EXHAUSTED: gRPC message exceeds maximum size 4: 9')],
    [
      'gRPC, as written in Rust',
      refused(11, '11 OUT_OF_RANGE: Error, decoded message length too large: found 9 bytes'),
    ],
  ])('gets a batch in halves that is too large: %s', async (_, answer) => {
    const { exporter, exported } = createExporter(answer);
    const logger = createLoggerTo(exporter);
    for (let i = 0; i < 4; i++) logger.info('record', { i });
    await logger.close();
    expect(exported.map((records) => records.length)).toEqual([4, 2, 2]);
    expect(logger.stats()).toMatchObject({ delivered: 4 });
  });

  it('is shut down with the logger, and its errors are told nowhere', async () => {
    const { exporter, shutdowns } = createExporter('throw');
    const told: string[] = [];
    const logger = createLogger({
      destinations: [exporterDestination(exporter, { name: 'vendor', retry: { baseDelayMs: 1, maxDelayMs: 1 } })],
      exit: { handleSignals: false },
      onDiagnostic: (event) => told.push(JSON.stringify(event)),
    });
    logger.info('record');
    await logger.close();
    expect(shutdowns()).toBe(1);
    expect(Object.keys(logger.stats().destinations ?? {})).toEqual(['vendor']);
    expect(told.join()).not.toContain('secret');
  });

  it('is asked again when it is async and throws', async () => {
    const { exporter, exported } = createExporter('throw');
    const logger = createLoggerTo({
      ...exporter,
      async export(records, done) {
        exporter.export(records, done);
      },
    });
    logger.info('record');
    await logger.close();
    expect(exported).toHaveLength(2);
    expect(logger.stats()).toMatchObject({ delivered: 1 });
  });

  it('is flushed with the logger, which waits for it and for its shutdown', async () => {
    const said: string[] = [];
    const soon = (what: string) => async () => {
      await setTimeout(20);
      said.push(what);
    };
    const { exporter } = createExporter();
    const logger = createLoggerTo({ ...exporter, forceFlush: soon('flushed'), shutdown: soon('shut down') });
    logger.info('record');
    await logger.flush();
    expect(said).toEqual(['flushed']);
    await logger.close();
    expect(said).toEqual(['flushed', 'flushed', 'shut down']);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('broken'))],
    ['does not end', () => new Promise<void>(() => undefined)],
  ])('holds up no flush and no close when it %s', async (_, end) => {
    const { exporter } = createExporter();
    const logger = createLoggerTo({ ...exporter, forceFlush: end, shutdown: end });
    logger.info('record');
    await expect(logger.flush({ timeoutMs: 100 })).resolves.toMatchObject({ delivered: 1 });
    await expect(logger.close({ timeoutMs: 100 })).resolves.toMatchObject({ delivered: 1 });
  });

  it('of a processor is shut down once, after the records of all resources', async () => {
    await using backend = await createDevBackend();
    const { exporter, exported, shutdowns } = createExporter();
    const processor = createLogRecordProcessor({
      destinations: [{ name: 'backend', endpoints: [backend.url] }, exporterDestination(exporter)],
      exit: { handleSignals: false },
    });
    const late = createGate<string>();
    const resources = [
      resourceFromAttributes({ 'service.name': 'shop' }),
      resourceFromAttributes({ 'service.name': 'bank', 'host.id': late.opened }),
    ];
    const providers = resources.map((resource) => new LoggerProvider({ resource, processors: [processor] }));
    for (const provider of providers) provider.getLogger('orders').emit({ body: 'record' });
    late.open('id');
    await processor.forceFlush();
    for (const provider of providers) provider.getLogger('orders').emit({ body: 'record' });
    await processor.forceFlush();
    expect([shutdowns(), exported.flat().length]).toEqual([0, 4]);
    await processor.shutdown();
    expect([shutdowns(), exported.flat().length]).toEqual([1, 4]);
  });

  it('has records that are grouped by the identity of resource and scope', async () => {
    const { exporter, exported } = createExporter();
    const logger = createLoggerTo(exporter);
    const db = logger.child({}, { name: 'db' });
    for (const each of [logger, db, logger, db]) each.info('record');
    await logger.close();
    const records = exported.flat();
    expect(new Set(records.map(({ resource }) => resource)).size).toBe(1);
    expect(new Set(records.map(({ instrumentationScope }) => instrumentationScope)).size).toBe(2);
  });

  it.each([undefined, {}, { timeoutMs: undefined, name: undefined }])(
    'has its own defaults where an option says nothing: %j',
    (options) => {
      const destination = exporterDestination(createExporter().exporter, options);
      expect(destination).toMatchObject({ timeoutMs: 30_000, name: 'exporter' });
    },
  );

  it.each([[undefined], [{}], ['http://localhost:4318'], [{ export: () => undefined }]])(
    'is refused when it is none: %j',
    (exporter) => {
      expect(() => Reflect.apply(exporterDestination, undefined, [exporter])).toThrow(
        expect.objectContaining({ code: 'ERR_LOGFLUME_INVALID_OPTION' }),
      );
    },
  );
});
