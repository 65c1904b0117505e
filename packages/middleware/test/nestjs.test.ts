import 'reflect-metadata';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as common from '@nestjs/common';
import * as core from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { describe, expect, it } from 'vitest';
import type { RequestLogger } from '../src/index.ts';
import { LogflumeLoggerService, LogflumeModule, REQUEST_LOGGER } from '../src/nestjs.ts';
import { parseNestCall, parseNestError, resolveNestMessage } from '../src/nestjs-arguments.ts';
import { send } from './client.ts';
import { decorate, decorateParameter, type Nest, startNest } from './hosts/nest.ts';
import { type Application, isAccess, Rig } from './sample.ts';

const nest: Nest = { common, core };
const nestOnFastify: Nest = { ...nest, createAdapter: () => new FastifyAdapter() };

/** Nest's own logger, telling how it took its arguments apart instead of printing them. */
class ObservedLogger extends common.ConsoleLogger {
  observed: unknown;

  protected override printMessages(...printed: unknown[]): void {
    const [messages, context, , , stack, params] = printed;
    this.observed = { messages, context, stack, params };
  }

  protected override printStackTrace(): void {}
}

const stack = 'Error: x\n    at charge (/app/orders.js:1:2)';
class Shape {
  readonly sides = 3;
}

describe('the arguments of a call', () => {
  const shapes: readonly (readonly [title: string, ...given: unknown[]])[] = [
    ['a message', 'm'],
    ['a message and its context', 'm', 'Ctx'],
    ['an object', { a: 1 }],
    ['an object and a context', { a: 1 }, 'Ctx'],
    ['parameters', 'm', { a: 1 }],
    ['parameters in several objects', 'm', { a: 1, b: 1 }, { b: 2 }, 'Ctx'],
    ['parameters between messages', 'm', 'n', { a: 1 }, 7, 'Ctx'],
    ['an object without a prototype', 'm', Object.assign(Object.create(null), { a: 1 })],
    ['an object of a class', 'm', new Shape(), 'Ctx'],
    ['what is none', 'm', null, [1], new Map(), 'Ctx'],
    ['an empty context', 'm', ''],
    ['a stack', 'm', stack],
    ['a stack and a context', 'm', stack, 'Ctx'],
    ['a stack behind the context', 'm', 'Ctx', stack],
    ['a stack behind parameters', 'm', { a: 1 }, stack],
    ['parameters, a stack and a context', 'm', { a: 1 }, stack, 'Ctx'],
    ['no stack', 'm', undefined],
    ['no stack and a context', 'm', undefined, 'Ctx'],
    ['an error, no stack and a context', new TypeError('x'), undefined, 'ExceptionsHandler'],
    ['two texts and a context', 'm', 'n', 'Ctx'],
    ['a number and a context', 'm', 7, 'Ctx'],
    ['an error and a context', 'm', new Error('x'), 'Ctx'],
    ['undefined twice', 'm', undefined, undefined],
    ['nothing', undefined],
  ];

  it.each(shapes)('are read as ConsoleLogger reads them: %s', (_, ...given) => {
    for (const [method, parse] of [
      ['log', parseNestCall],
      ['error', parseNestError],
    ] as const) {
      const real = new ObservedLogger();
      Reflect.apply(real[method], real, given);
      expect(parse(given), method).toEqual(real.observed);
    }
  });

  it('may be functions, which make the message, and classes, which give their name', () => {
    expect([() => () => 'made', Shape, 'm'].map(resolveNestMessage)).toEqual(['made', 'Shape', 'm']);
  });
});

/** An application with one controller, its routes below `/api`. */
function hostOf(
  controller: () => common.Type,
  change?: (app: common.INestApplication) => void,
  own: Nest = nest,
  before: readonly common.Type[] = [],
): Application {
  return {
    start(_sample, options) {
      const metadata = { imports: [...before, LogflumeModule.forRoot(options)], controllers: [controller()] };
      return startNest(own, metadata, (app) => {
        app.setGlobalPrefix('api');
        change?.(app);
      });
    },
  };
}

function usersController(): common.Type {
  class UsersController {
    readonly log: RequestLogger;
    constructor(log: RequestLogger) {
      this.log = log;
    }
    find(id: string): string {
      this.log.add({ 'user.id': id });
      this.log.info('looking');
      new common.Logger('Users').log('found %s', { id });
      return 'found';
    }
    unavailable(): never {
      throw new common.ServiceUnavailableException('too busy', { cause: new Error('pool is empty') });
    }
    missing(): never {
      throw new common.NotFoundException('no such user');
    }
    save(): string {
      return 'saved';
    }
  }
  const { prototype } = UsersController;
  decorate(prototype, 'find', common.Get(':id'));
  decorate(prototype, 'unavailable', common.Get('busy/:id'));
  decorate(prototype, 'missing', common.Get('missing/:id'));
  decorate(prototype, 'save', common.Post());
  decorateParameter(prototype, 'find', 0, common.Param('id'));
  common.Inject(REQUEST_LOGGER)(UsersController, undefined, 0);
  common.Controller('users')(UsersController);
  return UsersController;
}

