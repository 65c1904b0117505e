import http from 'node:http';
import express from 'express';
import fastify from 'fastify';
import { addToEvent, withContext } from 'logflume';
import { describe, expect, it } from 'vitest';
import * as onExpress from '../src/express.ts';
import * as onFastify from '../src/fastify.ts';
import * as onNode from '../src/node-http.ts';
import { send } from './client.ts';
import { listenFastify } from './hosts/fastify.ts';
import { listen } from './hosts/listen.ts';
import { type Application, isAccess, Rig, type Sample } from './sample.ts';

/** Listens as handlers without a body parser do, and answers at the end. */
function answerAtEnd({ log }: Sample, request: http.IncomingMessage, response: http.ServerResponse): void {
  request.once('data', () => log.info('data'));
  request.on('end', () => {
    log.info('end');
    addToEvent({ 'upload.ok': true });
    response.end('done');
  });
  response.on('finish', () => log.info('finish'));
  response.on('close', () => log.info('close'));
  request.resume();
}

const applications: readonly (readonly [string, Application])[] = [
  [
    'node:http',
    {
      start(sample, options) {
        const access = onNode.accessLog(options);
        return listen(http.createServer(access.wrap((request, response) => answerAtEnd(sample, request, response))));
      },
    },
  ],
  [
    'node:http in a context of the application',
    {
      start(sample, options) {
        const serve = onNode.accessLog(options).wrap((request, response) => answerAtEnd(sample, request, response));
        return listen(
          http.createServer((request, response) => withContext({ 'shop.id': 7 }, () => serve(request, response))),
        );
      },
    },
  ],
  [
    'Express',
    {
      start(sample, options) {
        const app = express().use(onExpress.accessLog(options));
        app.use((request, response) => answerAtEnd(sample, request, response));
        return listen(http.createServer(app));
      },
    },
  ],
  [
    'Fastify',
    {
      start(sample, options) {
        const app = fastify({ forceCloseConnections: true });
        app.register(onFastify.accessLog, options);
        app.addHook('preParsing', async (request, reply, payload) => {
          answerAtEnd(sample, request.raw, reply.hijack().raw);
          return payload;
        });
        app.all('/', () => undefined);
        return listenFastify(app);
      },
    },
  ],
];

describe.each(applications)('what listens to the body of a request of %s', (_, application) => {
  it.each([
    ['a short one', 'x'],
    ['one of many pieces', 'x'.repeat(300_000)],
  ])('is in the context of the request: %s', async (__, body) => {
    await using rig = await Rig.start(application);
    await send(rig.url, { method: 'POST', body });
    await rig.backend.waitFor((records) => records.length >= 5);
    const records = await rig.received();
    const access = records.find(isAccess);
    expect(access?.attributes).toMatchObject({ 'upload.ok': true, 'http.request.body.size': body.length });
    const id = access?.attributes['request.id'];
    const inside = records
      .filter((record) => !isAccess(record))
      .map((record) => [record.body, record.attributes['request.id']]);
    expect(inside.sort()).toEqual(['close', 'data', 'end', 'finish'].map((text) => [text, id]));
  });
});
