/**
 * Changing devices during the call.
 *
 * @import {LocalMedia} from "../devices/local-media.js"
 */
import { LevelMeter } from "../devices/level-meter.js";
import { closeOnBackdrop } from "./dialog.js";
import { byId } from "./dom.js";
import { mountDeviceProblems } from "./device-problems.js";
import { mountPickers } from "./device-pickers.js";
import { meterBars } from "./meter-bars.js";

/** @param {LocalMedia} local @returns {{open: () => void}} */
export function mountSettingsDialog(local) {
  const dialog = byId("settings-dialog", HTMLDialogElement);
  mountPickers(dialog, local);
  mountDeviceProblems(byId("settings-problems", HTMLElement), local);
  const meter = new LevelMeter(meterBars(byId("settings-meter", HTMLElement)));
  /** @type {() => void} */ let unwatch = () => {};
  dialog.addEventListener("close", () => {
    unwatch();
    meter.stop();
  });
  closeOnBackdrop(dialog);
  return {
    open() {
      if (dialog.open) return;
      unwatch = local.store.watch((state) => state.microphone.track, (track) => meter.watch(track));
      dialog.showModal();
    },
  };
}

/** @returns {{open: () => void}} */
export function mountShortcutsDialog() {
  const dialog = byId("shortcuts-dialog", HTMLDialogElement);
  if (/Mac|iPhone|iPad/.test(navigator.userAgent)) {
    for (const key of dialog.querySelectorAll("[data-mod]")) key.textContent = "⌘";
  }
  closeOnBackdrop(dialog);
  return {
    open() {
      if (!dialog.open) dialog.showModal();
    },
  };
}
