export { capturePino } from './capture-pino.ts';
export type { BunyanStream } from './create-bunyan-stream.ts';
export { createBunyanStream } from './create-bunyan-stream.ts';
export type { PinoDestination } from './create-pino-destination.ts';
export { createPinoDestination } from './create-pino-destination.ts';
export type { OutputOptions, SharedLogger } from './host-output.ts';
