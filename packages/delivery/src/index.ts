export type { LogflumeErrorCode } from './errors.ts';
export { LogflumeError } from './errors.ts';
export type { Compression, Format, RecordRun, ReplyVerdict } from './format.ts';
