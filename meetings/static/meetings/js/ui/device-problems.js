/**
 * Spells out what keeps the microphone or camera from working, and what to do.
 *
 * @import {LocalMedia} from "../devices/local-media.js"
 * @import {Device} from "../devices/capture.js"
 */
import { t } from "../i18n.js";
import { bothWording, captureWording } from "../words.js";
import { make } from "./dom.js";

/**
 * @param {HTMLElement} container
 * @param {LocalMedia} local
 */
export function mountDeviceProblems(container, local) {
  const show = () => {
    const { microphone, camera } = local.state;
    const both = bothWording(microphone.problem, camera.problem, navigator.userAgent);
    const problems = both ? [both] : /** @type {Device[]} */ (["microphone", "camera"]).flatMap((device) => {
      const { problem, systemMuted, on } = local.state[device];
      if (problem) return [captureWording(device, problem, navigator.userAgent)];
      if (systemMuted && on && device === "microphone") {
        return [{ title: t("You cannot be heard: your system has muted the microphone"), meaning: t("Unmute it in the sound settings of your system, or with the key on your headset.") }];
      }
      return [];
    });
    container.replaceChildren(
      ...problems.map(({ title, meaning }) => {
        const box = make("p", "device-problem");
        box.append(make("strong", "", title), meaning);
        return box;
      }),
    );
  };
  local.store.watch((state) => state.microphone, show);
  local.store.watch((state) => state.camera, show);
}
