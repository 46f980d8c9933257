/** What is tested, one line each, in the order in which people read it. */

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
  microphone: "Microphone",
  speaker: "Speaker",
  camera: "Camera",
  socket: "Connection to the site",
  udp: "UDP to the media server",
  tcp: "TCP to the media server",
  turn: "Through a TURN server",
  echo: "Echo of sound and picture",
};

/** @type {Readonly<Record<State, string>>} What is read out, and stands beside the name. */
export const STATE_WORDS = {
  waiting: "Waiting",
  running: "Testing…",
  good: "Works",
  notable: "Look at this",
  bad: "Does not work",
  skipped: "Not tested",
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
