import http from 'node:http';
import { accessLog, type Handler } from '../../src/node-http.ts';
import type { Host } from '../sample.ts';
import { listen } from './listen.ts';

/** No framework at all: the handler finds its way by itself. */
export const nodeHttp: Host = {
  name: 'node:http',
  hasRoutes: false,
  hasErrors: true,
  knowsOrder: true,
  async start(sample, options, mount) {
    const access = accessLog(options);
    const serve: Handler = async (request, response) => {
      const [, first = '', second = ''] = new URL(request.url ?? '/', 'http://host').pathname.split('/');
      switch (first) {
        case 'hello':
        case 'api':
        case 'healthz':
          return response.end(await sample.text());
        case 'echo':
          for await (const _ of request);
          return response.end(await sample.text());
        case 'refuse':
          for await (const _ of request);
          response.writeHead(400, { 'content-type': 'application/json' });
          return response.end(JSON.stringify(sample.refusal));
        case 'status':
          return response.writeHead(Number(second)).end();
        case 'stream':
          for (const chunk of sample.chunks) response.write(chunk);
          return response.end();
        case 'hang':
          response.write('begun');
          return sample.hung();
        case 'add': {
          const { log } = request;
          sample.add(log);
          response.on('close', () => sample.addLate(log));
          return response.end('added');
        }
        case 'meet':
          return response.end(await sample.meet(second));
        case 'sync-error':
        case 'async-error':
          throw sample.failure();
        default:
          return response.writeHead(404).end('not found');
      }
    };
    const wrapped = access.wrap(mount === 'twice' ? (access.wrap(serve) as Handler) : serve);
    return listen(
      http.createServer((request, response) => {
        Promise.resolve(wrapped(request, response)).catch(() => response.writeHead(500).end('failed'));
      }),
    );
  },
};
