import { Buffer } from 'node:buffer';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { DevBackendStats } from '../counters.ts';
import { defaults } from '../defaults.ts';
import type { FaultScript } from '../faults/fault-script.ts';
import { loginPage } from '../faults/login-page.ts';
import { parseFaults } from '../faults/parse-faults.ts';
import { renderPage } from '../page/render-page.ts';
import { readRequestBody } from '../receive/request-body.ts';
import { queryRecords } from '../records/record-query.ts';
import type { RecordStore } from '../records/record-store.ts';
import { type ListensOn, refuseForeign } from './host-guard.ts';
import { toRecordsJson } from './list-records.ts';
import { parseRecordQuery, queryParameters } from './parse-record-query.ts';

export interface HttpApiParts {
  /** Asked when a request has come, so when the backend listens. */
  readonly listensOn: () => ListensOn;
  readonly logsPaths: readonly string[];
  readonly store: RecordStore;
  readonly faultScript: FaultScript;
  readonly stats: () => DevBackendStats;
  readonly clearRecords: () => void;
}

interface Reply {
  readonly status: number;
  /** The body as JSON text. */
  readonly json: string;
  readonly headers?: OutgoingHttpHeaders;
}

type Route = (request: IncomingMessage, search: URLSearchParams) => Reply | Promise<Reply>;

/** Serves everything but the logs paths: the API as JSON, the page, and a 404 that names what there is. */
export type HttpApi = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function createHttpApi(parts: HttpApiParts): HttpApi {
  const routes = createRoutes(parts);
  const page = renderPage();
  return async (request, response) => {
    const [path, search] = splitTarget(request.url ?? '');
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
    if (path === '/healthz') return sendJson(response, ok({ status: 'ok' }));
    if (path === '/login') return sendHtml(response, loginPage, {});
    const foreign = refuseForeign(method, request.headers, parts.listensOn());
    if (foreign !== undefined) return sendJson(response, toReply(403, { error: foreign }));
    if (path === '/' && method === 'GET') {
      return sendHtml(response, page.html, { 'content-security-policy': page.contentSecurityPolicy });
    }
    const route = routes.get(`${method} ${path}`);
    if (route !== undefined) return sendJson(response, await route(request, new URLSearchParams(search)));
    sendJson(response, describeUnknown(method, path, [...routes.keys()], parts.logsPaths));
  };
}

/** Splits at the first question mark: a query may have more of them. https://www.rfc-editor.org/rfc/rfc3986#section-3.4 */
function splitTarget(target: string): readonly [path: string, search: string] {
  const mark = target.indexOf('?');
  return mark === -1 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

function createRoutes(parts: HttpApiParts): ReadonlyMap<string, Route> {
  const { store, faultScript, stats, clearRecords } = parts;
  return new Map<string, Route>([
    [
      'GET /api/records',
      (_request, search) => {
        const parsed = parseRecordQuery(search);
        if (parsed.kind === 'query') {
          return { status: 200, json: toRecordsJson(queryRecords(store, parsed.query), defaults.maxListedChars) };
        }
        const { parameter, expected, got } = parsed;
        const error = `${parameter} must be ${expected}, got ${JSON.stringify(got)}`;
        return toReply(400, { error, parameter, expected, got });
      },
    ],
    [
      'DELETE /api/records',
      () => {
        const cleared = store.keptRecords();
        clearRecords();
        return ok({ cleared });
      },
    ],
    ['GET /api/stats', () => ok(stats())],
    ['GET /api/faults', () => ok({ faults: faultScript.list() })],
    ['PUT /api/faults', (request) => replaceFaults(request, faultScript)],
  ]);
}

async function replaceFaults(request: IncomingMessage, faultScript: FaultScript): Promise<Reply> {
  const body = await readRequestBody(request, defaults.maxFaultsBodyBytes);
  if (body.kind === 'aborted') return toReply(400, { error: 'body is incomplete' });
  if (body.kind !== 'complete') {
    const status = { tooLarge: 413, unknownEncoding: 415, corrupt: 400 }[body.kind];
    return toReply(status, { error: body.message });
  }
  try {
    const rules: unknown = JSON.parse(new TextDecoder().decode(body.bytes));
    faultScript.replace(parseFaults(rules));
    return ok({ faults: faultScript.list() });
  } catch (error) {
    if (error instanceof SyntaxError) return toReply(400, { error: `body must be JSON: ${error.message}` });
    if (error instanceof TypeError) return toReply(400, { error: error.message });
    throw error;
  }
}

function ok(body: unknown): Reply {
  return toReply(200, body);
}

function toReply(status: number, body: unknown): Reply {
  return { status, json: JSON.stringify(body) };
}

function describeUnknown(method: string, path: string, routes: string[], logsPaths: readonly string[]): Reply {
  const paths = [...logsPaths.map((logsPath) => `POST ${logsPath}`), 'GET /', 'GET /healthz', ...routes];
  const exists = paths.map((entry) =>
    entry === 'GET /api/records' ? `${entry}?${Object.keys(queryParameters).join('=&')}=` : entry,
  );
  const allowed = paths.filter((entry) => entry.endsWith(` ${path}`)).map((entry) => entry.split(' ', 1)[0]);
  if (allowed.length === 0) return toReply(404, { error: `${path} does not exist`, exists });
  const error = `${path} does not take ${method}`;
  return { ...toReply(405, { error, exists }), headers: { allow: allowed.join(', ') } };
}

function sendJson(response: ServerResponse, reply: Reply): void {
  send(response, reply.status, `${reply.json}\n`, {
    'content-type': 'application/json',
    ...reply.headers,
  });
}

function sendHtml(response: ServerResponse, html: string, headers: OutgoingHttpHeaders): void {
  send(response, 200, html, { 'content-type': 'text/html; charset=utf-8', ...headers });
}

function send(response: ServerResponse, status: number, body: string, headers: OutgoingHttpHeaders): void {
  response.writeHead(status, {
    ...headers,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}
