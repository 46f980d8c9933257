/**
 * Opening the socket and asking on it, once: the page does not go on trying, for it is to tell how things are.
 *
 * @import {Signalling} from "../signalling/signalling.js"
 */

/** In milliseconds. */
const WITHIN = 5_000;
const ROUND_TRIPS = 3;

/**
 * @param {Signalling} signalling
 * @returns {Promise<{openMs: number, roundTrip: number} | null>} Milliseconds; null when it does not open, or answers nothing.
 */
export async function openSocket(signalling) {
  const began = performance.now();
  if (!(await opened(signalling))) return null;
  const openMs = performance.now() - began;
  let roundTrip = Infinity;
  try {
    for (let trip = 0; trip < ROUND_TRIPS; trip += 1) {
      const asked = performance.now();
      await signalling.request("ping", {}, { timeout: WITHIN });
      roundTrip = Math.min(roundTrip, performance.now() - asked);
    }
  } catch {
    return null;
  }
  return { openMs, roundTrip };
}

/** @param {Signalling} signalling @returns {Promise<boolean>} */
function opened(signalling) {
  return new Promise((resolve) => {
    const stop = [
      signalling.on("open", () => settle(true)),
      signalling.on("drop", () => settle(false)),
    ];
    const timer = setTimeout(() => settle(false), WITHIN);
    const settle = (/** @type {boolean} */ well) => {
      clearTimeout(timer);
      for (const one of stop) one();
      if (!well) signalling.close();
      resolve(well);
    };
    signalling.open();
  });
}
