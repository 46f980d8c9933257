/**
 * The microphone and camera buttons, before joining and in the meeting: they show the state and name the action.
 *
 * @import {LocalMedia} from "../devices/local-media.js"
 * @import {Device} from "../devices/capture.js"
 */
import { t } from "../i18n.js";
import { setIcon } from "./dom.js";
import { toast } from "./toasts.js";

const icons = { microphone: { on: "mic", off: "mic-off" }, camera: { on: "video", off: "video-off" } };
const keys = { microphone: "D", camera: "E" };
const WORDS = {
  microphone: {
    turnOn: t("Turn microphone on"),
    turnOff: t("Turn microphone off"),
    forbidden: t("Microphone off: a host does not let you turn it on"),
    ask: t("Your microphone is off: a host does not let you turn it on. Raise your hand to ask."),
  },
  camera: {
    turnOn: t("Turn camera on"),
    turnOff: t("Turn camera off"),
    forbidden: t("Camera off: a host does not let you turn it on"),
    ask: t("Your camera is off: a host does not let you turn it on. Raise your hand to ask."),
  },
};
const modifier = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : `${t("Ctrl")}+`;

/**
 * @param {HTMLButtonElement} button
 * @param {Device} device
 * @param {LocalMedia} local
 */
export function mountSwitch(button, device, local) {
  const words = WORDS[device];
  button.addEventListener("click", () => {
    if (!local.state[device].allowed) toast(words.ask, { icon: icons[device].off });
    else void local.turn(device, !local.state[device].on);
  });
  local.store.watch(
    (state) => state[device],
    ({ on, problem, asking, allowed }) => {
      button.dataset["on"] = String(on);
      button.toggleAttribute("data-problem", problem !== null);
      const state = asking ? t("being asked for now") : problem ? t("not available now") : on ? t("on now") : t("off now");
      button.toggleAttribute("data-forbidden", !allowed);
      const action = on ? words.turnOff : words.turnOn;
      button.setAttribute("aria-label", allowed ? t("{action}, {state}", { action, state }) : words.forbidden);
      button.title = allowed ? `${action} (${modifier}${keys[device]})` : words.forbidden;
      setIcon(button, on ? icons[device].on : icons[device].off);
    },
  );
}
