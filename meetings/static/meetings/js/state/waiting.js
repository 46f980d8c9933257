/**
 * What a join that takes long waits for. Pure.
 *
 * @import {Saying} from "../contract.js"
 * @import {MeetingState} from "./meeting-state.js"
 */
import { t } from "../i18n.js";
import { offlineWords } from "../words.js";

/** @typedef {typeof offlineWords} OfflineWords */

/** Nobody's join waits for a device. */
const OF_DEVICES = /MICROPHONE|CAMERA|TRACK/;

/**
 * @param {Pick<MeetingState, "siteReached" | "verdicts">} state
 * @param {{prepared: boolean, socketOpen: boolean, words: OfflineWords}} page
 * @returns {Saying}
 */
export function whatAJoinWaitsFor(state, { prepared, socketOpen, words }) {
  if (!prepared) return { sentence: t("Your browser is still getting ready for sound and video."), action: t("Wait a moment longer, or load the page again.") };
  if (!socketOpen && state.siteReached === false) return words.SITE_UNREACHABLE;
  const worst = state.verdicts.find(({ code }) => !OF_DEVICES.test(code));
  if (worst) return worst;
  if (!socketOpen && state.siteReached) return words.SOCKET_UNREACHABLE;
  if (!socketOpen) return { sentence: t("The server has not been reached yet."), action: t("The page keeps trying.") };
  return { sentence: t("The server has not answered yet."), action: t("It may be busy. The page goes on waiting.") };
}
