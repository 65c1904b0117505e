import http, { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { accessLog } from '../src/node-http.ts';
import { sendRaw } from './client.ts';
import { listen } from './hosts/listen.ts';
import { type Application, Rig } from './sample.ts';

const REQUEST = 'GET /chat HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

const SWITCHING = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

/** Requests that ask for another protocol, put through an access log as @fastify/websocket and express-ws do it. */
const upgrading = (
  serve: (socket: Socket, response: ServerResponse) => void,
  isAnsweredBefore = false,
): Application => ({
  start(_sample, options) {
    const access = accessLog(options);
    const server = http.createServer();
    server.on('upgrade', (request, socket: Socket) => {
      const response = new ServerResponse(request);
      if (isAnsweredBefore) socket.write(SWITCHING);
      else response.assignSocket(socket);
      access(request, response, () => serve(socket, response));
    });
    return listen(server);
  },
});

it.each([
  ['after', upgrading((socket) => socket.end(`${SWITCHING}frames`))],
  ['before', upgrading((socket) => void socket.end(), true)], // As express-ws does it, which gives the response no socket.
])('takes a connection that became one of another protocol %s it was asked for answered by 101', async (_, host) => {
  await using rig = await Rig.start(host);
  expect(await sendRaw(rig.url, REQUEST)).toContain('101 Switching Protocols');
  const { body, severityText, attributes } = await rig.access();
  expect([body, severityText]).toEqual(['GET /chat 101', 'INFO']);
  expect(attributes).toMatchObject({ 'http.response.status_code': 101 });
  expect(attributes).not.toHaveProperty(['logflume.outcome']);
});

it('takes one that was refused past its response for what was written', async () => {
  const host = upgrading((socket) => socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n\r\n')); // As ws does.
  await using rig = await Rig.start(host);
  expect(await sendRaw(rig.url, REQUEST)).toContain('401 Unauthorized');
  const { body, severityText } = await rig.access();
  expect([body, severityText]).toEqual(['GET /chat 401', 'WARN']);
});

it('takes one that was refused for what it was answered, and one without an answer for aborted', async () => {
  const refusing = upgrading((socket, response) => {
    response.writeHead(401, { connection: 'close' }).end('who are you?', () => socket.end());
  });
  await using refused = await Rig.start(refusing);
  expect(await sendRaw(refused.url, REQUEST)).toContain('401 Unauthorized');
  expect((await refused.access()).attributes).toMatchObject({
    'http.response.status_code': 401,
    'http.response.body.size': 12,
  });
  await using silent = await Rig.start(upgrading((socket) => socket.destroy()));
  await sendRaw(silent.url, REQUEST);
  expect((await silent.access()).attributes).toMatchObject({ 'logflume.outcome': 'aborted' });
});

it('leaves whoever comes between the connection and what is written where they are', async () => {
  const passed: unknown[] = [];
  const host = upgrading((socket) => {
    const { write } = socket;
    socket.write = (...given: unknown[]) => {
      passed.push(given[0]);
      return Reflect.apply(write, socket, given);
    };
    socket.write(SWITCHING);
    socket.write('frame');
    socket.end();
  });
  await using rig = await Rig.start(host);
  expect(await sendRaw(rig.url, REQUEST)).toBe(`${SWITCHING}frame`);
  expect((await rig.access()).body).toBe('GET /chat 101');
  expect(passed).toEqual([SWITCHING, 'frame']);
});
