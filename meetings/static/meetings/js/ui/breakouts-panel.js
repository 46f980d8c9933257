/**
 * For hosts: makes breakout rooms, says who belongs in which, opens and closes them, in a panel at the right.
 *
 * @import {Call} from "../call.js"
 * @import {Breakouts, BreakoutPerson} from "../contract.js"
 * @import {MeetingState} from "../state/meeting-state.js"
 * @import {Store} from "../state/store.js"
 * @import {SidePanels} from "./side-panels.js"
 */
import { t, tn } from "../i18n.js";
import { countdown } from "../state/breakouts.js";
import { isHost } from "../state/meeting-state.js";
import { byId, find, make } from "./dom.js";
import { toast } from "./toasts.js";

const MOST_ROOMS = 50;
const LONGEST_NAME = 60;
/** What happens at the same time is asked for once. */
const GATHER = 150;
const TICK = 500;

/**
 * @param {object} parts
 * @param {Store<MeetingState>} parts.store
 * @param {Call} parts.call
 * @param {SidePanels} parts.panels
 */
export function mountBreakoutsPanel({ store, call, panels }) {
  const panel = byId("breakouts-panel", HTMLElement);
  const opener = byId("menu-breakouts", HTMLButtonElement);
  const form = byId("breakouts-form", HTMLFormElement);
  const count = byId("breakouts-count", HTMLInputElement);
  const names = byId("breakouts-names", HTMLTextAreaElement);
  const how = byId("breakouts-how", HTMLSelectElement);
  const made = byId("breakouts-made", HTMLElement);
  const roomList = byId("breakouts-rooms", HTMLElement);
  const peopleList = byId("breakouts-people", HTMLElement);
  const prepared = byId("breakouts-prepared", HTMLElement);
  const open = byId("breakouts-open", HTMLButtonElement);
  const anew = byId("breakouts-anew", HTMLButtonElement);
  const running = byId("breakouts-running", HTMLElement);
  const say = byId("breakouts-say", HTMLFormElement);
  const text = byId("breakouts-text", HTMLInputElement);
  const seconds = byId("breakouts-seconds", HTMLSelectElement);
  const close = byId("breakouts-close", HTMLButtonElement);
  const status = byId("breakouts-status", HTMLElement);
  const time = byId("breakouts-time", HTMLElement);
  /** @type {Breakouts | null} */ let known = null;
  /** Whether the form is shown though rooms are made. */ let again = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let asking;
  /** @type {ReturnType<typeof setInterval> | undefined} */ let ticking;

  const load = async () => {
    if (panel.hidden || store.state.phase !== "joined") return;
    show(await call.ask("breakouts"));
  };
  const loadSoon = () => {
    clearTimeout(asking);
    asking = setTimeout(() => void load(), GATHER);
  };
  /** @param {Breakouts | null} told  Null when it was refused; that is told elsewhere. */
  const show = (told) => {
    if (told === null) return;
    known = told;
    const isMade = told.state === "prepared" || told.state === "open" || told.state === "closing";
    const isOpen = isMade && told.state !== "prepared";
    form.hidden = isMade && !again;
    made.hidden = !isMade || again;
    prepared.hidden = told.state !== "prepared";
    running.hidden = !isOpen;
    const belonging = told.people.filter((one) => one.roomId !== null).length;
    const says = {
      none: "", closed: "", prepared: t("The rooms are made and not open yet."), open: t("The rooms are open."), closing: t("The rooms are closing."),
    }[told.state];
    status.textContent = says && `${says} ${t("{belonging} of {all} belong in a room.", { belonging, all: told.people.length })}`;
    showRooms(told, isOpen);
    showPeople(told);
    tick();
  };
  const tick = () => {
    const left = countdown(store.state.breakout.closesAt, Date.now());
    time.textContent = left && t("{time} left", { time: left });
  };

  /** @param {Breakouts} told @param {boolean} isOpen */
  const showRooms = ({ rooms, people }, isOpen) => {
    keepRows(roomList, rooms.map((room) => room.roomId), (id) => roomRow(id));
    for (const room of rooms) {
      const row = rowOf(roomList, room.roomId);
      const there = people.filter((one) => one.isIn === room.roomId).length;
      const belong = people.filter((one) => one.roomId === room.roomId).length;
      find(row, ".breakouts-name", HTMLElement).textContent = room.name;
      find(row, ".breakouts-number", HTMLElement).textContent = isOpen ? t("{there} of {belong} there", { there, belong }) : tn("{count} belongs here", "{count} belong here", belong);
      const visit = find(row, "button", HTMLButtonElement);
      visit.hidden = !isOpen || store.state.breakout.isIn === room.roomId;
      visit.setAttribute("aria-label", t("Visit {room}", { room: room.name }));
    }
  };
  /** @param {string} roomId */
  const roomRow = (roomId) => {
    const row = make("li", "breakouts-room");
    const visit = make("button", "button button--quiet button--small", t("Visit"));
    visit.setAttribute("type", "button");
    visit.addEventListener("click", () => void call.follow("move-to-breakout", { roomId }));
    row.append(make("span", "breakouts-name"), make("span", "breakouts-number"), visit);
    return row;
  };

  /** @param {Breakouts} told */
  const showPeople = ({ rooms, people }) => {
    keepRows(peopleList, people.map((one) => one.participantId), (id) => personRow(id));
    for (const one of people) showPerson(rowOf(peopleList, one.participantId), one, rooms);
  };
  /** @param {string} participantId */
  const personRow = (participantId) => {
    const row = make("li", "breakouts-person");
    const label = make("label", "breakouts-choice");
    const select = document.createElement("select");
    select.addEventListener("change", async () => {
      await call.ask("assign-breakout", { participantId, roomId: select.value || null });
      void load();
    });
    label.append(make("span", "breakouts-who"), select);
    row.append(label, make("span", "breakouts-where"));
    return row;
  };
  /** @param {HTMLElement} row @param {BreakoutPerson} one @param {Breakouts["rooms"]} rooms */
  const showPerson = (row, one, rooms) => {
    const mine = one.participantId === store.state.participantId;
    find(row, ".breakouts-who", HTMLElement).textContent = mine ? t("{name} (you)", { name: one.displayName }) : one.displayName;
    const where = rooms.find((room) => room.roomId === one.isIn);
    find(row, ".breakouts-where", HTMLElement).textContent = where ? t("is in {room}", { room: where.name }) : t("is in the main room");
    const select = find(row, "select", HTMLSelectElement);
    const offered = [["", t("No room")], ...rooms.map((room) => [room.roomId, room.name])];
    if (JSON.stringify(offered) !== select.dataset["offered"]) {
      select.dataset["offered"] = JSON.stringify(offered);
      select.replaceChildren(...offered.map(([value, name]) => new Option(name, value)));
    }
    // Not under the fingers of whoever chooses just now.
    if (document.activeElement !== select) select.value = one.roomId ?? "";
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = names.value.split("\n").map((name) => name.trim().slice(0, LONGEST_NAME)).filter(Boolean).slice(0, MOST_ROOMS);
    const what = given.length > 0 ? { names: given } : { count: Math.min(MOST_ROOMS, Math.max(1, count.valueAsNumber || 2)) };
    const told = await call.ask("create-breakouts", { ...what, assign: how.value });
    if (told === null) return;
    again = false;
    show(told);
    open.focus();
  });
  open.addEventListener("click", async () => {
    if ((await call.ask("open-breakouts")) === null) return;
    await load();
    text.focus();
  });
  anew.addEventListener("click", () => {
    again = true;
    show(known);
    count.focus();
  });
  say.addEventListener("submit", async (event) => {
    event.preventDefault();
    const words = text.value.trim();
    if (!words || (await call.ask("broadcast", { text: words })) === null) return;
    text.value = "";
    toast(t("All rooms were told."), { icon: "megaphone" });
  });
  close.addEventListener("click", async () => {
    if ((await call.ask("close-breakouts", { seconds: Number(seconds.value) })) !== null) await load();
  });

  panels.add({
    panel,
    button: opener,
    otherwise: byId("bar-more", HTMLButtonElement),
    close: byId("breakouts-panel-close", HTMLButtonElement),
    shown: (isOpen) => {
      clearInterval(ticking);
      if (!isOpen) return;
      ticking = setInterval(tick, TICK);
      void load();
      // After the menu has given the focus back to its button.
      setTimeout(() => byId("breakouts-heading", HTMLElement).focus());
    },
  });
  store.watch((state) => state.phase === "joined" && isHost(state), (leads) => {
    opener.hidden = !leads;
    if (!leads) panel.hidden = true;
  });
  store.watch((state) => state.participants, loadSoon);
  call.on("heard", ({ event }) => {
    if (event === "breakouts-updated") loadSoon();
  });
}

/** @param {HTMLElement} list @param {string} id @returns {HTMLElement} */
function rowOf(list, id) {
  return find(list, `[data-id="${CSS.escape(id)}"]`, HTMLElement);
}

/**
 * Leaves the rows of these in the list, in this order, and makes those that are not there yet.
 *
 * @param {HTMLElement} list
 * @param {string[]} ids
 * @param {(id: string) => HTMLElement} makeRow
 */
function keepRows(list, ids, makeRow) {
  const rows = new Map([...list.children].map((row) => [/** @type {HTMLElement} */ (row).dataset["id"] ?? "", row]));
  for (const [id, row] of rows) if (!ids.includes(id)) row.remove();
  for (const [at, id] of ids.entries()) {
    const row = rows.get(id) ?? makeRow(id);
    /** @type {HTMLElement} */ (row).dataset["id"] = id;
    if (list.children[at] !== row) list.insertBefore(row, list.children[at] ?? null);
  }
}
