export type { JsonLineOptions, ToJsonLine } from './json-line.ts';
export { createJsonLine } from './json-line.ts';
