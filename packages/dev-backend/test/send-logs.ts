import { Buffer } from 'node:buffer';
import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';

/** One record in OTLP/JSON; tests derive theirs from it by spread. */
export const baseRecord = {
  timeUnixNano: '1581452773000000789',
  severityNumber: 9,
  severityText: 'INFO',
  body: { stringValue: 'hello' },
};

export interface LogsRequestParts {
  readonly records?: readonly object[];
  readonly service?: string;
  readonly scope?: string;
}

/** An `ExportLogsServiceRequest` in OTLP/JSON. */
export function toJsonRequest({
  records = [baseRecord],
  service = 'shop',
  scope = 'cart',
}: LogsRequestParts = {}): string {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
  return JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ scope: { name: scope }, logRecords: records }] }] });
}

/** The 124 bytes made with the official .proto files: service "a", scope "s", severity 9, body "hi", n = -1, z = null. */
export const goldenRequest: Buffer = Buffer.from(
  '0a7a0a150a130a0c736572766963652e6e616d6512030a016112610a030a0173125a09010000000000000010091a04696e666f2a040a02686932' +
    '100a016e120b18ffffffffffffffffff0132050a017a120045010000004a10000102030405060708090a0b0c0d0e0f520800010203040506' +
    '07590200000000000000',
  'hex',
);

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export interface SendOptions {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly agent?: Agent;
  readonly signal?: AbortSignal;
}

/** One request by node:http, on a connection of its own. Rejects with what a client sees when no whole reply came. */
export function send(url: string, body: Buffer | string, options: SendOptions = {}): Promise<Reply> {
  const { method = 'POST', path = '/v1/logs', headers, agent = new Agent({ keepAlive: false }), signal } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}${path}`, {
      method,
      agent,
      headers: { 'content-type': 'application/json', ...headers },
      ...(signal === undefined ? {} : { signal }),
    });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const received = Buffer.concat(chunks);
        const { statusCode = 0 } = incoming;
        resolve({ status: statusCode, headers: incoming.headers, body: received, text: received.toString() });
      });
    });
    outgoing.end(body);
  });
}
