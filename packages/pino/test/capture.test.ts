import { createRequire } from 'node:module';
import { capturePino, createPinoDestination } from '@logflume/pino';
import type { Logger } from 'logflume';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { createReceiver } from './receiver.ts';

const silent = { write: () => undefined };

/** Captures until the end of the block. */
function captureTo(logger: Logger): Disposable {
  const undo = capturePino({ logger });
  return { [Symbol.dispose]: undo };
}

describe('capturing pino', () => {
  it('delivers what every logger logs, whatever it writes to, and leaves that alone', async () => {
    await using receiver = await createReceiver();
    const lines: string[] = [];
    const options: pino.LoggerOptions = { name: 'shop', messageKey: 'text', customLevels: { notice: 35 } };
    const logger = pino(options, { write: (line) => lines.push(line) });
    using _ = captureTo(receiver.logger);
    const { log } = { log: logger.child({ requestId: 'r1' }) as pino.Logger<'notice'> };
    log.notice({ level: 99, a: 1 }, 'hello');
    expect(lines).toHaveLength(1);
    expect(await receiver.record()).toMatchObject({
      body: 'hello',
      severityNumber: 11,
      severityText: 'notice',
      scope: { name: 'shop' },
      attributes: { requestId: 'r1', a: 1, level: 99 },
    });
  });

  it('sees a copy that was loaded by require, and loggers made before and after', async () => {
    await using receiver = await createReceiver();
    const other: typeof pino = createRequire(import.meta.url)('pino');
    const before = other({}, silent);
    using _ = captureTo(receiver.logger);
    before.info({ i: 0 });
    other({ level: 'error' }, silent).info({ i: 1 });
    pino({}, silent).info({ i: 2 });
    expect((await receiver.records()).map(({ attributes }) => attributes['i'])).toStrictEqual([0, 2]);
  });

  it('takes a line as it is written: redacted, serialized and through the hook', async () => {
    await using receiver = await createReceiver();
    const streamWrite = (line: string): string => line.replaceAll('HOOK', '***');
    const logger = pino({ redact: ['a'], serializers: { b: () => 'b' }, hooks: { streamWrite } }, silent);
    using _ = captureTo(receiver.logger);
    logger.info({ a: 'SECRET', b: 'SECRET', c: 'HOOK' });
    expect((await receiver.record()).attributes).toStrictEqual({ a: '[Redacted]', b: 'b', c: '***' });
  });

  it('ends when it is undone, once or twice', async () => {
    await using receiver = await createReceiver();
    const undo = capturePino({ logger: receiver.logger });
    undo();
    undo();
    pino({}, silent).info('m');
    expect(await receiver.records()).toStrictEqual([]);
  });

  it('delivers once when it is done twice, and to each of two loggers', async () => {
    await using receiver = await createReceiver();
    await using another = await createReceiver();
    using _once = captureTo(receiver.logger);
    using _twice = captureTo(receiver.logger);
    using _other = captureTo(another.logger);
    pino({}, silent).info('m');
    expect(await receiver.records()).toHaveLength(1);
    expect(await another.records()).toHaveLength(1);
  });

  it('leaves a logger that writes to a destination of the same logger to that', async () => {
    await using receiver = await createReceiver();
    await using another = await createReceiver();
    const destination = createPinoDestination({ logger: receiver.logger });
    using _ = captureTo(receiver.logger);
    using _other = captureTo(another.logger);
    pino(destination).info({ i: 0 });
    pino({}, pino.multistream([silent, { stream: destination }])).info({ i: 1 });
    expect(await receiver.records()).toHaveLength(2);
    expect(await another.records()).toHaveLength(2);
  });

  it('lets what the application throws be the application’s', async () => {
    await using receiver = await createReceiver();
    const hooks = {
      streamWrite: (): string => {
        throw new Error('hook');
      },
    };
    using _ = captureTo(receiver.logger);
    expect(() => pino({ hooks }, silent).info('m')).toThrow('hook');
    const formatters = {
      log: (): never => {
        throw new Error('formatter');
      },
    };
    expect(() => pino({ formatters }, silent).info('m')).toThrow('formatter');
    expect(await receiver.records()).toStrictEqual([]);
  });

  it.each([[undefined], [{}], [{ logger: pino({}, silent) }], [{ logger: null }]])('refuses %j', (options) => {
    const invalid = expect.objectContaining({ code: 'ERR_LOGFLUME_INVALID_OPTION' });
    expect(() => Reflect.apply(capturePino, undefined, [options])).toThrow(invalid);
  });
});
