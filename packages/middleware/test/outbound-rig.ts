import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDevBackend, type DevBackend, type ReceivedRecord } from '@logflume/dev-backend';
import { createLogger, type Logger, type LoggerOptions } from 'logflume';

/** Stands in every place of a call that no record may tell. */
export const SECRET = 'SENTINEL';

/**
 * A service to call, and a backend that receives what is logged of the calls.
 *
 * - `/status/:code` answers it, with a body and a cookie; `/users/:id` 200; `/moved` sends on to `/users/1`
 * - `/plain/:code` answers it, or 200, with a body that is no JSON
 * - `/slow` never answers; `/stream` begins an answer and goes on when `resume` is called; `/cut` breaks it off
 * - `/flaky/:n/:id` answers 503 the first `n` times
 */
export class OutboundRig implements AsyncDisposable {
  readonly backend: DevBackend;
  readonly log: Logger;
  /** What came, in order. */
  readonly seen: IncomingMessage[] = [];
  readonly #server: http.Server;
  readonly #failures = new Map<string, number>();
  readonly #streams: ServerResponse[] = [];

  private constructor(backend: DevBackend, log: Logger) {
    this.backend = backend;
    this.log = log;
    this.#server = http.createServer((request, response) => this.#serve(request, response));
  }

  static async start(options: LoggerOptions = {}): Promise<OutboundRig> {
    const backend = await createDevBackend();
    const log = createLogger({ endpoints: [backend.url], exit: { handleSignals: false }, ...options });
    const rig = new OutboundRig(backend, log);
    await once(rig.#server.listen(0, '127.0.0.1'), 'listening');
    return rig;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Ends the answers of `/stream`. */
  resume(): void {
    for (const response of this.#streams.splice(0)) response.end('end');
  }

  /** Waits for so many records of calls, by their time, and makes sure there are no more. */
  async calls(count: number): Promise<ReceivedRecord[]> {
    const deadlineMs = performance.now() + 10_000;
    const records = async (): Promise<ReceivedRecord[]> => {
      await this.log.flush();
      const all = this.backend.records().filter(({ eventName }) => eventName === 'http.client.request');
      // Warnings and errors overtake the others on their way.
      return all.sort((a, b) => Number(BigInt(a.timeUnixNano ?? 0) - BigInt(b.timeUnixNano ?? 0)));
    };
    while ((await records()).length < count && performance.now() < deadlineMs) await new Promise(setImmediate);
    // What the last flush itself may have caused has had its turn by now.
    await this.log.flush();
    return records();
  }

  /** The one record there is. */
  async call(): Promise<ReceivedRecord> {
    const [first, ...others] = await this.calls(1);
    if (first === undefined || others.length > 0) throw new Error(`expected one record, got ${others.length + 1}`);
    return first;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.log.close();
    await this.backend.close();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    this.seen.push(request);
    request.resume();
    const [, what = '', argument = ''] = (request.url ?? '').split(/[/?]/);
    response.setHeader('set-cookie', SECRET);
    response.setHeader('x-kind', what);
    if (what === 'slow') return;
    if (what === 'stream' || what === 'cut') {
      response.write('begin');
      if (what === 'stream') this.#streams.push(response);
      else setImmediate(() => response.destroy());
      return;
    }
    if (what === 'moved') response.setHeader('location', '/users/1');
    response.statusCode = this.#statusOf(what, argument, request.url ?? '');
    response.end(what === 'plain' ? SECRET : JSON.stringify({ what: SECRET }));
  }

  #statusOf(what: string, argument: string, url: string): number {
    if (what === 'status') return Number(argument);
    if (what === 'plain') return Number(argument || 200);
    if (what === 'moved') return 302;
    if (what !== 'flaky') return 200;
    const failures = this.#failures.get(url) ?? 0;
    this.#failures.set(url, failures + 1);
    return failures < Number(argument) ? 503 : 200;
  }
}
