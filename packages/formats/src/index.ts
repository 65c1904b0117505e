export { gzip, isZstdAvailable, zstd } from './compression.ts';
export type { JsonLineOptions, ToJsonLine } from './json-line.ts';
export { createJsonLine } from './json-line.ts';
