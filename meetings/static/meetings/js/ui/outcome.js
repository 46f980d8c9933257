/**
 * The page after the meeting, or instead of it: left, ended, or refused with a reason.
 *
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {OfflineWords} from "../state/waiting.js"
 */
import { t } from "../i18n.js";
import { isHost } from "../state/meeting-state.js";
import { wordingOf } from "../words.js";
import { byId, find } from "./dom.js";

/**
 * @param {object} parts
 * @param {() => void} parts.again
 * @param {() => string} parts.report  What an administrator finds this attempt by.
 * @param {OfflineWords} parts.offline
 * @returns {(state: MeetingState) => void} Shows the outcome that a state has.
 */
export function mountOutcome({ again, report, offline }) {
  const title = byId("outcome-title", HTMLElement);
  const text = byId("outcome-text", HTMLElement);
  const button = byId("outcome-again", HTMLButtonElement);
  const signIn = byId("outcome-sign-in", HTMLAnchorElement);
  // Not for guests who host nothing.
  const summary = document.getElementById("outcome-summary");
  const codeLine = byId("outcome-code", HTMLElement);
  const copy = find(codeLine, "[data-copy]", HTMLElement);
  button.addEventListener("click", again);
  return (state) => {
    const { heading, words, label } = outcomeOf(state, offline);
    title.textContent = heading;
    text.textContent = words;
    button.hidden = label === "";
    if (summary) summary.hidden = state.phase !== "ended" || !isHost(state);
    signIn.hidden = state.refusal !== "ACCOUNT_REQUIRED";
    find(button, "span", HTMLElement).textContent = label;
    codeLine.hidden = state.refusal === null;
    const code = [state.refusal, state.refusalDetails].filter(Boolean).join(": ");
    find(copy, "code", HTMLElement).textContent = `${report()} ${state.refusal ?? ""}`;
    copy.dataset["copy"] = t("Report {report}, {code}", { report: report(), code });
    title.focus();
  };
}

/** @param {MeetingState} state @param {OfflineWords} offline */
function outcomeOf(state, offline) {
  if (state.phase === "ended") {
    return { heading: t("The meeting has ended"), words: t("The host ended it for everybody."), label: "" };
  }
  if (state.phase === "left" && state.joinedAt === null) {
    return { heading: t("You stopped waiting"), words: t("The hosts see that you are gone. You can ask again as long as the meeting lasts."), label: t("Ask again") };
  }
  if (state.phase === "left") {
    return { heading: t("You left the meeting"), words: t("The others can go on. You can come back as long as it lasts."), label: t("Join again") };
  }
  if (state.refusal === "CONNECTION_LOST" && state.siteReached !== null) {
    const { sentence, action } = state.siteReached ? offline.SOCKET_UNREACHABLE : offline.SITE_UNREACHABLE;
    return { heading: sentence.replace(/\.$/, ""), words: action, label: t("Try again") };
  }
  const { title, meaning, next } = wordingOf(state.refusal ?? "INTERNAL_ERROR");
  const why = state.verdicts.find(({ severity }) => severity === "failing");
  return { heading: title, words: why ? `${why.sentence} ${why.action}`.trim() : meaning, label: next === "again" ? t("Try again") : "" };
}
