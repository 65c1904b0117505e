import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** What the server says about a name; what it does not know is NXDOMAIN. */
export type Zone = Record<string, Answer>;

export type Answer =
  | { readonly a?: readonly string[]; readonly aaaa?: readonly string[]; readonly srv?: readonly Service[] }
  | 'NXDOMAIN'
  | 'SERVFAIL'
  /** Says nothing. */
  | 'drop';

interface Service {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
}

const TYPES = { a: 1, aaaa: 28, srv: 33 } as const;

/** A DNS server on loopback; `zone` may change while it runs. */
export async function serveDns(zone: Zone) {
  const socket = createSocket('udp4');
  let questions = 0;
  socket.on('message', (query, from) => {
    questions++;
    const reply = replyTo(query, zone);
    if (reply !== undefined) socket.send(reply, from.port, from.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address() as AddressInfo;
  return {
    zone,
    server: `127.0.0.1:${port}`,
    get questions() {
      return questions;
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

function replyTo(query: Buffer, zone: Zone): Buffer | undefined {
  const { name, end } = readName(query, 12);
  const type = query.readUInt16BE(end);
  const question = query.subarray(12, end + 4);
  const answer = zone[name.toLowerCase()] ?? 'NXDOMAIN';
  if (answer === 'drop') return undefined;
  if (typeof answer === 'string') return Buffer.concat([header(query, answer === 'NXDOMAIN' ? 3 : 2, 0), question]);
  const data = dataOf(answer, type);
  return Buffer.concat([header(query, 0, data.length), question, ...data.map((bytes) => record(type, bytes))]);
}

function dataOf({ a = [], aaaa = [], srv = [] }: Exclude<Answer, string>, type: number): Buffer[] {
  if (type === TYPES.a) return a.map((address) => Buffer.from(address.split('.').map(Number)));
  if (type === TYPES.aaaa) return aaaa.map(ipv6);
  return type === TYPES.srv ? srv.map(service) : [];
}

function header(query: Buffer, code: number, answers: number): Buffer {
  const bytes = Buffer.alloc(12);
  query.copy(bytes, 0, 0, 2);
  // An answer, from an authority, to a question that may have wished for recursion; and its code.
  bytes.writeUInt16BE(0x8580 | code, 2);
  bytes.writeUInt16BE(1, 4);
  bytes.writeUInt16BE(answers, 6);
  return bytes;
}

/** A record about the name of the question, good for a second. */
function record(type: number, data: Buffer): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt16BE(0xc00c, 0);
  bytes.writeUInt16BE(type, 2);
  bytes.writeUInt16BE(1, 4);
  bytes.writeUInt32BE(1, 6);
  bytes.writeUInt16BE(data.length, 10);
  return Buffer.concat([bytes, data]);
}

function service({ priority, weight, port, target }: Service): Buffer {
  const numbers = Buffer.alloc(6);
  for (const [at, number] of [priority, weight, port].entries()) numbers.writeUInt16BE(number, 2 * at);
  const labels = target.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([numbers, ...labels, Buffer.from([0])]);
}

function ipv6(address: string): Buffer {
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const before = groups(head);
  const after = groups(tail);
  const all = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 255]));
}

function readName(bytes: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = start;
  for (let length = bytes[at] ?? 0; length > 0; length = bytes[at] ?? 0) {
    labels.push(bytes.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 };
}
