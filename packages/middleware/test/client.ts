import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';

/** An answer, read whole. */
export interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string;
  readonly agent?: http.Agent;
  /** Whether the body leaves only when the server has taken the headers. */
  readonly isBodyLate?: boolean;
}

/** Sends one request and reads its answer. */
export async function send(
  url: string,
  { method = 'GET', headers = {}, body, agent, isBodyLate = false }: Sent = {},
): Promise<Answer> {
  const expect = isBodyLate ? { expect: '100-continue' } : {};
  const request = http.request(url, {
    method,
    headers: { ...headers, ...expect },
    ...(agent === undefined ? {} : { agent }),
  });
  if (isBodyLate) {
    request.flushHeaders();
    await once(request, 'continue');
  }
  request.end(body);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, body: text };
}

/** Sends a request as text, for what no client would send; answers what came until the server closed. */
export async function sendRaw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = net.connect(Number(port), hostname);
  socket.write(text, 'latin1');
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  return answer;
}

/** Begins a request and gives it up as soon as something was heard of the answer, or the server says it is reached. */
export async function abandon(url: string, isReached: Promise<unknown>): Promise<void> {
  const request = http.get(url);
  request.on('error', () => undefined); // It is the client itself that hung up.
  request.on('response', (response) => response.on('error', () => undefined).resume());
  await isReached;
  request.destroy();
}
