/**
 * Asking for microphone and camera, as long as somebody may need to answer and no longer.
 *
 * @import {CaptureProblem} from "../devices/capture.js"
 */
import { captureBoth } from "../devices/capture.js";

/** The room on the server is kept for half a minute, and the rest of the test needs eight seconds of that. */
const PATIENCE = 12_000;

/** @typedef {MediaStreamTrack | CaptureProblem | "unanswered"} Got */

/**
 * @param {{microphone: string, camera: string}} ids  The chosen devices; empty for the system's choice.
 * @param {number} [patience]  Milliseconds.
 * @returns {Promise<{microphone: Got, camera: Got}>}
 */
export async function askForDevices(ids, patience = PATIENCE) {
  const asked = captureBoth(ids);
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(null), patience);
  });
  const got = await Promise.race([asked, late]);
  clearTimeout(timer);
  if (got) return got;
  void asked.then(letGo);
  return { microphone: "unanswered", camera: "unanswered" };
}

/** @param {{microphone: Got, camera: Got}} got */
export function letGo({ microphone, camera }) {
  for (const one of [microphone, camera]) if (typeof one !== "string") one.stop();
}
