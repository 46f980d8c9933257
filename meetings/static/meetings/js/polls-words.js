/** The sentences of polls and questions. */
import { wordingOf } from "./words.js";

/** @type {Readonly<Record<string, string>>} */
const troubles = {
  BAD_REQUEST: "The server did not take it. It may be too long.",
  RATE_LIMITED: "That was faster than the meeting allows. Wait a few seconds.",
  POLL_NOT_FOUND: "That poll is deleted already.",
  POLL_STATE: "That poll is not open any more, or is open already.",
  QUESTION_NOT_FOUND: "That question is dismissed already.",
};

/**
 * Why something did not work with a poll or a question.
 *
 * @param {string} code
 * @param {string} details  What the server says of this case.
 */
export function pollTrouble(code, details) {
  // What is not allowed has several reasons, and only the server knows which.
  if (code === "NOT_ALLOWED") return details || `${wordingOf(code).title}.`;
  return troubles[code] ?? `${wordingOf(code).title}.`;
}

/** @param {import("./contract.js").Poll} poll What voters should know beforehand. */
export function pollNotes({ kind, anonymous, resultsFor, state }) {
  const how = kind === "multiple" ? "Choose one or more." : "Choose one.";
  const who = anonymous ? "Anonymous: nobody is told who voted for what." : "Hosts can see who voted for what.";
  const when = resultsFor === "hosts" && state !== "closed" ? "Results are for hosts until it is closed." : "";
  return [how, who, when].filter(Boolean).join(" ");
}

/** @param {number} voters */
export function votersWords(voters) {
  return voters === 0 ? "Nobody has voted yet" : voters === 1 ? "1 person voted" : `${voters} people voted`;
}
