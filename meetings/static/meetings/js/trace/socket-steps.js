/**
 * Steps of the socket: that it opened and how long it took, that it did not, that it is gone.
 *
 * @import {Signalling} from "../signalling/signalling.js"
 * @import {Note} from "./recorder.js"
 */

/** From here on people wonder. */
const LONG = 5_000;

/**
 * @param {Signalling} signalling
 * @param {Note} note
 * @param {() => number} [now]  Milliseconds.
 */
export function noteSocketSteps(signalling, note, now = () => Date.now()) {
  /** When it was first asked for, since it was open the last time. @type {number | null} */ let since = null;
  /** When this socket was asked for. */ let began = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let long;
  signalling.on("connecting", () => {
    began = now();
    if (since !== null) return;
    since = began;
    long = setTimeout(() => note("socket", "waiting", { seconds: LONG / 1000 }), LONG);
  });
  signalling.on("open", () => {
    clearTimeout(long);
    since = null;
    note("socket", "ok", { ms: now() - began });
  });
  signalling.on("drop", ({ code }) => {
    if (since === null) note("socket-lost", "changed", { closeCode: code });
    else note("socket", "failed", { ms: now() - began, closeCode: code });
  });
  signalling.on("closed", () => {
    clearTimeout(long);
    since = null;
  });
}
