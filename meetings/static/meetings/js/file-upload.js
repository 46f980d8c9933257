/**
 * Sends files to the server, telling how far they are.
 *
 * @import {ChatMessage} from "./contract.js"
 */
import { SignallingError } from "./signalling/error.js";

/**
 * @typedef {object} Upload
 * @property {string} meetingId
 * @property {string} ticket                   As the server told it to this participant's socket.
 * @property {File} file
 * @property {{[name: string]: string}} form   What goes with it.
 * @property {AbortSignal} signal
 * @property {(share: number) => void} onProgress
 */

/**
 * Rejects with a SignallingError of the server's code, or CONNECTION_LOST.
 *
 * @param {Upload} upload
 * @returns {Promise<ChatMessage>}
 */
export function uploadFile({ meetingId, ticket, file, form, signal, onProgress }) {
  const body = new FormData();
  for (const [name, value] of Object.entries(form)) body.set(name, value);
  body.set("file", file);
  return new Promise((resolve, reject) => {
    // Fetch does not tell how much has been sent.
    const sending = new XMLHttpRequest();
    const lost = () => reject(new SignallingError("CONNECTION_LOST", "The upload broke off"));
    sending.open("POST", `/api/meetings/${encodeURIComponent(meetingId)}/files/`);
    sending.responseType = "json";
    sending.setRequestHeader("Authorization", `Ticket ${ticket}`);
    sending.upload.addEventListener("progress", ({ loaded, total }) => onProgress(total ? loaded / total : 0));
    sending.addEventListener("load", () => {
      const { status, response } = sending;
      if (status === 201 && response) resolve(response);
      // Proxies have limits of their own, and other words for them.
      else reject(new SignallingError(response?.code ?? (status === 413 ? "FILE_TOO_LARGE" : "INTERNAL_ERROR"), response?.message ?? `${status}`, response?.details));
    });
    for (const event of ["error", "abort", "timeout"]) sending.addEventListener(event, lost);
    signal.addEventListener("abort", () => sending.abort());
    if (signal.aborted) lost();
    else sending.send(body);
  });
}
