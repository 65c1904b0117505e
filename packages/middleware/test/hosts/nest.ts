import type { ServerResponse } from 'node:http';
import type * as common from '@nestjs/common';
import type * as core from '@nestjs/core';
import type { Response } from 'express';
import type { RequestLogger } from '../../src/index.ts';
import { LogflumeModule } from '../../src/nestjs.ts';
import type { Host, RunningHost, Sample } from '../sample.ts';

/** Two majors of Nest are installed for two packages; each hands its own in. */
export interface Nest {
  readonly common: Pick<typeof common, 'Controller' | 'Get' | 'HttpCode' | 'Module' | 'Param' | 'Post' | 'Req' | 'Res'>;
  readonly core: Pick<typeof core, 'NestFactory'>;
  /** Makes the platform below. @defaultValue Express */
  readonly createAdapter?: () => core.AbstractHttpAdapter;
}

export function nestHostOf(name: string, nest: Nest): Host {
  return {
    name,
    hasRoutes: true,
    hasErrors: true,
    helloHandler: 'SampleController.hello',
    knowsOrder: false,
    start(sample, options, mount) {
      const imports = [
        LogflumeModule.forRoot(options),
        ...(mount === 'twice' ? [LogflumeModule.forRoot(options)] : []),
      ];
      return startNest(nest, {
        imports,
        controllers: [sampleController(nest, sample), ordersController(nest, sample)],
      });
    },
  };
}

/** Lets an application of Nest listen on a free port of the loopback, and not log by itself. */
export async function startNest(
  { common, core, createAdapter }: Nest,
  metadata: common.ModuleMetadata,
  change: (app: common.INestApplication) => void = () => undefined,
): Promise<RunningHost> {
  class App {}
  common.Module(metadata)(App);
  const options = { logger: false as const, forceCloseConnections: true };
  const app =
    createAdapter === undefined
      ? await core.NestFactory.create(App, options)
      : await core.NestFactory.create(App, createAdapter(), options);
  change(app);
  await app.listen(0, '127.0.0.1');
  return { url: (await app.getUrl()).replace('[::1]', '127.0.0.1'), close: () => app.close() };
}

/** Applies decorators by hand: the syntax of TypeScript's would need a compiler of its own. */
export function decorate(target: object, method: string, ...decorators: unknown[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(target, method);
  for (const decorator of decorators) Reflect.apply(decorator as () => void, undefined, [target, method, descriptor]);
}

/** The same of a parameter. */
export function decorateParameter(target: object, method: string, index: number, decorator: unknown): void {
  Reflect.apply(decorator as () => void, undefined, [target, method, index]);
}

function sampleController({ common }: Nest, sample: Sample): common.Type {
  const { Controller, Get, HttpCode, Param, Post, Req, Res } = common;
  class SampleController {
    hello(): Promise<string> {
      return sample.text();
    }
    healthz(): string {
      return 'well';
    }
    echo(): Promise<string> {
      return sample.text();
    }
    refuse(response: Response): void {
      response.status(400).send(sample.refusal);
    }
    syncError(): never {
      throw sample.failure();
    }
    async asyncError(): Promise<void> {
      await new Promise(setImmediate);
      throw sample.failure();
    }
    status(code: string, response: Response): void {
      response.status(Number(code)).send();
    }
    stream(response: Response): void {
      const raw = rawOf(response);
      for (const chunk of sample.chunks) raw.write(chunk);
      raw.end();
    }
    hang(response: Response): void {
      rawOf(response).write('begun');
      sample.hung();
    }
    add({ log }: { readonly log: RequestLogger }, response: Response): void {
      sample.add(log);
      rawOf(response).on('close', () => sample.addLate(log));
      response.send('added');
    }
    meet(number: string): Promise<string> {
      return sample.meet(number);
    }
  }
  const { prototype } = SampleController;
  decorate(prototype, 'hello', Get('hello'));
  decorate(prototype, 'healthz', Get('healthz'));
  decorate(prototype, 'echo', Post('echo'), HttpCode(200));
  decorate(prototype, 'refuse', Post('refuse'));
  decorate(prototype, 'syncError', Get('sync-error'));
  decorate(prototype, 'asyncError', Get('async-error'));
  decorate(prototype, 'status', Get('status/:code'));
  decorate(prototype, 'stream', Get('stream'));
  decorate(prototype, 'hang', Get('hang'));
  decorate(prototype, 'add', Get('add'));
  decorate(prototype, 'meet', Get('meet/:number'));
  for (const [method, index] of [
    ['refuse', 0],
    ['status', 1],
    ['stream', 0],
    ['hang', 0],
    ['add', 1],
  ] as const) {
    decorateParameter(prototype, method, index, Res());
  }
  decorateParameter(prototype, 'add', 0, Req());
  decorateParameter(prototype, 'status', 0, Param('code'));
  decorateParameter(prototype, 'meet', 0, Param('number'));
  Controller()(SampleController);
  return SampleController;
}

/** Fastify's reply has the response of node:http in it, Express's is one. */
function rawOf(response: Response): ServerResponse {
  return 'raw' in response ? (response.raw as ServerResponse) : response;
}

function ordersController({ common }: Nest, sample: Sample): common.Type {
  class OrdersController {
    find(): Promise<string> {
      return sample.text();
    }
  }
  decorate(OrdersController.prototype, 'find', common.Get(':order'));
  common.Controller('api/users/:user/orders')(OrdersController);
  return OrdersController;
}
