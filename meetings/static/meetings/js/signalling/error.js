/** A request that did not get its reply: refused by the server, or lost on the way. */
export class SignallingError extends Error {
  /**
   * @param {string} code     One of the contract's codes, or `CONNECTION_LOST`, `TIMEOUT` or `CANNOT_PRODUCE`, which the page itself gives.
   * @param {string} message  The fixed sentence that belongs to the code.
   * @param {string} details  What happened in this case; may be empty.
   * @param {number | null} [retryAfter]  Seconds to wait, when the server said so.
   * @param {readonly import("../contract.js").Verdict[]} [verdicts]  Why, for people, when the server said so.
   */
  constructor(code, message, details = "", retryAfter = null, verdicts = []) {
    super(details ? `${message}: ${details}` : message);
    this.name = "SignallingError";
    this.code = code;
    this.summary = message;
    this.details = details;
    this.retryAfter = retryAfter;
    this.verdicts = verdicts;
  }
}

/**
 * The code of anything that was thrown: a refusal's own code, `INTERNAL_ERROR` for the rest.
 *
 * @param {unknown} error
 * @returns {string}
 */
export function codeOf(error) {
  return error instanceof SignallingError ? error.code : "INTERNAL_ERROR";
}

/**
 * What the server said of this case; empty for what no server has said.
 *
 * @param {unknown} error
 * @returns {string}
 */
export function detailsOf(error) {
  return error instanceof SignallingError ? error.details : "";
}
