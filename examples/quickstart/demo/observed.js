// @ts-check

/**
 * @import { Level, Logger } from 'logflume'
 * @typedef {{ kind: 'progress' | 'closed', logged: number, stats: import('logflume').DeliveryStats }} ShopReport
 */

const reportEveryMs = 100;

/** @type {readonly Level[]} */
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

/**
 * Counts what a service logs, independently of the logger, and tells the demo that started the process: now and then
 * while it runs, and for the last time when the logger is closed. Without a demo it is the logger itself.
 *
 * @param {Logger} logger
 * @returns {Logger}
 */
export function observed(logger) {
  if (process.send === undefined) return logger;
  let logged = 0;

  /** @param {ShopReport['kind']} kind */
  const report = (kind) =>
    new Promise((resolve) => {
      /** @type {ShopReport} */
      const message = { kind, logged, stats: logger.stats() };
      // A demo that is gone cannot be told; the `disconnect` below ends the service then.
      if (process.connected) process.send?.(message, resolve);
      else resolve(undefined);
    });
  const timer = setInterval(report, reportEveryMs, 'progress').unref();
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  // Listening would keep the process alive after its server and its logger are closed.
  process.channel?.unref();

  /** @type {Logger['close']} */
  const close = async (options) => {
    const result = await logger.close(options);
    clearInterval(timer);
    await report('closed');
    return result;
  };
  const count = () => {
    logged += 1;
  };
  return countCalls(logger, count, close);
}

/**
 * @param {Logger} logger
 * @param {() => void} count - called before each record that is going to be logged.
 * @param {Logger['close']} close
 * @returns {Logger}
 */
function countCalls(logger, count, close) {
  /** @param {Level} level */
  const countIfEnabled = (level) => {
    if (logger.isLevelEnabled(level)) count();
  };
  const methods = Object.fromEntries(
    levels.map((level) => [
      level,
      (/** @type {unknown[]} */ ...call) => {
        countIfEnabled(level);
        Reflect.apply(logger[level], logger, call);
      },
    ]),
  );
  return /** @type {Logger} */ ({
    ...methods,
    log(/** @type {Level} */ level, /** @type {unknown[]} */ ...call) {
      countIfEnabled(level);
      Reflect.apply(logger.log, logger, [level, ...call]);
    },
    event(name, attributes, options) {
      countIfEnabled(options?.level ?? 'info');
      logger.event(name, attributes, options);
    },
    child: (attributes, options) => countCalls(logger.child(attributes, options), count, close),
    get level() {
      return logger.level;
    },
    set level(level) {
      logger.level = level;
    },
    isLevelEnabled: (level) => logger.isLevelEnabled(level),
    flush: (options) => logger.flush(options),
    close,
    stats: () => logger.stats(),
    async [Symbol.asyncDispose]() {
      await close();
    },
  });
}
