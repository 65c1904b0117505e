import { once } from 'node:events';
import { LogflumeError } from 'logflume';
import { afterEach, describe, expect, it, vi } from 'vitest';
import winston from 'winston';
import { reportHostVersion } from '../src/host-version.ts';
import { LogflumeTransport } from '../src/index.ts';
import { createRig } from './rig.ts';

afterEach(() => vi.restoreAllMocks());

describe('the options of the transport', () => {
  it.each<[string, unknown, RegExp]>([
    ['no object', 'http://localhost:4318', /^options must be an object, got "http:\/\/localhost:4318"$/],
    ['null', null, /^options must be an object, got null$/],
    ['a level that is no name', { level: 3 }, /^level must be the name of a level, got 3$/],
    ['silent', { silent: 'yes' }, /^silent must be a boolean, got "yes"$/],
    ['handleExceptions', { handleExceptions: 1 }, /^handleExceptions must be a boolean, got 1$/],
    ['handleRejections', { handleRejections: {} }, /^handleRejections must be a boolean, got an object$/],
    ['highWaterMark', { highWaterMark: 0 }, /^highWaterMark must be an integer of 1 or more, got 0$/],
    ['a format', { format: {} }, /^format must be a winston format or the name of a wire format, got an object$/],
    ['a wire format', { format: 'otlp-xml' }, /^format must be .*got "otlp-xml"/],
    ['severityMapping', { severityMapping: { http: 25 } }, /^severityMapping\.http must be an integer 1 … 24, got 25$/],
    [
      'severityMapping of no kind',
      { severityMapping: 5 },
      /^severityMapping must be an object of level names .*got 5$/,
    ],
    ['an endpoint', { endpoints: ['locahost:4318'] }, /^endpoints\[0\] must be an http\(s\) URL.*got "locahost:4318"/],
    ['a typing mistake', { endpoint: ['http://localhost'] }, /"endpoint" is not an option .*did you mean "endpoints"/],
    ['a callback of the base class', { log: () => undefined }, /"log" is not an option/],
    ['onDiagnostic', { onDiagnostic: 'stderr' }, /^onDiagnostic must be a function/],
    ['a logger that is none', { logger: console }, /^logger must be a logger from createLogger, got an object$/],
    [
      'a logger of winston',
      { logger: winston.createLogger({ silent: true }) },
      /^logger must be a logger from createLogger/,
    ],
  ])('are refused at once when they cannot work: %s', (_, options, message) => {
    const make = (): unknown => Reflect.construct(LogflumeTransport, [options]);
    expect(make).toThrow(LogflumeError);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: 'ERR_LOGFLUME_INVALID_OPTION' }));
  });

  it('cannot give a shared logger what it has already', async () => {
    await using rig = await createRig();
    const { logger } = rig;
    // @ts-expect-error the types say so, too
    expect(() => new LogflumeTransport({ logger, endpoints: [] })).toThrow(/^endpoints cannot be given beside logger/);
    // @ts-expect-error a wire format is the logger's
    expect(() => new LogflumeTransport({ logger, format: 'otlp-json' })).toThrow(
      /^format cannot be given beside logger/,
    );
  });

  it('make a logger whose name, attributes and wire format are used', async () => {
    await using rig = await createRig();
    const transport = new LogflumeTransport({
      endpoints: [rig.backend.url],
      name: 'shop',
      attributes: { team: 'a' },
      format: 'otlp-json',
      exit: { handleSignals: false },
    });
    const log = winston.createLogger({ transports: [transport] });
    log.info('m', { a: 1 });
    log.end();
    await once(log, 'finish');
    const [record] = await rig.backend.waitFor(1);
    expect(record).toMatchObject({ scope: { name: 'shop' }, attributes: { team: 'a', a: 1 } });
  });

  it('take a winston format beside them', async () => {
    await using rig = await createRig();
    const upper = winston.format((info) => Object.assign(info, { message: String(info.message).toUpperCase() }))();
    const transports = [
      new LogflumeTransport({ logger: rig.logger, format: upper }),
      new LogflumeTransport({ logger: rig.logger }),
    ];
    winston.createLogger({ transports }).info('m');
    expect((await rig.received()).map(({ body }) => body)).toEqual(['M', 'm']);
  });

  it('pass every level winston lets through, whatever LOG_LEVEL says of the logger', async () => {
    await using rig = await createRig({ level: 'fatal' });
    const transports = [new LogflumeTransport({ logger: rig.logger })];
    winston.createLogger({ level: 'silly', transports }).silly('m');
    expect(await rig.single()).toMatchObject({ severityText: 'silly', severityNumber: 1 });
  });

  it('use severityMapping for levels of the application', async () => {
    await using rig = await createRig();
    const transports = [new LogflumeTransport({ logger: rig.logger, severityMapping: { audit: 12 } })];
    winston.createLogger({ levels: { error: 0, audit: 1 }, level: 'audit', transports }).log('audit', 'm');
    expect(await rig.single()).toMatchObject({ severityText: 'audit', severityNumber: 12 });
  });
});

it('passes on what is wrong with a variable of the environment', async () => {
  await using rig = await createRig();
  vi.stubEnv('OTEL_BLRP_SCHEDULE_DELAY', 'soon');
  const onDiagnostic = vi.fn();
  const transport = new LogflumeTransport({ endpoints: [rig.backend.url], onDiagnostic });
  vi.unstubAllEnvs();
  expect(onDiagnostic).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ name: 'OTEL_BLRP_SCHEDULE_DELAY' }));
  transport.end();
  await once(transport, 'finish');
});

describe('the version of winston', () => {
  it('is said once, in one line, when it is not one this package knows', () => {
    const lines: string[] = [];
    const write = (line: string) => lines.push(line);
    reportHostVersion(winston.version, write);
    expect(lines).toEqual([]);
    reportHostVersion('4.0.1', write);
    reportHostVersion('4.0.1', write);
    reportHostVersion(undefined, write);
    expect(lines).toEqual([
      'logflume: @logflume/winston needs winston 3, found winston 4.0.1; records may be wrong or missing\n',
    ]);
  });
});
