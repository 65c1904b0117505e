import http from 'node:http';
import express5 from 'express';
import express4 from 'express-4';
import { accessLog, accessLogErrors } from '../../src/express.ts';
import type { Host } from '../sample.ts';
import { listen } from './listen.ts';

export const expressHosts: readonly Host[] = [hostOf('Express 5', express5), hostOf('Express 4', express4)];

function hostOf(name: string, express: typeof express5): Host {
  return {
    name,
    hasRoutes: true,
    hasErrors: true,
    knowsOrder: true,
    async start(sample, options, mount) {
      const app = express();
      app.set('env', 'test'); // Else Express prints what was thrown.
      const orders = express.Router();
      orders.get('/orders/:order', async (_request, response) => void response.send(await sample.text()));
      const api = express.Router();
      api.use('/users/:user', orders);
      if (mount === 'late') app.get('/early', (_request, response) => void response.send('early'));
      app.use(accessLog(options));
      if (mount === 'twice') app.use(accessLog(options));
      app.use(express.json());
      app.use('/api', api);
      app.get('/hello', async (_request, response) => void response.send(await sample.text()));
      app.get('/healthz', (_request, response) => void response.send('well'));
      app.post('/echo', async (_request, response) => void response.send(await sample.text()));
      app.post('/refuse', (_request, response) => void response.status(400).json(sample.refusal));
      app.get('/sync-error', () => {
        throw sample.failure();
      });
      app.get('/async-error', (_request, _response, next) => {
        setImmediate(() => next(sample.failure()));
      });
      app.get('/status/:code', (request, response) => void response.status(Number(request.params['code'])).end());
      app.get('/stream', (_request, response) => {
        for (const chunk of sample.chunks) response.write(chunk);
        response.end();
      });
      app.get('/hang', (_request, response) => {
        response.write('begun');
        sample.hung();
      });
      app.get('/add', (request, response) => {
        sample.add(request.log);
        response.on('close', () => sample.addLate(request.log));
        response.send('added');
      });
      app.get(
        '/meet/:number',
        async (request, response) => void response.send(await sample.meet(request.params['number'])),
      );
      if (name === 'Express 4') app.use(accessLogErrors());
      return listen(http.createServer(app));
    },
  };
}
