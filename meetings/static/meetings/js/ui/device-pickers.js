/**
 * Three selects for microphone, speaker and camera, kept in step with what is plugged in and chosen.
 *
 * @import {Choice} from "../devices/list.js"
 * @import {DeviceState, LocalMedia, LocalState} from "../devices/local-media.js"
 */
import { t } from "../i18n.js";
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
    await playTestSound(local.state.speakerId).catch(() => toast(t("The test sound could not be played on this speaker. Choose another one."), { bad: true }));
    test.disabled = false;
  });

  let asked = 0;
  const refresh = async () => {
    const turn = ++asked;
    const { microphones, cameras, speakers } = await listDevices();
    // Of several that were asked for at once the last one counts.
    if (turn !== asked) return;
    const { state } = local;
    fill(microphone, microphones, inUse(state.microphone.track) ?? state.microphone.id, none(state.microphone, "microphone"));
    fill(camera, cameras, inUse(state.camera.track) ?? state.camera.id, none(state.camera, "camera"));
    if (canChooseSpeaker() && speakers.length > 0) fill(speaker, speakers, state.speakerId, t("System default"));
  };
  for (const pick of /** @type {((state: LocalState) => unknown)[]} */ ([
    (state) => state.microphone.track, (state) => state.microphone.asking, (state) => state.camera.track, (state) => state.camera.asking, (state) => state.speakerId,
  ])) local.store.watch(pick, () => void refresh());
  watchDevices(() => void refresh());
}

/**
 * What stands in a select without choices.
 *
 * @param {DeviceState} device
 * @param {string} name
 */
function none({ asking, problem, on }, name) {
  if (asking) return t("Waiting for permission…");
  if (problem === "denied" || problem === "denied-by-system") return t("Not allowed");
  if (problem === null && !on) return t("Not asked for yet");
  return name === "microphone" ? t("No microphone found") : t("No camera found");
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
  const options = choices.map(({ id, label }, index) => new Option(label || t("Device {number}", { number: index + 1 }), id));
  if (options.length === 0) options.push(new Option(none, ""));
  select.replaceChildren(...options);
  select.value = choices.some(({ id }) => id === chosen) ? chosen : (options[0]?.value ?? "");
  select.disabled = choices.length === 0;
}
