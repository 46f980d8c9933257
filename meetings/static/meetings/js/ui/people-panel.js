/**
 * Everybody in the meeting, with what they send, in a panel at the right.
 *
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 * @import {LocalMedia} from "../devices/local-media.js"
 * @import {PanelHandle, SidePanels} from "./side-panels.js"
 */
import { isMuted, producerOf } from "../state/meeting-state.js";
import { byId, find, setIcon } from "./dom.js";
import { colourOf, initialsOf } from "./initials.js";

const roles = new Map([["host", "Host"], ["co_host", "Co-host"], ["presenter", "Presenter"], ["guest", "Guest"]]);

/**
 * @param {Store<MeetingState>} store
 * @param {LocalMedia} local
 * @param {SidePanels} panels
 * @returns {PanelHandle}
 */
export function mountPeoplePanel(store, local, panels) {
  const panel = byId("people-panel", HTMLElement);
  const button = byId("bar-people", HTMLButtonElement);
  const list = byId("people", HTMLElement);
  const count = byId("people-count", HTMLElement);
  const words = byId("people-words", HTMLElement);
  const total = byId("people-total", HTMLElement);
  /** @type {Map<string, HTMLElement>} */ const rows = new Map();

  const render = () => {
    const { state } = store;
    const size = state.participants.size;
    count.textContent = String(size);
    total.textContent = String(size);
    words.textContent = `, ${size} in the meeting`;
    button.title = "People (P)";
    if (panel.hidden) return;
    for (const [id, row] of rows) {
      if (state.participants.has(id)) continue;
      row.remove();
      rows.delete(id);
    }
    for (const id of state.participants.keys()) {
      let row = rows.get(id);
      if (!row) {
        row = newRow();
        rows.set(id, row);
        list.append(row);
      }
      showPerson(row, state, id, id === state.participantId ? ownDevices(local) : remoteDevices(state, id));
    }
  };

  const handle = panels.add({ panel, button, close: byId("people-close", HTMLButtonElement), shown: render });
  for (const part of /** @type {const} */ (["participants", "producers", "speaking"])) store.watch((state) => state[part], render);
  local.store.watch((state) => state, render);
  return handle;
}

function newRow() {
  const fragment = /** @type {DocumentFragment} */ (byId("person-template", HTMLTemplateElement).content.cloneNode(true));
  return find(fragment, ".person", HTMLElement);
}

/** @typedef {{microphone: boolean, camera: boolean}} Devices  Which of them others can hear and see. */

/** @param {LocalMedia} local @returns {Devices} */
function ownDevices({ state }) {
  return { microphone: state.microphone.on && state.microphone.track !== null, camera: state.camera.track !== null };
}

/** @param {MeetingState} state @param {string} participantId @returns {Devices} */
function remoteDevices(state, participantId) {
  return { microphone: !isMuted(state, participantId), camera: producerOf(state, participantId, "camera")?.paused === false };
}

/**
 * @param {HTMLElement} row
 * @param {MeetingState} state
 * @param {string} participantId
 * @param {Devices} devices
 */
function showPerson(row, state, participantId, { microphone, camera }) {
  const person = state.participants.get(participantId);
  const name = person?.displayName || "Guest";
  const avatar = find(row, ".avatar", HTMLElement);
  avatar.textContent = initialsOf(name);
  avatar.dataset["colour"] = String(colourOf(participantId));
  find(row, ".person-name", HTMLElement).textContent = participantId === state.participantId ? `${name} (you)` : name;
  find(row, ".person-role", HTMLElement).textContent = roles.get(person?.role ?? "") ?? "";
  row.classList.toggle("person--speaking", state.speaking.has(participantId));
  showState(row, "microphone", microphone ? "mic" : "mic-off", microphone ? "Microphone on" : "Microphone off");
  showState(row, "camera", camera ? "video" : "video-off", camera ? "Camera on" : "Camera off");
}

/**
 * @param {HTMLElement} row
 * @param {string} which
 * @param {string} icon
 * @param {string} words
 */
function showState(row, which, icon, words) {
  const place = find(row, `[data-state=${which}]`, HTMLElement);
  setIcon(place, icon);
  place.title = words;
  find(place, ".visually-hidden", HTMLElement).textContent = words;
}
