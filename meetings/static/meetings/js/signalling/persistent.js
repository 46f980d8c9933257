/**
 * Requests that outlast an outage: while the server says that a part of it is away, they are asked again.
 *
 * @import {Request} from "../media/transports.js"
 */
import { codeOf } from "./error.js";

/** How long somebody's click may take effect late, in milliseconds. */
const PATIENCE = 30_000;
const WAIT = 1_000;

/**
 * @param {Request} request
 * @param {object} [options]
 * @param {number} [options.patience]  Milliseconds after the first refusal.
 * @param {number} [options.wait]      Milliseconds, where the refusal does not say how long.
 * @returns {Request} Settles as the last attempt does.
 */
export function persistent(request, { patience = PATIENCE, wait = WAIT } = {}) {
  return async (event, data) => {
    const ends = Date.now() + patience;
    for (;;) {
      try {
        return await request(event, data);
      } catch (error) {
        if (codeOf(error) !== "SERVICE_UNAVAILABLE" || Date.now() > ends) throw error;
        const { retryAfter } = /** @type {import("./error.js").SignallingError} */ (error);
        await new Promise((resolve) => setTimeout(resolve, retryAfter ? retryAfter * 1000 : wait));
      }
    }
  };
}
