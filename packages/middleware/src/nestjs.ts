import { addToEvent, type Logger } from 'logflume';
import { type Observable, tap } from 'rxjs';
import type { AccessLogOptions } from './core/access-log-options.ts';
import { exchangeOf } from './core/node-exchange.ts';
import type { RequestLogger } from './core/request-logger.ts';
import { resolveOptions } from './core/resolve-options.ts';
import { accessLog, type ExpressMiddleware, type ExpressRequest } from './express.ts';
import { accessLog as fastifyAccessLog } from './fastify.ts';
import { LogflumeLoggerService } from './nestjs-logger.ts';

export { LogflumeLoggerService, type NestLevel } from './nestjs-logger.ts';

/**
 * Token of the logger for a constructor, `@Inject(REQUEST_LOGGER) log: RequestLogger`. One for all requests: its records
 * carry the id and the trace of the request that runs, and `add` writes onto that request's record.
 */
export const REQUEST_LOGGER: unique symbol = Symbol.for('logflume.nestjs.requestLogger');

/** A module of Nest as `imports` takes it. */
export interface LogflumeDynamicModule {
  module: new () => object;
  global: boolean;
  providers: { provide: string | symbol | typeof LogflumeLoggerService; useValue: unknown }[];
  exports: (symbol | typeof LogflumeLoggerService)[];
}

/** The access log of Nest 12 or 11 on Express or Fastify, {@link LogflumeLoggerService} and {@link REQUEST_LOGGER} for all modules. */
export const LogflumeModule: {
  /**
   * Makes the module, to be imported once by the root module. Its access log stands before everything else, wherever in
   * `imports` it is. `Request` is the request of the platform, for functions among the options.
   *
   * @throws LogflumeError `ERR_LOGFLUME_INVALID_OPTION` for options that cannot work.
   * @example
   * ```ts
   * @Module({ imports: [LogflumeModule.forRoot({ logger: log })] })
   * export class AppModule {}
   * ```
   */
  forRoot<Request = ExpressRequest>(options?: AccessLogOptions<Request>): LogflumeDynamicModule;
} = { forRoot };

function forRoot<Request>(options?: AccessLogOptions<Request>): LogflumeDynamicModule {
  const { logger } = resolveOptions(options);
  // A class for each call: Nest makes one instance of a class, and it is the instance that has the options.
  const module = class LogflumeModule {
    configure(consumer: MiddlewareConsumer): void {
      mountFirst(consumer.getHttpAdapter().getInstance(), { ...options, logger });
    }
  };
  return {
    module,
    global: true,
    providers: [
      { provide: LogflumeLoggerService, useValue: new LogflumeLoggerService(logger) },
      { provide: REQUEST_LOGGER, useValue: requestLoggerOf(logger) },
      { provide: 'APP_INTERCEPTOR', useValue: { intercept } }, // The value of Nest's constant of that name.
    ],
    exports: [LogflumeLoggerService, REQUEST_LOGGER],
  };
}

/** What is read of Nest's `MiddlewareConsumer`; its type does not tell of the adapter. */
interface MiddlewareConsumer {
  getHttpAdapter(): { getInstance(): Application };
}

/** What is read of the application of Express or Fastify below Nest. */
interface Application {
  use(middleware: ExpressMiddleware): unknown;
  readonly router?: { readonly stack?: unknown[] };
  register?(plugin: unknown, options: object): unknown;
}

/** When modules are asked, parsers of bodies are there already: what they answer would have no record. */
function mountFirst(app: Application, options: AccessLogOptions<never>): void {
  if (app.register !== undefined) {
    app.register(fastifyAccessLog, options); // It stands before all hooks by itself.
    return;
  }
  app.use(accessLog(options as AccessLogOptions<ExpressRequest>)); // Of which platform, the application has said by type.
  const stack = app.router?.stack;
  if (stack !== undefined && stack.length > 0) stack.unshift(stack.pop());
}

/** What is read of Nest's `ExecutionContext`. */
interface ExecutionContext {
  getType(): string;
  getClass(): { readonly name: string };
  getHandler(): { readonly name: string };
  switchToHttp(): { getRequest(): object };
}

/** Notes which method serves a request and what it throws, as Nest answers by itself and tells Express nothing. */
function intercept(context: ExecutionContext, next: { handle(): Observable<unknown> }): Observable<unknown> {
  const exchange = context.getType() === 'http' ? exchangeBelow(context.switchToHttp().getRequest()) : undefined;
  if (exchange === undefined) return next.handle();
  exchange.entry.add({ 'code.function.name': `${context.getClass().name}.${context.getHandler().name}` });
  return next.handle().pipe(
    tap({
      error(thrown: unknown) {
        exchange.thrown ??= thrown;
      },
    }),
  );
}

/** Fastify's request has that of node:http in it, Express's is one. */
function exchangeBelow(request: object): ReturnType<typeof exchangeOf> {
  const raw: unknown = Reflect.get(request, 'raw');
  return exchangeOf(typeof raw === 'object' && raw !== null ? raw : request);
}

function requestLoggerOf(logger: Logger): RequestLogger {
  return Object.assign(logger.child({}), { add: addToEvent });
}
