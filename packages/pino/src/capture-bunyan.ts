import { asHostOutput, type Logger } from 'logflume';
import { writeRecord } from './create-bunyan-stream.ts';
import { OUTPUT_LOGGER } from './create-pino-destination.ts';
import { HostOutput } from './host-output.ts';
import { SeverityTable } from './severity-table.ts';

/**
 * Delivers what all bunyan loggers of one copy log, whatever their streams take: a record is taken when it reaches the
 * level of one of them. A logger with a stream of ours is left to that. What the streams write stays as it was.
 *
 * @param exports - of bunyan; anything else is left alone.
 */
export function captureBunyan(exports: unknown, logger: Logger): void {
  const prototype: unknown = typeof exports === 'function' ? exports.prototype : undefined;
  const emit: unknown = Reflect.get(Object(prototype), '_emit');
  if (typeof prototype !== 'object' || prototype === null || typeof emit !== 'function') return;
  const output = new HostOutput({ logger }, 'logflume/register');
  const severities = new SeverityTable();
  // The second parameter asks for the line alone, of a record that is not logged.
  Reflect.set(prototype, '_emit', function (this: unknown, record: unknown, isLineOnly: unknown): unknown {
    if (!isLineOnly && !hasOwnStream(this)) writeRecord(record, output, severities);
    return asHostOutput(() => Reflect.apply(emit, this, [record, isLineOnly]));
  });
}

function hasOwnStream(logger: unknown): boolean {
  const streams: unknown = Reflect.get(Object(logger), 'streams');
  return (
    Array.isArray(streams) &&
    streams.some((each) => Reflect.has(Object(Reflect.get(Object(each), 'stream')), OUTPUT_LOGGER))
  );
}
