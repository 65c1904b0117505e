import { Buffer } from 'node:buffer';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('no header, query or body of an HTTP client is in any byte of ours, however its error is logged', async () => {
  const bodies: Buffer[] = [];
  const backend = http.createServer(async (request, response) => {
    for await (const chunk of request) bodies.push(chunk);
    response.end();
  });
  await once(backend.listen(0, '127.0.0.1'), 'listening');
  const up = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('fixtures/log-http-errors.js', import.meta.url)), up, 'http://127.0.0.1:1'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  backend.closeAllConnections();
  backend.close();
  expect(child.exitCode, stderr.slice(-1000)).toBe(0);
  const wire = Buffer.concat(bodies).toString('latin1');
  for (const said of [wire, stdout, stderr]) {
    expect(tracesOfSecrets(said)).toEqual([]);
    // What helps is told: where the request went and what came of it.
    expect(said).toMatch(/127\.0\.0\.1:\d+\/orders/);
    expect(said).toContain('127.0.0.1:1/refused');
    expect(said).toContain('ECONNREFUSED');
    expect(said).toContain('Request failed with status code 503');
  }
  expect(stdout).toMatch(/^stats .*"dropped":\{"total":0/m);
  expect(stderr).toContain('"logger":"fallback"');
});

/** What stands round a secret, as it is or as base64, where there is one. */
function tracesOfSecrets(said: string): string[] {
  const forms = [0, 1, 2].map((offset) => {
    const base64 = Buffer.from(`${'-'.repeat(offset)}SENTINEL`)
      .toString('base64')
      .replace(/=+$/, '');
    return base64.slice(offset === 0 ? 0 : offset + 1, -2);
  });
  const traces = said.matchAll(new RegExp(`[^\\n]{0,150}(?:SENTINEL|${forms.join('|')})[^\\n]{0,30}`, 'g'));
  return [...traces].slice(0, 5).map(([trace]) => trace);
}
