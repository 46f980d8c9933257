/**
 * Everybody in the meeting, with what they send, in a panel at the right.
 *
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 * @import {Call} from "../call.js"
 * @import {Question} from "./confirming.js"
 * @import {Act} from "./person-acts.js"
 * @import {LocalMedia} from "../devices/local-media.js"
 * @import {PanelHandle, SidePanels} from "./side-panels.js"
 */
import { t, tn } from "../i18n.js";
import { isMuted, producerOf, raisedHands } from "../state/meeting-state.js";
import { byId, find, setIcon } from "./dom.js";
import { actsOn, showActs } from "./person-acts.js";
import { toast } from "./toasts.js";
import { colourOf, initialsOf } from "./initials.js";

const roles = new Map([["host", t("Host")], ["co_host", t("Co-host")], ["presenter", t("Presenter")], ["guest", t("Guest")]]);

/**
 * @param {Store<MeetingState>} store
 * @param {LocalMedia} local
 * @param {SidePanels} panels
 * @param {Call} call
 * @param {(question: Question) => void} confirm
 * @returns {PanelHandle}
 */
export function mountPeoplePanel(store, local, panels, call, confirm) {
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
    words.textContent = tn(", {count} in the meeting", ", {count} in the meeting", size);
    button.title = t("People (P)");
    if (panel.hidden) return;
    for (const [id, row] of rows) {
      if (state.participants.has(id)) continue;
      row.remove();
      rows.delete(id);
    }
    // Who has a hand up comes first, in that order.
    const hands = raisedHands(state).map((one) => one.participantId);
    const others = [...state.participants.keys()].filter((id) => !hands.includes(id));
    for (const [at, id] of [...hands, ...others].entries()) {
      let row = rows.get(id);
      if (!row) {
        row = newRow();
        rows.set(id, row);
      }
      if (list.children[at] !== row) list.insertBefore(row, list.children[at] ?? null);
      showHand(row, hands.indexOf(id) + 1);
      const person = state.participants.get(id);
      if (person) showMenu(row, actsOn(state, person), person.displayName || t("Guest"));
      showPerson(row, state, id, id === state.participantId ? ownDevices(local) : remoteDevices(state, id));
    }
  };

  /** @param {HTMLElement} row @param {Act[]} acts @param {string} name */
  const showMenu = (row, acts, name) => {
    const opener = find(row, ".person-more", HTMLButtonElement);
    const place = find(row, ".person-acts", HTMLElement);
    opener.hidden = acts.length === 0;
    if (acts.length === 0) place.hidden = true;
    opener.setAttribute("aria-expanded", String(!place.hidden));
    opener.setAttribute("aria-label", t("What you can do about {name}", { name }));
    if (!place.hidden) showActs({ place, acts, name, call, confirm: ask });
  };
  /** @param {Act} act @param {string} name */
  const ask = ({ event, data, label }, name) => {
    const removes = event === "remove-participant";
    confirm({
      title: removes ? t("Remove {name}?", { name }) : t("Make {name} the host?", { name }),
      text: removes ? t("{name} is put out of the meeting at once.", { name }) : t("The meeting is theirs from then on; you stay as co-host."),
      label,
      option: removes ? t("Do not let them in again") : "",
      act: (ticked) => void (removes && ticked ? ban(data, name) : call.ask(event, data)),
    });
  };
  /** @param {object} who @param {string} name */
  const ban = async (who, name) => {
    if (!(await call.ask("remove-participant", { ...who, ban: true }))) return;
    const undo = async () => {
      if (await call.ask("lift-ban", who)) toast(t("{name} can come again.", { name }), { icon: "user-plus" });
    };
    toast(t("{name} cannot come again.", { name }), { icon: "user-x", action: { label: t("Undo"), act: () => void undo() } });
  };
  list.addEventListener("click", (event) => {
    const opener = event.target instanceof Element ? event.target.closest(".person-more") : null;
    const row = opener?.closest(".person");
    if (!(row instanceof HTMLElement)) return;
    const place = find(row, ".person-acts", HTMLElement);
    place.hidden = !place.hidden;
    render();
  });
  const handle = panels.add({ panel, button, close: byId("people-close", HTMLButtonElement), shown: render });
  for (const part of /** @type {const} */ (["participants", "producers", "speaking", "role", "meeting"])) store.watch((state) => state[part], render);
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

/** @param {HTMLElement} row @param {number} place  In the order of raised hands; 0 when it is down. */
function showHand(row, place) {
  const mark = find(row, "[data-state=hand]", HTMLElement);
  mark.hidden = place === 0;
  find(mark, ".person-place", HTMLElement).textContent = place === 0 ? "" : String(place);
}

/**
 * @param {HTMLElement} row
 * @param {MeetingState} state
 * @param {string} participantId
 * @param {Devices} devices
 */
function showPerson(row, state, participantId, { microphone, camera }) {
  const person = state.participants.get(participantId);
  const name = person?.displayName || t("Guest");
  const avatar = find(row, ".avatar", HTMLElement);
  avatar.textContent = initialsOf(name);
  avatar.dataset["colour"] = String(colourOf(participantId));
  find(row, ".person-name", HTMLElement).textContent = participantId === state.participantId ? t("{name} (you)", { name }) : name;
  find(row, ".person-role", HTMLElement).textContent = roles.get(person?.role ?? "") ?? "";
  row.classList.toggle("person--speaking", state.speaking.has(participantId));
  showState(row, "microphone", microphone ? "mic" : "mic-off", microphone ? t("Microphone on") : t("Microphone off"));
  showState(row, "camera", camera ? "video" : "video-off", camera ? t("Camera on") : t("Camera off"));
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
