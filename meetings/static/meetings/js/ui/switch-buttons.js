/**
 * The microphone and camera buttons, before joining and in the meeting: they show the state and name the action.
 *
 * @import {LocalMedia} from "../devices/local-media.js"
 * @import {Device} from "../devices/capture.js"
 */
import { setIcon } from "./dom.js";

const icons = { microphone: { on: "mic", off: "mic-off" }, camera: { on: "video", off: "video-off" } };
const keys = { microphone: "D", camera: "E" };
const modifier = /Mac|iPhone|iPad/.test(navigator.userAgent) ? "⌘" : "Ctrl+";

/**
 * @param {HTMLButtonElement} button
 * @param {Device} device
 * @param {LocalMedia} local
 */
export function mountSwitch(button, device, local) {
  button.addEventListener("click", () => void local.turn(device, !local.state[device].on));
  local.store.watch(
    (state) => state[device],
    ({ on, problem, asking }) => {
      button.dataset["on"] = String(on);
      button.toggleAttribute("data-problem", problem !== null);
      const state = asking ? "being asked for now" : problem ? "not available now" : on ? "on now" : "off now";
      button.setAttribute("aria-label", `Turn ${device} ${on ? "off" : "on"}, ${state}`);
      button.title = `Turn ${device} ${on ? "off" : "on"} (${modifier}${keys[device]})`;
      setIcon(button, on ? icons[device].on : icons[device].off);
    },
  );
}
