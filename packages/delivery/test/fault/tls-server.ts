import { readFileSync } from 'node:fs';
import https from 'node:https';
import { accept, answering, type Inbox, type LoopbackServer, listen } from './backend.ts';

// Good until 2126, for these tests alone; made once, in test/fixtures, with:
// openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout loopback-key.pem \
//   -out loopback-cert.pem -days 36500 -subj "/CN=logflume test" -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" \
//   -addext "basicConstraints=critical,CA:TRUE"
// openssl req -x509 -key loopback-key.pem -out elsewhere-cert.pem -days 36500 -subj "/CN=logflume test" \
//   -addext "subjectAltName=DNS:elsewhere.example" -addext "basicConstraints=critical,CA:TRUE"
// openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout renewed-key.pem \
//   -out renewed-cert.pem -days 36500 -subj "/CN=logflume renewed" -addext "subjectAltName=DNS:renewed.example" \
//   -addext "basicConstraints=critical,CA:TRUE"
export const fixture = (name: string): Buffer => readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
export const cert: Buffer = fixture('loopback-cert.pem');
export const key: Buffer = fixture('loopback-key.pem');

/** A server for HTTPS that takes everything; on localhost unless it is given another certificate. */
export async function serveTls(inbox: Inbox, options: https.ServerOptions = {}): Promise<LoopbackServer> {
  const server = await listen(https.createServer({ cert, key, ...options }, answering(inbox, accept(inbox))));
  return Object.assign(server, { url: server.url.replace('http:', 'https:') });
}
