import 'reflect-metadata';
import * as common from '@nestjs/common';
import * as core from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { describe, it } from 'vitest';
import { expressHosts } from '../hosts/express.ts';
import { fastify5 } from '../hosts/fastify.ts';
import { hono4 } from '../hosts/hono.ts';
import { koa3 } from '../hosts/koa.ts';
import { nestHostOf } from '../hosts/nest.ts';
import { nodeHttp } from '../hosts/node-http.ts';
import { behaviours } from './behaviours.ts';

describe.each(
  [
    nodeHttp,
    ...expressHosts,
    fastify5,
    koa3,
    hono4,
    nestHostOf('Nest 12', { common, core }),
    nestHostOf('Nest on Fastify', {
      common,
      core,
      createAdapter: () => new FastifyAdapter({ forceCloseConnections: true }),
    }),
  ].map((host) => [host.name, host] as const),
)('%s', (_, host) => {
  for (const { title, skip, run } of behaviours) {
    const reason = skip?.(host);
    if (reason === undefined) it(title, () => run(host));
    else it.skip(`${title} (${reason})`);
  }
});
