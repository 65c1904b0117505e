export { LogflumeTransport } from './logflume-transport.ts';
export type { HostOptions, LogflumeTransportOptions, OwnLoggerOptions, SharedLoggerOptions } from './options.ts';
export type { SeverityMapping } from './severity.ts';
