import { Buffer } from 'node:buffer';
import type { Format } from '@logflume/delivery';
import { decodeLogsRequest, toOtlpJsonText } from '@logflume/otlp';
import { frameRuns, type OtlpFormatOptions } from './otlp-blocks.ts';
import { otlpBodies } from './otlp-body.ts';
import { judgeOtlpReply } from './otlp-reply.ts';
import { toFallbackLines } from './record-lines.ts';

/**
 * OTLP/HTTP with JSON bodies, for what reads no protobuf. Each batch is decoded and printed, so it costs many times
 * the protobuf format, and several backends refuse it.
 *
 * `frame` throws an `OtlpDecodeError` for runs that are not encoded records: a bug of who enqueued them.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function createOtlpJsonFormat(options: OtlpFormatOptions): Format {
  return {
    name: 'otlp-json',
    contentType: 'application/json',
    frame(runs) {
      return Buffer.from(toOtlpJsonText(decodeLogsRequest(frameRuns(runs, options))));
    },
    judge: judgeOtlpReply,
    lines: (runs) => toFallbackLines(runs, options),
    ...otlpBodies,
  };
}
