import { createLogger, LogflumeError } from 'logflume';
import { describe, expect, it } from 'vitest';
import { type AdapterOptions, createLogRecordExporter, createLogRecordProcessor } from '../src/index.ts';
import { createRig } from './rig.ts';

const invalid = 'ERR_LOGFLUME_INVALID_OPTION';
const unsupported = 'ERR_LOGFLUME_UNSUPPORTED';

describe.each<[string, (options: AdapterOptions) => unknown]>([
  ['an exporter', createLogRecordExporter],
  ['a processor', createLogRecordProcessor],
])('the options of %s', (_, create) => {
  it.each<[string, unknown, string, RegExp]>([
    ['no object', 'http://localhost:4318', invalid, /^options must be an object$/],
    ['null', null, invalid, /^options must be an object$/],
    ['an endpoint', { endpoints: ['locahost:4318'] }, invalid, /^endpoints\[0\] must be an http\(s\) URL/],
    ['a url', { url: 'locahost:4318' }, invalid, /must be an http\(s\) URL.*got "locahost:4318"/],
    ['url beside endpoints', { url: 'http://a', endpoints: ['http://b'] }, invalid, /^url and endpoints say the same/],
    ['timeoutMillis', { timeoutMillis: 0 }, invalid, /^timeoutMillis must be a number of milliseconds above 0$/],
    ['both timeouts', { timeoutMillis: 1, timeoutMs: 1 }, invalid, /^timeoutMillis and timeoutMs say the same/],
    ['compression', { compression: 'brotli' }, invalid, /^compression must be one of gzip, zstd, none$/],
    ['limits', { limits: { maxAttributes: -1 } }, invalid, /^limits\.maxAttributes must be/],
    ['limits of no kind', { limits: 5 }, invalid, /^limits must be an object/],
    ['a typing mistake', { endpoint: ['http://a'] }, invalid, /"endpoint" is not an option .*did you mean "endpoints"/],
    ['a level', { level: 'warn' }, invalid, /^level is decided by the SDK; set minimumSeverity/],
    ['a name', { name: 'shop' }, invalid, /^name is decided by the SDK; give it to getLogger/],
    ['onDiagnostic', { onDiagnostic: 'stderr' }, invalid, /^onDiagnostic must be a function/],
    ['a logger that is none', { logger: console }, invalid, /^logger must be a logger from createLogger$/],
    [
      'agents',
      { httpAgentOptions: { maxSockets: 1 } },
      unsupported,
      /^httpAgentOptions.maxSockets cannot be served; give axios/,
    ],
    ['an agent', { httpAgentOptions: () => ({}) }, unsupported, /^httpAgentOptions as it is cannot be served/],
    ['agents beside tls', { httpAgentOptions: {}, tls: {} }, invalid, /^httpAgentOptions and tls say the same/],
    ['a certificate', { httpAgentOptions: { ca: 5 } }, invalid, /^tls\.ca must be/],
    ['a limit of requests', { concurrencyLimit: 0 }, invalid, /^concurrencyLimit must be an integer of 1 or more$/],
    ['a user agent', { userAgent: 'x' }, unsupported, /^userAgent cannot be served/],
    ['a meter provider', { selfObsMeterProvider: {} }, unsupported, /^selfObsMeterProvider cannot be served/],
    ['connections for one request', { keepAlive: false }, unsupported, /^keepAlive cannot be served unless it is true/],
  ])('are refused at once when they cannot work: %s', (_title, options, code, message) => {
    const make = (): unknown => Reflect.apply(create, undefined, [options]);
    expect(make).toThrow(LogflumeError);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code }));
  });

  it('leave nothing behind in the process before the first record', async () => {
    await using rig = await createRig();
    const before = countListeners();
    create({ endpoints: [rig.backend.url] });
    await new Promise(setImmediate);
    expect(countListeners()).toEqual(before);
  });

  it('cannot give a shared logger what it has already', async () => {
    await using rig = await createRig();
    await using logger = createLogger({ endpoints: [rig.backend.url], exit: { handleSignals: false } });
    // @ts-expect-error the types say so, too
    expect(() => create({ logger, endpoints: [] })).toThrow(/^endpoints cannot be given beside logger/);
  });
});

describe('options written for OTLPLogExporter', () => {
  it('are served: url, headers as an object or a function, timeoutMillis, compression, and those of agents', async () => {
    await using rig = await createRig();
    for (const headers of [{ 'x-team': 'blue' }, async () => ({ 'x-team': 'blue' })]) {
      const compression: string = 'none';
      const url = `${rig.backend.url}/v1/logs`;
      const agents = { keepAlive: true, concurrencyLimit: 5, httpAgentOptions: { keepAlive: true } } as const;
      const common = { timeoutMillis: 1000, ...agents, exit: { handleSignals: false } };
      const exporter = createLogRecordExporter({ url, headers, compression, ...common });
      exporter.export(
        [
          {
            hrTime: [1_700_000_000, 0],
            hrTimeObserved: [1_700_000_000, 0],
            body: 'x',
            resource: { attributes: {} },
            instrumentationScope: { name: 'orders' },
            attributes: {},
            droppedAttributesCount: 0,
          },
        ],
        () => undefined,
      );
      await exporter.shutdown();
    }
    expect(rig.backend.records()).toHaveLength(2);
  });
});

function countListeners(): number[] {
  return ['exit', 'beforeExit', 'SIGTERM', 'SIGINT'].map((event) => process.listenerCount(event));
}
