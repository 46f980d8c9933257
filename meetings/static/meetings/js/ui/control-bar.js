/**
 * The bar at the bottom of the meeting.
 *
 * @import {LocalMedia} from "../devices/local-media.js"
 */
import { t } from "../i18n.js";
import { ScreenShare } from "../devices/screen-share.js";
import { byId, setIcon } from "./dom.js";
import { mountMenu } from "./menu.js";
import { mountSwitch } from "./switch-buttons.js";
import { mountToolbar } from "./toolbar.js";
import { toast } from "./toasts.js";

/**
 * @param {object} parts
 * @param {LocalMedia} parts.local
 * @param {ScreenShare} parts.screenShare
 * @param {() => void} parts.leave
 * @param {() => void} parts.openSettings
 * @param {() => void} parts.openShortcuts
 */
export function mountControlBar({ local, screenShare, leave, openSettings, openShortcuts }) {
  mountSwitch(byId("bar-microphone", HTMLButtonElement), "microphone", local);
  mountSwitch(byId("bar-camera", HTMLButtonElement), "camera", local);
  mountScreenButton(byId("bar-screen", HTMLButtonElement), screenShare);
  mountMenu(byId("bar-more", HTMLButtonElement), byId("more-menu", HTMLElement));
  byId("menu-settings", HTMLButtonElement).addEventListener("click", openSettings);
  byId("menu-shortcuts", HTMLButtonElement).addEventListener("click", openShortcuts);
  byId("menu-fullscreen", HTMLButtonElement).addEventListener("click", toggleFullScreen);
  byId("menu-fullscreen", HTMLButtonElement).hidden = !document.fullscreenEnabled;
  byId("bar-leave", HTMLButtonElement).addEventListener("click", leave);
  mountToolbar(byId("bar", HTMLElement));
}

export function toggleFullScreen() {
  if (!document.fullscreenEnabled) return;
  void (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen()).catch(() => {});
}

/**
 * @param {HTMLButtonElement} button
 * @param {ScreenShare} screenShare
 */
function mountScreenButton(button, screenShare) {
  button.hidden = !ScreenShare.supported;
  const show = () => {
    const on = screenShare.track !== null;
    button.dataset["on"] = String(on);
    button.setAttribute("aria-label", on ? t("Stop showing your screen, shown now") : t("Show your screen, not shown now"));
    button.title = on ? t("Stop showing your screen") : t("Show your screen");
    setIcon(button, on ? "monitor-x" : "monitor-up");
  };
  button.addEventListener("click", async () => {
    if (screenShare.track) return screenShare.stop();
    await screenShare.start().catch(() => toast(t("Your screen could not be shown. Allow screen recording for this browser in your system’s settings."), { bad: true }));
  });
  screenShare.on("changed", show);
  show();
}
