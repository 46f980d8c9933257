/**
 * Everybody in the meeting, with what they send, in a panel at the right.
 *
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 */
import { isMuted, producerOf } from "../state/meeting-state.js";
import { byId, find, setIcon } from "./dom.js";
import { colourOf, initialsOf } from "./initials.js";

const roles = new Map([["host", "Host"], ["co_host", "Co-host"], ["presenter", "Presenter"]]);

/**
 * @param {Store<MeetingState>} store
 * @returns {{toggle: () => void}}
 */
export function mountPeoplePanel(store) {
  const panel = byId("people-panel", HTMLElement);
  const button = byId("bar-people", HTMLButtonElement);
  const list = byId("people", HTMLElement);
  const count = byId("people-count", HTMLElement);
  const total = byId("people-total", HTMLElement);
  /** @type {Map<string, HTMLElement>} */ const rows = new Map();

  const render = () => {
    const { state } = store;
    const size = state.participants.size;
    count.textContent = String(size);
    total.textContent = String(size);
    button.setAttribute("aria-label", `${panel.hidden ? "Show" : "Hide"} people, ${size} in the meeting`);
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
      showPerson(row, state, id);
    }
  };

  /** @param {boolean} open */
  const show = (open) => {
    if (open === !panel.hidden) return;
    panel.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
    render();
    if (!open && panel.contains(document.activeElement)) button.focus();
  };
  button.addEventListener("click", () => show(Boolean(panel.hidden)));
  byId("people-close", HTMLButtonElement).addEventListener("click", () => {
    show(false);
    button.focus();
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    show(false);
    button.focus();
  });
  for (const part of /** @type {const} */ (["participants", "producers", "speaking"])) store.watch((state) => state[part], render);
  return { toggle: () => show(Boolean(panel.hidden)) };
}

function newRow() {
  const fragment = /** @type {DocumentFragment} */ (byId("person-template", HTMLTemplateElement).content.cloneNode(true));
  return find(fragment, ".person", HTMLElement);
}

/**
 * @param {HTMLElement} row
 * @param {MeetingState} state
 * @param {string} participantId
 */
function showPerson(row, state, participantId) {
  const person = state.participants.get(participantId);
  const name = person?.displayName || "Guest";
  const avatar = find(row, ".avatar", HTMLElement);
  avatar.textContent = initialsOf(name);
  avatar.dataset["colour"] = String(colourOf(participantId));
  find(row, ".person-name", HTMLElement).textContent = participantId === state.participantId ? `${name} (you)` : name;
  find(row, ".person-role", HTMLElement).textContent = roles.get(person?.role ?? "") ?? "";
  row.classList.toggle("person--speaking", state.speaking.has(participantId));
  const camera = producerOf(state, participantId, "camera");
  showState(row, "microphone", isMuted(state, participantId) ? "mic-off" : "mic", isMuted(state, participantId) ? "Microphone off" : "Microphone on");
  showState(row, "camera", !camera || camera.paused ? "video-off" : "video", !camera || camera.paused ? "Camera off" : "Camera on");
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
