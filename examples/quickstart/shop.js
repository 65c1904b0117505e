// @ts-check
import { createServer } from 'node:http';
import { createLogger } from 'logflume';
import { observed } from './demo/observed.js';
import { createHandler } from './services/http.js';
import { createOrders } from './services/orders.js';
import { createPayments } from './services/payments.js';
import { createStock } from './services/stock.js';

// Where the logs go, at which level and under which name is not said here: it comes from the environment.
// `observed` is for the demo alone, which wants a count of its own to compare with the ledger.
const log = observed(createLogger());

const stock = createStock(log);
const payments = createPayments(log);
const orders = createOrders({ log, stock, payments });
const server = createServer(createHandler({ log, orders, stock }));

server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  log.info('shop opened', { 'server.port': port });
  console.log(`http://127.0.0.1:${port}`);
});

const patienceMs = 1_000;
let isStopping = false;

/** First no more requests, then no more records: what the last requests logged is sent as well. */
async function stop() {
  if (isStopping) return;
  isStopping = true;
  log.info('shop closes');
  const closed = new Promise((resolve) => server.close(resolve));
  // Customers who keep a connection open and ask nothing are not waited for.
  setTimeout(() => server.closeAllConnections(), patienceMs).unref();
  await closed;
  await log.close();
}

process.on('SIGTERM', stop).on('SIGINT', stop);
