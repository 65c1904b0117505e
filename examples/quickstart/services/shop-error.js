// @ts-check

/** A problem the customer is told about. `status` is the HTTP status of the answer. */
export class ShopError extends Error {
  /**
   * @param {number} status
   * @param {string} message
   * @param {ErrorOptions} [options]
   */
  constructor(status, message, options) {
    super(message, options);
    this.name = 'ShopError';
    this.status = status;
  }
}