describe('the access log of Nest', () => {
  it('names route and method, and gives what is injected and what Nest logs the id of the request', async () => {
    const host = hostOf(usersController, (app) => app.useLogger(app.get(LogflumeLoggerService)));
    await using rig = await Rig.start(host);
    await send(`${rig.url}/api/users/7`, { headers: { 'x-request-id': 'one' } });
    common.Logger.overrideLogger(false); // It is the process's: the next application is silent again.
    const records = await rig.received();
    const inside = records.filter(({ attributes }) => attributes['request.id'] === 'one');
    expect(inside.map(({ body }) => body)).toEqual(['looking', 'found %s', 'GET /api/users/7 200']);
    expect(inside[1]).toMatchObject({ severityText: 'LOG', attributes: { id: '7', 'nestjs.context': 'Users' } });
    expect(inside[2]?.attributes).toMatchObject({
      'http.route': '/api/users/:id',
      'code.function.name': 'UsersController.find',
      'user.id': '7',
    });
    const start = records.filter(({ attributes }) => attributes['nestjs.context'] === 'RouterExplorer');
    expect(start.length).toBeGreaterThan(0);
    for (const { attributes } of start) expect(attributes).not.toHaveProperty(['request.id']);
  });

  it('tells which exception made the answer, those of HTTP included', async () => {
    await using rig = await Rig.start(hostOf(usersController));
    for (const path of ['busy/1', 'missing/1']) await send(`${rig.url}/api/users/${path}`);
    expect((await rig.received(2)).filter(isAccess)).toMatchObject([
      {
        severityText: 'ERROR',
        attributes: {
          'http.response.status_code': 503,
          'http.route': '/api/users/busy/:id',
          'error.type': 'ServiceUnavailableException',
          'exception.message': 'too busy',
          'exception.stacktrace': expect.stringContaining('UsersController.unavailable'),
        },
      },
      { severityText: 'WARN', attributes: { 'http.response.status_code': 404, 'error.type': 'NotFoundException' } },
    ]);
  });

  it('leaves out an exception that a filter made a proper answer of', async () => {
    class Forgive {
      catch(_: unknown, host: common.ArgumentsHost): void {
        host.switchToHttp().getResponse().status(200).send('never mind');
      }
    }
    common.Catch()(Forgive);
    await using rig = await Rig.start(hostOf(usersController, (app) => app.useGlobalFilters(new Forgive())));
    await send(`${rig.url}/api/users/missing/1`);
    const record = await rig.access();
    expect(record.severityText).toBe('INFO');
    expect(record.attributes).not.toHaveProperty(['error.type']);
  });

  it.each([
    ['Express', nest],
    ['Fastify', nestOnFastify],
  ])('stands before the middleware of other modules: on %s', async (_, own) => {
    class RefuseModule {
      configure(consumer: common.MiddlewareConsumer): void {
        const refuse = (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
          if (request.headers.authorization === undefined) next();
          else response.writeHead(401).end();
        };
        consumer.apply(refuse).forRoutes('*path');
      }
    }
    common.Module({})(RefuseModule);
    const host = hostOf(usersController, undefined, own, [RefuseModule]);
    await using rig = await Rig.start(host);
    await send(`${rig.url}/api/users/7`, { headers: { authorization: 'none' } });
    await send(`${rig.url}/api/users/7`);
    const [refused, served] = await rig.received(2);
    expect(refused?.attributes).toMatchObject({ 'http.response.status_code': 401, 'url.path': '/api/users/7' });
    expect(served?.body).toBe('looking');
  });

  it('stands before the parsers of bodies', async () => {
    await using rig = await Rig.start(hostOf(usersController));
    const headers = { 'content-type': 'application/json' };
    await send(`${rig.url}/api/users`, { method: 'POST', headers, body: '{"a":' });
    const { attributes } = await rig.access();
    expect(attributes).toMatchObject({ 'http.response.status_code': 400, 'http.request.body.size': 5 });
  });
});

describe('LogflumeLoggerService', () => {
  it('writes a record for each message, an error onto the first', async () => {
    await using rig = await Rig.start(hostOf(usersController));
    const logger = new LogflumeLoggerService(rig.logger);
    logger.error(new TypeError('it broke'), undefined, 'ExceptionsHandler');
    logger.error('failed', stack, 'Orders');
    logger.warn('first', 'second', { order: 7 }, 'Orders');
    logger.fatal(() => {
      throw new RangeError('of the application');
    });
    const records = await rig.backend.waitFor(5);
    expect(records).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          severityText: 'ERROR',
          body: 'it broke',
          attributes: expect.objectContaining({
            'exception.type': 'TypeError',
            'exception.stacktrace': expect.stringContaining('nestjs.test'),
            'nestjs.context': 'ExceptionsHandler',
          }),
        }),
        expect.objectContaining({
          body: 'failed',
          attributes: { 'exception.stacktrace': stack, 'nestjs.context': 'Orders' },
        }),
        expect.objectContaining({ body: 'first', attributes: { order: 7, 'nestjs.context': 'Orders' } }),
        expect.objectContaining({ body: 'second', attributes: { order: 7, 'nestjs.context': 'Orders' } }),
        expect.objectContaining({ severityText: 'FATAL', body: 'of the application' }),
      ]),
    );
  });

  it('lets through what Nest’s own would at levels set later', async () => {
    await using rig = await Rig.start(hostOf(usersController));
    const levels = ['verbose', 'debug', 'log', 'warn', 'error', 'fatal'] as const;
    const logger = new LogflumeLoggerService(rig.logger);
    rig.logger.level = 'trace';
    const expected: string[] = [];
    for (const some of [['log'], ['warn', 'debug'], []] as common.LogLevel[][]) {
      const real = new common.ConsoleLogger({ logLevels: some });
      logger.setLogLevels(some);
      for (const level of levels) {
        logger[level](`${some}: ${level}`);
        if (real.isLevelEnabled(level)) expected.push(`${some}: ${level}`);
      }
    }
    await rig.logger.flush();
    expect(
      rig.backend
        .records()
        .map(({ body }) => String(body))
        .sort(),
    ).toEqual(expected.sort());
  });
});
