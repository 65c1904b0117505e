// Takes three orders, for which it asks two other services: a stock that is called by axios and is out of breath at times,
// and a bank that is called by fetch and declines one of them. Each call has a record, with the order it was made for.
//
//   npm start                                               prints, as no backend is named
//   LOGFLUME_ENDPOINTS=http://localhost:4318 npm start      sends the logs there
import { once } from 'node:events';
import { createServer } from 'node:http';
import { logAxios } from '@logflume/middleware/axios';
import { logFetch, withUrlTemplate } from '@logflume/middleware/fetch';
import axios from 'axios';
import axiosRetry from 'axios-retry';
import { createLogger, withContext } from 'logflume';

const services = await startServices();
const log = createLogger({ name: 'orders' });

const stock = axios.create({ baseURL: services.url, headers: { authorization: 'Bearer of-the-stock' } });
axiosRetry(stock, { retries: 3 });
// Behind axiosRetry: one record for a call, however often it was sent.
logAxios(stock, { logger: log, urlTemplate: ({ path }) => path.replace(/\d+$/, ':item') });

// Everything else the process calls, by fetch, undici or node:http. The calls of `stock` are told of once.
logFetch({ logger: log });

for (const number of [1, 2, 3]) await withContext({ 'order.number': number }, () => order(number));

services.close();
await log.close();

/** @param {number} number */
async function order(number) {
  try {
    await stock.put(
      `/stock/items/${number}`,
      { amount: 1, note: 'a gift for Ann' },
      { params: { key: 'of-the-stock' } },
    );
    const paid = await withUrlTemplate('/bank/payments/:order', () =>
      fetch(`${services.url}/bank/payments/${number}?token=of-the-bank`, {
        method: 'PUT',
        body: 'card=4111111111111111',
      }),
    );
    await paid.text();
    if (!paid.ok) log.warn('not paid', { status: paid.status });
  } catch (error) {
    // Where the call went and what came of it is in the record; its headers, its query and its body are not.
    log.error('no such item', error);
  }
}

/** The two services: item 2 comes at the second try, item 3 does not exist; order 1 is paid, 2 is not. */
async function startServices() {
  let tries = 0;
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/stock/items/2') tries++;
    const statuses = { '/stock/items/2': tries === 1 ? 503 : 200, '/stock/items/3': 404, '/bank/payments/2': 402 };
    response.statusCode = statuses[pathname] ?? 200;
    request.resume().on('end', () => response.end());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
