/** What is tested, one line each, in the order in which people read it. */

import { t } from "../i18n.js";

/** @typedef {"microphone" | "speaker" | "camera" | "socket" | "udp" | "tcp" | "turn" | "echo"} LineId */
/** @typedef {"udp" | "tcp" | "turn"} Way A way of reaching the media server that is tried by itself. */
/**
 * @typedef {"waiting" | "running" | "good" | "notable" | "bad" | "skipped"} State
 *     `notable` works with something to know about; `skipped` could not be tried, or is not offered.
 */

/**
 * @typedef {object} Line  How one thing stands.
 * @property {State} state
 * @property {string} sentence  What is, in words for the person.
 * @property {string} action    What to do about it; empty when nothing is to be done.
 * @property {string} code      The cause, of the catalogue that verdicts use; empty when all is well.
 */

/** @typedef {Readonly<Record<LineId, Line>>} Lines */

/** @type {readonly LineId[]} */
export const LINES = ["microphone", "speaker", "camera", "socket", "udp", "tcp", "turn", "echo"];
/** @type {readonly Way[]} */
export const WAYS = ["udp", "tcp", "turn"];

/** @type {Readonly<Record<LineId, string>>} */
export const NAMES = {
  microphone: t("Microphone"),
  speaker: t("Speaker"),
  camera: t("Camera"),
  socket: t("Connection to the site"),
  udp: t("UDP to the media server"),
  tcp: t("TCP to the media server"),
  turn: t("Through a TURN server"),
  echo: t("Echo of sound and picture"),
};

/** @type {Readonly<Record<State, string>>} What is read out, and stands beside the name. */
export const STATE_WORDS = {
  waiting: t("Waiting"),
  running: t("Testing…"),
  good: t("Works"),
  notable: t("Look at this"),
  bad: t("Does not work"),
  skipped: t("Not tested"),
};

/**
 * @param {State} state
 * @param {string} sentence
 * @param {string} [action]
 * @param {string} [code]
 * @returns {Line}
 */
export function line(state, sentence, action = "", code = "") {
  return { state, sentence, action, code };
}

/** Whether nothing more is going to happen to it by itself. @param {Line} one */
export function isDone({ state }) {
  return state !== "waiting" && state !== "running";
}
