import http from 'node:http';
import net from 'node:net';
import { expect, it } from 'vitest';
import { accessLog } from '../src/node-http.ts';
import { send } from './client.ts';
import { listen } from './hosts/listen.ts';
import { type Application, Rig } from './sample.ts';

type Access = ReturnType<typeof accessLog>;

const hostOf = (create: (access: Access) => http.RequestListener): Application => ({
  start: (_sample, options) => listen(http.createServer(create(accessLog(options)))),
});

it('has a record of a request whose client left before the access log was asked', async () => {
  let client: net.Socket | undefined;
  const host = hostOf((access) => (request, response) => {
    // Something before it waits, and the client does not.
    request.socket.on('close', () => setImmediate(() => access(request, response, () => undefined)));
    client?.destroy();
  });
  await using rig = await Rig.start(host);
  const { hostname, port } = new URL(rig.url);
  client = net.connect(Number(port), hostname, () => client?.write('GET /late HTTP/1.1\r\nHost: h\r\n\r\n'));
  expect((await rig.access()).attributes).toMatchObject({ 'url.path': '/late', 'logflume.outcome': 'aborted' });
});

it('has a record of each request that waited for its turn on a connection that broke', async () => {
  let client: net.Socket | undefined;
  let served = 0;
  const host = hostOf((access) => (request, response) => {
    access(request, response, () => {
      served++;
      if (served === 3) client?.destroy();
    });
  });
  await using rig = await Rig.start(host);
  const { hostname, port } = new URL(rig.url);
  const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: h\r\n\r\n`;
  client = net.connect(Number(port), hostname, () => client?.write(request('/1') + request('/2') + request('/3')));
  const records = await rig.received(3);
  expect(records.map(({ attributes }) => attributes['url.path']).sort()).toEqual(['/1', '/2', '/3']);
  for (const { attributes } of records) expect(attributes['logflume.outcome']).toBe('aborted');
});

it('counts nothing that is written after the end', async () => {
  const host = hostOf((access) => (request, response) => {
    access(request, response, () => {
      response.on('error', () => undefined);
      response.end('a');
      response.end('bcd');
      response.write('bcd');
    });
  });
  await using rig = await Rig.start(host);
  expect((await send(rig.url)).body).toBe('a');
  expect((await rig.access()).attributes['http.response.body.size']).toBe(1);
});
