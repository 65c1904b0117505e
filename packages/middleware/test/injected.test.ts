import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import express from 'express';
import { expect, it } from 'vitest';
import { accessLog } from '../src/express.ts';
import { type Application, Rig } from './sample.ts';

/** What stands for a socket in serverless-http and serverless-express: it takes what is written, and no more. */
const createTaker = () => ({
  _writableState: {},
  writable: true,
  on: Function.prototype,
  removeListener: Function.prototype,
  destroy: Function.prototype,
  cork: Function.prototype,
  uncork: Function.prototype,
  write: (_data: unknown, encoding: unknown, callback: unknown) => {
    const done = typeof encoding === 'function' ? encoding : callback;
    if (typeof done === 'function') done();
  },
});

it('has a record of a request that has no connection, and takes it for answered', async () => {
  const app = express();
  const host: Application = {
    async start(_sample, options) {
      app.use(accessLog(options)).get('/users/:id', (_request, response) => void response.json({ id: 7 }));
      return { url: '', close: async () => undefined };
    },
  };
  await using rig = await Rig.start(host);
  for (let i = 0; i < 2; i++) {
    const request = Object.assign(new IncomingMessage(new Socket()), { method: 'GET', url: '/users/7' });
    const response = new ServerResponse(request);
    response.assignSocket(createTaker() as unknown as Socket);
    app(request, response);
  }
  const records = await rig.received(2);
  expect(records.map(({ body, severityText }) => [body, severityText])).toEqual([
    ['GET /users/7 200', 'INFO'],
    ['GET /users/7 200', 'INFO'],
  ]);
  expect(records[0]?.attributes).toMatchObject({ 'http.route': '/users/:id', 'http.response.body.size': 8 });
});
