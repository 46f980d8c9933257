/**
 * The view before joining: how I look and sound, my name, who is there already.
 *
 * @import {MeetingConfig} from "../contract.js"
 * @import {LocalMedia} from "../devices/local-media.js"
 */
import { t, tn } from "../i18n.js";
import { LevelMeter } from "../devices/level-meter.js";
import { byId, find } from "./dom.js";
import { mountDeviceProblems } from "./device-problems.js";
import { mountPickers } from "./device-pickers.js";
import { isMediaAvailable, showMediaLine } from "./media-line.js";
import { meterBars } from "./meter-bars.js";
import { initialsOf } from "./initials.js";
import { mountSwitch } from "./switch-buttons.js";
import { hasTicket } from "../signalling/socket-url.js";

const LOOK_EVERY = 5_000;

/**
 * @param {object} parts
 * @param {MeetingConfig} parts.config
 * @param {LocalMedia} parts.local
 * @param {string} parts.name   To start with, where nothing else is known.
 * @param {string} [parts.given]  To start with, whatever else is known.
 * @param {(who: {displayName: string, passcode: string}) => void} parts.onJoin
 */
export function mountPrejoin({ config, local, name, given = "", onJoin }) {
  const root = byId("prejoin", HTMLElement);
  const nameField = byId("display-name", HTMLInputElement);
  const passcode = byId("passcode", HTMLInputElement);
  const button = byId("join-button", HTMLButtonElement);
  const passcodeError = byId("passcode-error", HTMLElement);
  const nameError = byId("name-error", HTMLElement);
  nameField.value = given || nameField.value || name;
  // Whoever comes with a ticket was given it by the host.
  if (hasTicket(location)) byId("passcode-row", HTMLElement).hidden = true;

  mountSwitch(byId("preview-microphone", HTMLButtonElement), "microphone", local);
  mountSwitch(byId("preview-camera", HTMLButtonElement), "camera", local);
  mountPickers(root, local);
  mountDeviceProblems(byId("device-problems", HTMLElement), local);
  mountPreview(local, nameField);
  const meter = new LevelMeter(meterBars(byId("preview-meter", HTMLElement)));

  nameField.addEventListener("input", () => complain(nameField, nameError, ""));
  passcode.addEventListener("input", () => complain(passcode, passcodeError, ""));
  byId("join-form", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy") === "true") return;
    const displayName = nameField.value.trim();
    if (!displayName) return complain(nameField, nameError, t("Say who you are: the others see this name."));
    if (!byId("passcode-row", HTMLElement).hidden && !passcode.value) {
      return complain(passcode, passcodeError, t("This meeting has a passcode. The person who invited you knows it."));
    }
    onJoin({ displayName, passcode: passcode.value });
  });

  /** @type {ReturnType<typeof setInterval> | undefined} */ let looking;
  let mediaAvailable = config.mediaAvailable;
  const look = async () => {
    // Who is behind a passcode is not told to whoever has only the link.
    if (!config.needsPasscode) void showWhoIsThere(config);
    if (mediaAvailable) return;
    mediaAvailable = await isMediaAvailable("/api/meetings/health/webrtc");
    if (mediaAvailable) showMediaLine(true, t("Sound and video are ready."));
  };
  /** @type {() => void} */ let stopMeter = () => {};
  return {
    /** @param {boolean} shown */
    show(shown) {
      if (root.hidden === !shown && looking !== undefined) return;
      root.hidden = !shown;
      clearInterval(looking);
      stopMeter();
      meter.stop();
      if (!shown) return;
      stopMeter = local.store.watch((state) => state.microphone.track, (track) => meter.watch(track));
      void look();
      looking = setInterval(() => void look(), LOOK_EVERY);
    },
    /** @param {boolean} joining */
    busy(joining) {
      button.setAttribute("aria-busy", String(joining));
      find(button, "span", HTMLElement).textContent = joining ? t("Joining…") : t("Join");
    },
    wrongPasscode() {
      byId("passcode-row", HTMLElement).hidden = false;
      complain(passcode, passcodeError, t("That passcode is not right. Check it for typing mistakes, or ask the person who invited you."));
    },
  };
}

/** @param {LocalMedia} local @param {HTMLInputElement} nameField */
function mountPreview(local, nameField) {
  const preview = byId("preview", HTMLElement);
  const video = byId("preview-video", HTMLVideoElement);
  const message = byId("preview-message", HTMLElement);
  const title = byId("preview-title", HTMLElement);
  const avatar = byId("preview-avatar", HTMLElement);
  const showInitials = () => {
    avatar.hidden = nameField.value.trim() === "";
    avatar.textContent = initialsOf(nameField.value);
  };
  nameField.addEventListener("input", showInitials);
  showInitials();
  local.store.watch((state) => state.camera, ({ track, asking, problem }) => {
    const showing = /** @type {MediaStream | null} */ (video.srcObject)?.getVideoTracks()[0] ?? null;
    if (track !== showing) video.srcObject = track ? new MediaStream([track]) : null;
    video.hidden = track === null;
    preview.classList.toggle("preview--live", track !== null);
    message.hidden = track !== null;
    title.textContent = asking ? t("Your browser asks for camera and microphone. Choose “Allow”.") : problem ? t("No picture") : t("Your camera is off");
  });
}

/** @param {MeetingConfig} config */
async function showWhoIsThere(config) {
  const line = byId("prejoin-who", HTMLElement);
  const response = await fetch(`/api/meetings/${encodeURIComponent(config.code)}/`).catch(() => null);
  if (!response?.ok) return;
  const { participants = [] } = await response.json();
  const names = participants.map((/** @type {{displayName: string}} */ one) => one.displayName || t("Guest"));
  const words = whoIsThere(names);
  if (line.textContent !== words) line.textContent = words;
}

/** @param {string[]} names @returns {string} */
export function whoIsThere(names) {
  const [first, second, third] = names;
  if (first === undefined) return t("Nobody is there yet.");
  if (second === undefined) return t("{first} is there.", { first });
  if (third === undefined) return t("{first} and {second} are there.", { first, second });
  if (names.length === 3) return t("{first}, {second} and {third} are there.", { first, second, third });
  return tn("{first}, {second} and {count} other are there.", "{first}, {second} and {count} others are there.", names.length - 2, { first, second });
}

/**
 * @param {HTMLInputElement} field
 * @param {HTMLElement} place
 * @param {string} text
 */
function complain(field, place, text) {
  place.textContent = text;
  field.toggleAttribute("aria-invalid", text !== "");
  if (text) {
    field.setAttribute("aria-invalid", "true");
    field.focus();
  }
}
