/** The sentences of polls and questions. */
import { t, tn } from "./i18n.js";
import { wordingOf } from "./words.js";

/** @type {Readonly<Record<string, string>>} */
const troubles = {
  BAD_REQUEST: t("The server did not take it. It may be too long."),
  RATE_LIMITED: t("That was faster than the meeting allows. Wait a few seconds."),
  POLL_NOT_FOUND: t("That poll is deleted already."),
  POLL_STATE: t("That poll is not open any more, or is open already."),
  QUESTION_NOT_FOUND: t("That question is dismissed already."),
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
  const how = kind === "multiple" ? t("Choose one or more.") : t("Choose one.");
  const who = anonymous ? t("Anonymous: nobody is told who voted for what.") : t("Hosts can see who voted for what.");
  const when = resultsFor === "hosts" && state !== "closed" ? t("Results are for hosts until it is closed.") : "";
  return [how, who, when].filter(Boolean).join(" ");
}

/** @param {number} voters */
export function votersWords(voters) {
  return voters === 0 ? t("Nobody has voted yet") : tn("{count} person voted", "{count} people voted", voters);
}
