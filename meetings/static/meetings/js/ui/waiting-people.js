/**
 * For hosts: who waits at the door, at the top of the people's panel, with the buttons to let them in or turn them away.
 *
 * @import {Call} from "../call.js"
 * @import {WaitingPerson} from "../contract.js"
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 */
import { t, tn } from "../i18n.js";
import { byId, find } from "./dom.js";
import { colourOf, initialsOf } from "./initials.js";
import { toast } from "./toasts.js";

/**
 * @param {object} parts
 * @param {Store<MeetingState>} parts.store
 * @param {Call} parts.call
 * @param {() => void} parts.openPanel
 */
export function mountWaitingPeople({ store, call, openPanel }) {
  const section = byId("waiting-people", HTMLElement);
  const list = byId("waiting-list", HTMLElement);
  const badge = byId("people-waiting", HTMLElement);
  const all = byId("admit-all", HTMLButtonElement);
  /** @type {Map<string, HTMLElement>} */ const rows = new Map();
  /** @type {Map<string, () => void>} */ const toasts = new Map();

  /** @param {string} event @param {string} participantId */
  const decide = (event, participantId) => void call.ask(event, { participantId });
  all.addEventListener("click", () => void call.ask("admit-all"));

  store.watch((state) => state.waiting, (waiting, before) => {
    section.hidden = waiting.size === 0;
    all.hidden = waiting.size < 2;
    badge.hidden = waiting.size === 0;
    badge.textContent = String(waiting.size);
    byId("waiting-words", HTMLElement).textContent = waiting.size === 0 ? "" : tn(", {count} waiting to be let in", ", {count} waiting to be let in", waiting.size);
    for (const [id, row] of rows) {
      if (waiting.has(id)) continue;
      if (row.contains(document.activeElement)) byId("people-heading", HTMLElement).focus();
      row.remove();
      rows.delete(id);
      toasts.get(id)?.();
      toasts.delete(id);
    }
    for (const one of waiting.values()) {
      const row = rows.get(one.participantId) ?? newRow(one.participantId);
      show(row, one);
      if (!before?.has(one.participantId)) announce(one);
    }
  });

  /** @param {string} id */
  function newRow(id) {
    const fragment = /** @type {DocumentFragment} */ (byId("waiting-template", HTMLTemplateElement).content.cloneNode(true));
    const row = find(fragment, ".person", HTMLElement);
    find(row, "[data-admit]", HTMLButtonElement).addEventListener("click", () => decide("admit-participant", id));
    find(row, "[data-deny]", HTMLButtonElement).addEventListener("click", () => decide("deny-participant", id));
    rows.set(id, row);
    list.append(row);
    return row;
  }

  /** @param {WaitingPerson} one */
  function announce({ participantId, displayName, for: wants }) {
    if (wants !== "admission") return;
    toasts.set(participantId, toast(t("{name} asks to be let in", { name: displayName }), {
      icon: "user-plus",
      action: store.state.waiting.size > 1
        ? { label: t("See all"), act: openPanel }
        : { label: t("Let in"), act: () => decide("admit-participant", participantId) },
    }));
  }
}

/** @param {HTMLElement} row @param {WaitingPerson} one */
function show(row, { participantId, displayName }) {
  const avatar = find(row, ".avatar", HTMLElement);
  avatar.textContent = initialsOf(displayName);
  avatar.dataset["colour"] = String(colourOf(participantId));
  find(row, ".person-name", HTMLElement).textContent = displayName;
  find(row, "[data-admit]", HTMLButtonElement).setAttribute("aria-label", t("Let {name} in", { name: displayName }));
  find(row, "[data-deny]", HTMLButtonElement).setAttribute("aria-label", t("Do not let {name} in", { name: displayName }));
}
