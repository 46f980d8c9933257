/**
 * The microphone and camera buttons, before joining and in the meeting: they show the state and name the action.
 *
 * @import {LocalMedia} from "../devices/local-media.js"
 * @import {Device} from "../devices/capture.js"
 */
import { setIcon } from "./dom.js";
import { toast } from "./toasts.js";

const icons = { microphone: { on: "mic", off: "mic-off" }, camera: { on: "video", off: "video-off" } };
const keys = { microphone: "D", camera: "E" };
const FORBIDDEN = "a host does not let you turn it on";
const modifier = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl+";

/**
 * @param {HTMLButtonElement} button
 * @param {Device} device
 * @param {LocalMedia} local
 */
export function mountSwitch(button, device, local) {
  button.addEventListener("click", () => {
    if (!local.state[device].allowed) toast(`Your ${device} is off: ${FORBIDDEN}. Raise your hand to ask.`, { icon: icons[device].off });
    else void local.turn(device, !local.state[device].on);
  });
  local.store.watch(
    (state) => state[device],
    ({ on, problem, asking, allowed }) => {
      button.dataset["on"] = String(on);
      button.toggleAttribute("data-problem", problem !== null);
      const state = asking ? "being asked for now" : problem ? "not available now" : on ? "on now" : "off now";
      button.toggleAttribute("data-forbidden", !allowed);
      const action = `Turn ${device} ${on ? "off" : "on"}`;
      button.setAttribute("aria-label", allowed ? `${action}, ${state}` : `${capitalised(device)} off: ${FORBIDDEN}`);
      button.title = allowed ? `${action} (${modifier}${keys[device]})` : `${capitalised(device)} off: ${FORBIDDEN}`;
      setIcon(button, on ? icons[device].on : icons[device].off);
    },
  );
}

/** @param {string} word */
function capitalised(word) {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
