import { Worker } from 'node:worker_threads';
import type { TlsOptions } from '../send/http-agents.ts';

/** One request the worker makes. */
export interface ExitRequest {
  /** Where to try, in this order. */
  readonly targets: readonly { readonly url: string; readonly headers: Readonly<Record<string, string>> }[];
  readonly body: Uint8Array;
}

/** What became of a request: the index of the target that answered, and its reply. */
export interface ExitReply {
  readonly target: number;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}

/** Bytes of a reply that are kept, and of its content type. */
const REPLY_BYTES = 4096;
const TYPE_BYTES = 128;

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
 * @param deadlineMs - in milliseconds; when it passes, requests under way count as unanswered.
 * @returns a reply, or `undefined`, for each request. Never throws.
 */
export function sendAtExit(
  requests: readonly ExitRequest[],
  options: { readonly deadlineMs: number; readonly tls: TlsOptions | undefined },
): (ExitReply | undefined)[] {
  const words = new Int32Array(new SharedArrayBuffer(4 * (1 + WORDS * requests.length)));
  const bytes = new Uint8Array(new SharedArrayBuffer((TYPE_BYTES + REPLY_BYTES) * requests.length));
  const endMs = performance.now() + options.deadlineMs;
  try {
    const worker = new Worker(SOURCE, {
      eval: true,
      // Its stdio would need this thread, which is waiting.
      stdout: true,
      stderr: true,
      env: {},
      execArgv: [],
      workerData: {
        requests,
        words,
        bytes,
        tls: options.tls ?? {},
        deadlineMs: options.deadlineMs,
        layout: { WORDS, TYPE_BYTES, REPLY_BYTES, PARALLEL },
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
  return requests.map((_, index) => readReply(words, bytes, index));
}

function readReply(words: Int32Array, bytes: Uint8Array, index: number): ExitReply | undefined {
  const word = (offset: number) => Atomics.load(words, 1 + WORDS * index + offset);
  if (word(0) !== 1 || word(2) === 0) return undefined;
  const start = index * (TYPE_BYTES + REPLY_BYTES);
  const type = Buffer.from(bytes.slice(start, start + word(3))).toString('latin1');
  return {
    target: word(1),
    status: word(2),
    contentType: type === '' ? undefined : type,
    body: bytes.slice(start + TYPE_BYTES, start + TYPE_BYTES + word(4)),
  };
}

/** Tries each request's targets in turn until one answers with something final; see the table of statuses in classify.ts. */
const SOURCE = `
const { workerData: { requests, words, bytes, tls, deadlineMs, layout } } = require('node:worker_threads');
const http = require('node:http');
const https = require('node:https');
const { WORDS, TYPE_BYTES, REPLY_BYTES, PARALLEL } = layout;
const endMs = performance.now() + deadlineMs;
const tryElsewhere = (status) => status === 0 || status === 429 || status >= 500 || (status >= 300 && status < 400) ||
  [401, 403, 404, 405, 407].includes(status);

function post(target, body) {
  return new Promise((resolve) => {
    const nothing = { status: 0, type: '', body: Buffer.alloc(0) };
    try {
      const url = new URL(target.url);
      const secure = url.protocol === 'https:';
      const request = (secure ? https : http).request(url, {
        method: 'POST',
        headers: { ...target.headers, 'content-length': body.length },
        ...(secure ? tls : {}),
      }, (response) => {
        const chunks = [];
        let length = 0;
        response.on('data', (chunk) => { length += chunk.length; if (length <= REPLY_BYTES) chunks.push(chunk); });
        response.on('end', () => resolve(response.complete && length <= REPLY_BYTES
          ? { status: response.statusCode, type: String(response.headers['content-type'] || ''), body: Buffer.concat(chunks) }
          : nothing));
        response.on('error', () => resolve(nothing));
      });
      request.on('error', () => resolve(nothing));
      request.setTimeout(Math.max(1, endMs - performance.now()), () => request.destroy());
      request.end(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
    } catch {
      resolve(nothing);
    }
  });
}

async function deliver(index) {
  const { targets, body } = requests[index];
  let reply = { status: 0, type: '', body: Buffer.alloc(0) };
  let target = 0;
  for (; target < targets.length; target++) {
    reply = await post(targets[target], body);
    if (!tryElsewhere(reply.status)) break;
  }
  const at = 1 + WORDS * index;
  const start = index * (TYPE_BYTES + REPLY_BYTES);
  const type = Buffer.from(reply.type.slice(0, TYPE_BYTES), 'latin1');
  bytes.set(type, start);
  bytes.set(reply.body, start + TYPE_BYTES);
  words[at + 1] = Math.min(target, targets.length - 1);
  words[at + 2] = reply.status;
  words[at + 3] = type.length;
  words[at + 4] = reply.body.length;
  Atomics.store(words, at, 1);
  Atomics.add(words, 0, 1);
  Atomics.notify(words, 0);
}

let next = 0;
async function lane() {
  while (next < requests.length) await deliver(next++);
}
for (let i = 0; i < PARALLEL; i++) lane();
`;
