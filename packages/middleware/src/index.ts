export { addToEvent } from 'logflume';
export type {
  AccessLogOptions,
  BodyOptions,
  Exchange,
  HeaderOptions,
  LevelTable,
  MisuseDiagnostic,
} from './core/access-log-options.ts';
export type { RequestLogger } from './core/request-logger.ts';
