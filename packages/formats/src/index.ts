export { gzip, isZstdAvailable, zstd } from './compression.ts';
export type { JsonLineOptions, ToJsonLine } from './json-line.ts';
export { createJsonLine } from './json-line.ts';
export type { OtlpFormatOptions } from './otlp-blocks.ts';
export { createOtlpJsonFormat } from './otlp-json.ts';
export { createOtlpProtobufFormat } from './otlp-protobuf.ts';
export { judgeOtlpReply } from './otlp-reply.ts';
export type { PrettyLineOptions, ToPrettyLine } from './pretty-line.ts';
export { createPrettyLine } from './pretty-line.ts';
