/**
 * Three selects for microphone, speaker and camera, kept in step with what is plugged in and chosen.
 *
 * @import {Choice} from "../devices/list.js"
 * @import {LocalMedia} from "../devices/local-media.js"
 */
import { canChooseSpeaker, listDevices, watchDevices } from "../devices/list.js";
import { playTestSound } from "../devices/speaker-test.js";
import { find } from "./dom.js";
import { toast } from "./toasts.js";

/**
 * @param {HTMLElement} root  Holds one `[data-pickers]`.
 * @param {LocalMedia} local
 */
export function mountPickers(root, local) {
  const microphone = find(root, "[data-picker=microphone]", HTMLSelectElement);
  const camera = find(root, "[data-picker=camera]", HTMLSelectElement);
  const speaker = find(root, "[data-picker=speaker]", HTMLSelectElement);
  const test = find(root, "[data-speaker-test]", HTMLButtonElement);

  microphone.addEventListener("change", () => void local.choose("microphone", microphone.value));
  camera.addEventListener("change", () => void local.choose("camera", camera.value));
  speaker.addEventListener("change", () => local.chooseSpeaker(speaker.value));
  test.addEventListener("click", async () => {
    test.disabled = true;
    await playTestSound(local.state.speakerId).catch(() => toast("The test sound could not be played on this speaker. Choose another one.", { bad: true }));
    test.disabled = false;
  });

  const refresh = async () => {
    const { microphones, cameras, speakers } = await listDevices();
    const { state } = local;
    fill(microphone, microphones, inUse(state.microphone.track) ?? state.microphone.id, "No microphone found");
    fill(camera, cameras, inUse(state.camera.track) ?? state.camera.id, "No camera found");
    if (canChooseSpeaker() && speakers.length > 0) fill(speaker, speakers, state.speakerId, "System default");
  };
  local.store.watch((state) => state.microphone.track, () => void refresh());
  local.store.watch((state) => state.camera.track, () => void refresh());
  local.store.watch((state) => state.speakerId, () => void refresh());
  watchDevices(() => void refresh());
}

/** @param {MediaStreamTrack | null} track */
function inUse(track) {
  return track?.getSettings().deviceId;
}

/**
 * @param {HTMLSelectElement} select
 * @param {Choice[]} choices
 * @param {string} chosen
 * @param {string} none
 */
function fill(select, choices, chosen, none) {
  const options = choices.map(({ id, label }, index) => new Option(label || `Device ${index + 1}`, id));
  if (options.length === 0) options.push(new Option(none, ""));
  select.replaceChildren(...options);
  select.value = choices.some(({ id }) => id === chosen) ? chosen : (options[0]?.value ?? "");
  select.disabled = choices.length === 0;
}
