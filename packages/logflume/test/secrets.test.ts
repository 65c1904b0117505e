import { once } from 'node:events';
import { createServer } from 'node:http';
import { createDevBackend, type FaultRule } from '@logflume/dev-backend';
import { expect, test } from 'vitest';
import { runFixture } from './exit/run-fixture.ts';

const backends: [string, readonly FaultRule[] | undefined][] = [
  ['takes the records', []],
  ['refuses connections', undefined],
  ['answers 401', [{ kind: 'status', status: 401, body: 'who are you' }]],
  ['answers 400', [{ kind: 'status', status: 400, body: 'what is this' }]],
  ['answers 503', [{ kind: 'status', status: 503 }]],
  ['redirects', [{ kind: 'redirect', location: 'http://127.0.0.1:9/?leak=1' }]],
  ['resets connections', [{ kind: 'reset' }]],
];

test.each(backends)('no secret is printed when the backend %s', async (_, faults) => {
  await using backend = await createDevBackend({ faults: faults ?? [] });
  if (faults === undefined) await backend.suspend();
  for (const env of [{}, { LISTEN: '1' }]) {
    const ended = await runFixture('secrets', { args: [backend.url], env });
    expect(ended.stdout).toContain('"accepted":10');
    expect(ended.code).toBe(0);
    expect(`${ended.stdout}${ended.stderr}`).not.toMatch(/SENTINEL/);
    if (faults === undefined) expect(ended.stderr).toContain('"message":"record"');
  }
});

test('no secret of an error is printed when the headers cannot be had', async () => {
  await using backend = await createDevBackend();
  const ended = await runFixture('failing-headers', { args: [backend.url] });
  expect(`${ended.stdout}${ended.stderr}`).not.toMatch(/SENTINEL/);
  expect(ended.stderr).toContain('headers() failed');
});

test('no secret of the environment is printed', async () => {
  await using backend = await createDevBackend();
  await backend.suspend();
  const ended = await runFixture('end', {
    args: ['exit', '10'],
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `${backend.url.replace('://', '://me:SENTINEL-password@')}/?t=SENTINEL-query`,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer SENTINEL-header,broken SENTINEL-broken',
      LOGFLUME_ENDPOINTS: 'not a url SENTINEL-typo?key=SENTINEL-key',
    },
  });
  expect(ended.code).toBe(0);
  expect(ended.stderr).not.toMatch(/SENTINEL-(password|query|header|broken|key)/);
});

test.each(['exit', 'naturally'])(
  'no secret is printed of what a server echoes when a process ends (%s)',
  async (way) => {
    let sent: string | undefined;
    const server = createServer((request, response) => {
      sent = request.headers.authorization;
      const errorMessage = `"${sent}" is over its quota\nfor ${sent?.slice(7)}`;
      const type = { 'content-type': 'application/json' };
      response.writeHead(200, type).end(JSON.stringify({ partialSuccess: { rejectedLogRecords: '1', errorMessage } }));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const ended = await runFixture('end', {
      args: [way, '3'],
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer SENTINEL-header',
      },
    });
    server.close();
    server.closeAllConnections();
    expect(sent).toBe('Bearer SENTINEL-header');
    expect(ended.stderr).toContain('refused records: "[redacted]" is over its quota\\nfor [redacted]');
    expect(ended.stderr).not.toMatch(/SENTINEL/);
  },
);
