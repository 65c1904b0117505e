/**
 * Sends what the application logs to its backend, without a change to the application:
 *
 *     node --import logflume/register app.js
 *
 * The environment alone decides, as for `createLogger`. Captured are the console and `debug`, and, with
 * `@logflume/winston` and `@logflume/pino` installed, winston, pino and bunyan.
 */
import { install } from './register/install.ts';

install();
