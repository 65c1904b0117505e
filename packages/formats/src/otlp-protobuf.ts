import type { Format } from '@logflume/delivery';
import { frameRuns, type OtlpFormatOptions } from './otlp-blocks.ts';
import { otlpBodies } from './otlp-body.ts';
import { judgeOtlpReply } from './otlp-reply.ts';
import { toFallbackLines } from './record-lines.ts';

/**
 * OTLP/HTTP with protobuf bodies, which every OTLP server takes: headers in front of the records' own bytes.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#binary-protobuf-encoding
 */
export function createOtlpProtobufFormat(options: OtlpFormatOptions): Format {
  return {
    name: 'otlp-protobuf',
    contentType: 'application/x-protobuf',
    frame: (runs, allocate) => frameRuns(runs, options, allocate),
    judge: judgeOtlpReply,
    lines: (runs) => toFallbackLines(runs, options),
    ...otlpBodies,
  };
}
