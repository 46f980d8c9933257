/**
 * How steps get to the server: over the socket where it is open, else by a request of their own.
 *
 * @import {Verdict} from "../contract.js"
 * @import {Signalling} from "../signalling/signalling.js"
 * @import {Deliver} from "./recorder.js"
 */
import { codeOf } from "../signalling/error.js";

/** With these the steps did not get in, and may do later. */
const LATER = new Set(["CONNECTION_LOST", "RATE_LIMITED", "SERVICE_UNAVAILABLE"]);

/**
 * @param {object} parts
 * @param {Pick<Signalling, "isOpen" | "request" | "tell">} parts.signalling
 * @param {string} parts.csrfToken
 * @param {() => {meetingId?: string, displayName?: string}} parts.about  Whose attempt it is, for a server that has not seen a join.
 * @param {(reached: boolean) => void} parts.onReach          Whether a request got to the site.
 * @param {(verdicts: Verdict[]) => void} parts.onVerdicts    What the server makes of steps that came by a request.
 * @param {typeof globalThis.fetch} [parts.post]
 * @param {() => number} [parts.now]  Milliseconds since the epoch.
 * @returns {Deliver}
 */
export function deliverTo({ signalling, csrfToken, about, onReach, onVerdicts, post = (where, how) => fetch(where, how), now = () => Date.now() }) {
  /** @type {Deliver} */
  const bySocket = async ({ attemptId, steps }, { last }) => {
    const data = { attemptId, sentAt: now(), steps };
    if (last) {
      signalling.tell("trace", data);
      return true;
    }
    try {
      await signalling.request("trace", data);
      return true;
    } catch (error) {
      return !LATER.has(codeOf(error));
    }
  };
  /** @type {Deliver} */
  const byRequest = async ({ attemptId, steps }) => {
    /** @type {Response} */ let response;
    try {
      response = await post(`/api/meetings/attempts/${attemptId}/steps`, {
        method: "POST",
        keepalive: true,
        headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken },
        body: JSON.stringify({ ...about(), sentAt: now(), steps }),
      });
    } catch {
      onReach(false);
      return false;
    }
    onReach(true);
    if (!response.ok) return response.status < 500 && response.status !== 429;
    const { verdicts = [] } = await response.json().catch(() => ({}));
    onVerdicts(verdicts);
    return true;
  };
  return (batch, how) => (signalling.isOpen ? bySocket : byRequest)(batch, how);
}
