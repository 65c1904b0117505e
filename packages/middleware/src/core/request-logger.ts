import type { Attributes, Logger } from 'logflume';

/** The logger of one request: every record carries the request's id. */
export interface RequestLogger extends Logger {
  /**
   * Adds attributes to the record of the request. Never throws. What comes after that record was written is a record of
   * its own, linked by the request's id and trace.
   */
  readonly add: (attributes: Attributes) => void;
}

/** Makes the logger of a request. */
export function createRequestLogger(logger: Logger, id: string, add: RequestLogger['add']): RequestLogger {
  return Object.assign(logger.child({ [REQUEST_ID]: id }), { add });
}

/** The attribute that ties the records of a request together. */
export const REQUEST_ID = 'request.id';
