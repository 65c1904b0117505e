import { builtin } from '../builtin.ts';
import type { TlsOptions } from '../send/http-agents.ts';

/** Where to send, as `TransportRequest` has it. */
export interface ExitTarget {
  readonly url: string;
  readonly address: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** One request the worker makes. */
export interface ExitRequest {
  /** Where to try, in this order. */
  readonly targets: readonly ExitTarget[];
  readonly body: Uint8Array;
}

/** What became of a request: the index of the target that answered, and its reply. */
export interface ExitReply {
  readonly target: number;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}

export interface ExitOptions {
  /** Milliseconds; when it passes, requests under way count as unanswered. */
  readonly deadlineMs: number;
  readonly tls: TlsOptions | undefined;
  readonly isStrict: boolean;
  /** One request after the other, and none after one that nobody takes. */
  readonly isOrdered: boolean;
}

/** Bytes of a reply's content type that are kept. */
const TYPE_BYTES = 128;

/** Bytes of a reply: as many as while running, fewer when very many replies have to be held. */
const MAX_REPLY_BYTES = 64 * 1024;
const MIN_REPLY_BYTES = 1024;
const ALL_REPLIES_BYTES = 32 * 1024 * 1024;

/** Int32 words per request: done, target, status, type length, body length. */
const WORDS = 5;

/** Requests at once. */
const PARALLEL = 8;

/**
 * Sends the last requests of a process from inside its `exit` handler.
 *
 * Nothing asynchronous happens on this thread any more, so a worker with an event loop of its own makes the requests
 * while this thread waits with a deadline. The worker's source is text and uses built-in modules alone: nothing is
 * looked up on disk in a process that is going down. Measured at 30–42 ms for a POST of 200 kB on loopback; the exit
 * code does not change.
 *
 * @returns a reply, or `undefined`, for each request. Never throws.
 */
export function sendAtExit(requests: readonly ExitRequest[], options: ExitOptions): (ExitReply | undefined)[] {
  const words = new Int32Array(new SharedArrayBuffer(4 * (1 + WORDS * requests.length)));
  const replyBytes = Math.min(
    MAX_REPLY_BYTES,
    Math.max(MIN_REPLY_BYTES, Math.floor(ALL_REPLIES_BYTES / requests.length)),
  );
  const stride = TYPE_BYTES + replyBytes;
  const bytes = new Uint8Array(new SharedArrayBuffer(stride * requests.length));
  const endMs = performance.now() + options.deadlineMs;
  try {
    const { Worker } = builtin('node:worker_threads');
    const worker = new Worker(SOURCE, {
      eval: true,
      // Its stdio would need this thread, which is waiting.
      stdout: true,
      stderr: true,
      env: ownEnvironment(),
      execArgv: [],
      workerData: {
        requests,
        words,
        bytes,
        tls: options.tls ?? {},
        deadlineMs: options.deadlineMs,
        isStrict: options.isStrict,
        isOrdered: options.isOrdered,
        layout: { WORDS, TYPE_BYTES, replyBytes, PARALLEL: options.isOrdered ? 1 : PARALLEL },
      },
    });
    worker.unref();
    for (let done = 0; done < requests.length; done = Atomics.load(words, 0)) {
      const leftMs = endMs - performance.now();
      if (leftMs <= 0 || Atomics.wait(words, 0, done, leftMs) === 'timed-out') break;
    }
  } catch {
    return requests.map(() => undefined); // No worker to be had (memory, a policy): everything goes to the next stop.
  }
  return requests.map((_, index) => readReply({ words, bytes, stride }, index));
}

/** Whoever has switched off Node's own look at certificates meant it for the last requests too. Nothing else is of use there. */
function ownEnvironment(): Record<string, string> {
  const value = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  return value === undefined ? {} : { NODE_TLS_REJECT_UNAUTHORIZED: value };
}

interface SharedReplies {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly stride: number;
}

function readReply({ words, bytes, stride }: SharedReplies, index: number): ExitReply | undefined {
  const word = (offset: number) => Atomics.load(words, 1 + WORDS * index + offset);
  if (word(0) !== 1 || word(2) === 0) return undefined;
  const start = index * stride;
  const type = Buffer.from(bytes.slice(start, start + word(3))).toString('latin1');
  return {
    target: word(1),
    status: word(2),
    contentType: type === '' ? undefined : type,
    body: bytes.slice(start + TYPE_BYTES, start + TYPE_BYTES + word(4)),
  };
}

/**
 * Tries each request's targets in turn until one answers with something final; see the table of statuses in classify.ts.
 * A target that failed comes last for the requests after it, and gets no more than its share of the time: one dead
 * endpoint of two must not cost the records of its half.
 */
const SOURCE = `
const { workerData: { requests, words, bytes, tls, deadlineMs, isStrict, isOrdered, layout } } = require('node:worker_threads');
const http = require('node:http');
const https = require('node:https');
const { WORDS, TYPE_BYTES, replyBytes, PARALLEL } = layout;
const endMs = performance.now() + deadlineMs;
const nothing = { status: 0, type: '', body: Buffer.alloc(0) };
const failures = new Map();
const keyOf = ({ url, address }) => url + ' ' + address;
const failuresOf = (target) => failures.get(keyOf(target)) || 0;
const tryElsewhere = (status) => status === 0 || [429, 502, 503, 504].includes(status) || (!isStrict &&
  (status >= 500 || (status >= 300 && status < 400) || [401, 403, 404, 405, 407].includes(status)));

function post(target, body, timeoutMs) {
  return new Promise((resolve) => {
    try {
      const url = new URL(target.url);
      const secure = url.protocol === 'https:';
      const request = (secure ? https : http).request(url, {
        method: 'POST',
        headers: { ...target.headers, 'content-length': body.length },
        ...(secure ? tls : {}),
        ...(target.address === undefined ? {} : { lookup: (_host, { all }, found) => {
          const family = target.address.includes(':') ? 6 : 4;
          if (all) found(null, [{ address: target.address, family }]);
          else found(null, target.address, family);
        } }),
      }, (response) => {
        const status = response.statusCode;
        // A success is one only with its whole reply; of any other answer the status is enough.
        if (status < 200 || status > 299) {
          response.on('error', () => undefined);
          response.resume();
          resolve({ ...nothing, status });
          return;
        }
        const chunks = [];
        let length = 0;
        response.on('data', (chunk) => { length += chunk.length; if (length <= replyBytes) chunks.push(chunk); });
        response.on('end', () => resolve(response.complete && length <= replyBytes
          ? { status, type: String(response.headers['content-type'] || ''), body: Buffer.concat(chunks) }
          : nothing));
        response.on('error', () => resolve(nothing));
      });
      const timer = setTimeout(() => { resolve(nothing); request.destroy(); }, timeoutMs);
      request.on('close', () => clearTimeout(timer));
      request.on('error', () => resolve(nothing));
      request.end(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
    } catch {
      resolve(nothing);
    }
  });
}

async function deliver(index) {
  const { targets, body } = requests[index];
  const order = targets.map((_, at) => at).sort((a, b) => failuresOf(targets[a]) - failuresOf(targets[b]));
  let reply = nothing;
  let target = 0;
  for (let tried = 0; tried < order.length; tried++) {
    target = order[tried];
    const leftMs = endMs - performance.now();
    if (leftMs <= 0) break;
    reply = await post(targets[target], body, leftMs / (order.length - tried));
    if (!tryElsewhere(reply.status)) break;
    failures.set(keyOf(targets[target]), failuresOf(targets[target]) + 1);
  }
  const at = 1 + WORDS * index;
  const start = index * (TYPE_BYTES + replyBytes);
  const type = Buffer.from(reply.type.slice(0, TYPE_BYTES), 'latin1');
  bytes.set(type, start);
  bytes.set(reply.body, start + TYPE_BYTES);
  words[at + 1] = target;
  words[at + 2] = reply.status;
  words[at + 3] = type.length;
  words[at + 4] = reply.body.length;
  Atomics.store(words, at, 1);
  Atomics.add(words, 0, isOrdered && tryElsewhere(reply.status) ? requests.length : 1);
  Atomics.notify(words, 0);
}

let next = 0;
async function lane() {
  while (Math.max(next, Atomics.load(words, 0)) < requests.length) await deliver(next++);
}
for (let i = 0; i < PARALLEL; i++) lane();
`;
