/**
 * One line at the top for what concerns me now: reconnecting, sound that waits for a click, a microphone the system muted.
 *
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 * @import {LocalMedia} from "../devices/local-media.js"
 * @import {OfflineWords} from "../state/waiting.js"
 */
import { t } from "../i18n.js";
import { foremost } from "../state/verdicts.js";
import { byId } from "./dom.js";

/** A blip is over before anybody needs to read of it. */
const QUIET = 1_000;
/** After this long the line says what it waits for. */
const LONG = 5_000;

/** @typedef {{text: string, action?: string, act?: () => void}} Notice */

/**
 * @param {object} parts
 * @param {Store<MeetingState>} parts.store
 * @param {LocalMedia} parts.local
 * @param {() => void} parts.reconnectNow
 * @param {() => void} parts.playSound
 * @param {() => void} parts.openConnection
 * @param {OfflineWords} parts.offline
 * @returns {{soundWaits: (waiting: boolean) => void, joinWaits: (words: string) => void}}
 */
export function mountBanner({ store, local, reconnectNow, playSound, openConnection, offline }) {
  const banner = byId("banner", HTMLElement);
  const text = byId("banner-text", HTMLElement);
  const action = byId("banner-action", HTMLButtonElement);
  let since = 0;
  let waiting = false;
  /** What a join waits for. */ let joining = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer;
  /** @type {Notice | null} */ let shown = null;
  action.addEventListener("click", () => shown?.act?.());

  /** @returns {Notice | null} */
  const notice = () => {
    const { state } = store;
    const trouble = troubleOf(state);
    if (!trouble) since = 0;
    else since ||= Date.now();
    const lasted = since ? Date.now() - since : 0;
    clearTimeout(timer);
    if (trouble && lasted < LONG) timer = setTimeout(show, lasted < QUIET ? QUIET - lasted : LONG - lasted);
    if (trouble && lasted >= QUIET) {
      if (lasted < LONG) return { text: trouble };
      return { text: `${t("Still reconnecting…")} ${whyStill(state, offline)}`, action: t("Try now"), act: reconnectNow };
    }
    if (joining) return { text: joining };
    const wrong = state.phase === "joined" ? foremost(state.verdicts) : undefined;
    if (wrong) return { text: `${wrong.sentence} ${wrong.action}`.trim(), action: t("Details"), act: openConnection };
    if (waiting) return { text: t("Your browser waits for a click before it plays sound."), action: t("Play sound"), act: playSound };
    const { microphone } = local.state;
    if (microphone.systemMuted && microphone.on) return { text: t("You cannot be heard: your system has muted the microphone. Unmute it in the sound settings of your system.") };
    return null;
  };
  const show = () => {
    shown = notice();
    banner.hidden = shown === null;
    const words = shown?.text ?? "";
    if (text.textContent !== words) text.textContent = words;
    action.hidden = !shown?.action;
    action.textContent = shown?.action ?? "";
  };
  store.watch(troubleOf, show);
  store.watch((state) => state.verdicts, show);
  store.watch((state) => state.siteReached, show);
  local.store.watch((state) => state.microphone, show);
  return {
    soundWaits(waits) {
      waiting = waits;
      show();
    },
    joinWaits(words) {
      joining = words;
      show();
    },
  };
}

/** @param {MeetingState} state @param {OfflineWords} offline */
function whyStill({ connection, siteReached, verdicts }, offline) {
  if (connection !== "reconnecting") return verdicts[0]?.sentence ?? t("Sound and video have no way to the server at the moment.");
  if (siteReached === null) return t("Check your internet connection.");
  const { sentence, action } = siteReached ? (verdicts[0] ?? offline.SOCKET_UNREACHABLE) : offline.SITE_UNREACHABLE;
  return `${sentence} ${action}`.trim();
}

/** @param {MeetingState} state @returns {string} Empty when all is well. */
function troubleOf(state) {
  if (state.phase !== "joined") return "";
  if (state.connection === "reconnecting") {
    return state.media === "live" ? t("Reconnecting… You can go on talking.") : t("Reconnecting…");
  }
  if (state.media === "disturbed") return t("Reconnecting media… Your connection is unstable.");
  if (state.media === "lost") return t("Reconnecting media… Sound and video will be back in a moment.");
  return "";
}
